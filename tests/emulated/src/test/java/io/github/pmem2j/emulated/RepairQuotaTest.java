package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.repair.SteppedRepair;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Repairs by other blocks where a quota has none. */
class RepairQuotaTest extends RepairSpaceScenario {
  /** What the blocks of the file are charged to: its owner, or its own project. */
  private enum Charged {
    OWNER("u", "nobody", "EDQUOT"),
    PROJECT("p", "42", "ENOSPC");

    private final String type;
    private final String id;

    /** What XFS reports. */
    private final String errno;

    Charged(String type, String id, String errno) {
      this.type = type;
      this.id = id;
      this.errno = errno;
    }

    /** Charges a file, and not its directory. */
    void to(Path file) {
      Command.run("chown", "nobody", file);
      if (this == PROJECT) {
        Command.run("chattr", "-p", id, file);
      }
    }

    /** Leaves less than the file has; or as much as there is. */
    void limit(Path mount, boolean limited) {
      String bytes = limited ? PAGES * 2 + "k" : "0";
      String command = "limit -%s bhard=%s %s".formatted(type, bytes, id);
      Command.run("xfs_quota", "-f", "-x", "-c", command, mount);
    }
  }

  /** XFS enforces them even when root writes. */
  @ParameterizedTest
  @Tag("stock")
  @EnumSource
  void xfs(Charged charged, Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Command.run("mkfs.xfs", "-q", "-f", "-b", "size=1024", disk.device());
    damage(disk, machine.mount(disk.device(), "-o", charged.type + "quota"));
    charged.to(file.path());
    charged.limit(mount, true);
    assertNoMark(charged.errno);
    charged.limit(mount, false);
    boolean[] done = {false};
    SteppedRepair.Hook limit =
        JournalScenario.once("MARKED", done, () -> charged.limit(mount, true));
    assertNothingDone(repair(limit), charged.errno);
    charged.limit(mount, false);
    assertFinishes();
  }

  @Test
  @Tag("nfit")
  void ext4ChargesTheProject(Machine machine) throws IOException {
    ext4(Charged.PROJECT, machine);
  }

  @Test
  @Tag("nfit")
  @Tag("nightly")
  void ext4ChargesTheOwner(Machine machine) throws IOException {
    ext4(Charged.OWNER, machine);
  }

  /** ext4 enforces them for users alone. */
  private void ext4(Charged charged, Machine machine) throws IOException {
    Command.run("modprobe", "quota_v2");
    damage(
        "mkfs.ext4 -q -F -b 4096 -O quota,project -E quotatype=usrquota:prjquota",
        "dax,usrquota,prjquota",
        machine);
    charged.to(file.path());
    Command.run("chown", "nobody", mount, replica, journals);
    charged.limit(mount, true);
    Command.Result result =
        CommandLine.runAsNobody(
            "repair", "--yes", "--journal", journals, "--from", replica, file.path());
    assertEquals(2, result.exitCode(), result::toString);
    assertTrue(result.output().contains("EDQUOT"), result::toString);
    assertTrue(result.output().contains(ADVICE), result::toString);
    assertReadable(lost);
    assertFinishes();
  }
}
