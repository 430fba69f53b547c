package io.github.pmem2j.emulated;

import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad blocks are given up only where the file system has others for them. */
@ExtendWith(MachineExtension.class)
class RepairReplacementTest {
  private static final String WITHOUT_EXTENTS = "mkfs.ext4 -q -F -b 4096 -O ^extent,^64bit";
  private static final String BIGALLOC = "mkfs.ext4 -q -F -b 4096 -O bigalloc -C 65536";

  /** They cannot be allocated without being written to. */
  @ParameterizedTest
  @Tag("nfit")
  @ValueSource(strings = {"dax", "rw"})
  void filesOfBlocksGetOthers(String option, Machine machine) throws IOException {
    Namespace disk = NfitTest.fsdax();
    RepairScenario scenario = create(WITHOUT_EXTENTS, disk, option, machine);
    NfitTest.inject(disk, scenario.toSpoil());
    dropCaches();
    scenario.salvage();
    scenario.repair();
  }

  @ParameterizedTest
  @Tag("stock")
  @ValueSource(strings = {"dax", "rw"})
  void filesOfBlocksAreWrittenInPlace(String option, Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    RepairScenario scenario = create(WITHOUT_EXTENTS, disk, option, machine);
    disk.inject(scenario.toSpoil());
    dropCaches();
    scenario.salvage();
    scenario.repair();
  }

  /** A block of a cluster stays where it is. */
  @Test
  @Tag("nfit")
  void clustersAreLeftAsTheyWere(Machine machine) throws IOException {
    Namespace disk = NfitTest.fsdax();
    RepairScenario scenario = create(BIGALLOC, disk, "dax", machine);
    NfitTest.inject(disk, scenario.toSpoil());
    scenario.salvage();
    scenario.repair(Outcome.REFUSED, Outcome.REFUSED, Outcome.REFUSED);
    scenario.salvage();
  }

  @Test
  @Tag("stock")
  void clustersAreWrittenInPlace(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    RepairScenario scenario = create(BIGALLOC, disk, "dax", machine);
    disk.inject(scenario.toSpoil());
    scenario.salvage();
    scenario.repair(Outcome.RESTORED, Outcome.RESTORED, Outcome.REFUSED);
    scenario.losingTheLastSector().salvage();
  }

  /** Without DAX a page that is in memory is not lost. */
  private static void dropCaches() {
    Sysfs.write(Path.of("/proc/sys/vm/drop_caches"), "3");
  }

  private static RepairScenario create(String mkfs, Namespace disk, String option, Machine machine)
      throws IOException {
    Command.run((Object[]) (mkfs + " " + disk.device()).split(" "));
    Path mount = machine.mount(disk.device(), "-o", option);
    return RepairScenario.create(mount);
  }
}
