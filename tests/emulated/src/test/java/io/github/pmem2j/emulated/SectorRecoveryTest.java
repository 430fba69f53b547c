package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.repair.ReadResult;
import io.github.pmem2j.repair.SalvageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The sectors beside an error are read from the device only if it holds the file's bytes. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class SectorRecoveryTest {
  private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");

  @Test
  void anEncryptedFileLosesPages(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Command.run("mkfs.ext4", "-q", "-F", "-O", "encrypt", disk.device());
    Path mount = machine.mount(disk.device());
    String added = Command.runWithInput("k".repeat(64), "xfs_io", "-c", "add_enckey", mount);
    String key = added.strip().substring(added.strip().lastIndexOf(' ') + 1);
    Path directory = Files.createDirectory(mount.resolve("secret"));
    Command.run("xfs_io", "-c", "set_encpolicy -v 2 " + key, directory);
    RepairScenario scenario = RepairScenario.create(directory).losingPages();
    disk.inject(scenario.toSpoil());
    Sysfs.write(DROP_CACHES, "1");
    scenario.salvage();
    scenario.repair();
  }

  /** As in a container that has one disk under the name of another. */
  @Test
  void aDeviceNodeOfAnotherDiskIsNotTrusted(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    RepairScenario scenario = RepairScenario.create(machine.ext4(disk.device())).losingPages();
    disk.inject(scenario.toSpoil());
    Command.run("mount", "--bind", machine.disks().get(1).device(), disk.device());
    try {
      scenario.salvage();
      scenario.repair();
    } finally {
      Command.run("umount", disk.device());
    }
  }

  @Test
  void aPartitionHasASectorsPlace(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path partition = machine.partition(disk, new Sectors(2048, 200_000)).get(0);
    RepairScenario scenario = RepairScenario.create(machine.ext4(partition));
    for (Sectors bad : scenario.toSpoil()) {
      disk.inject(new Sectors(2048 + bad.first(), bad.count()));
    }
    scenario.salvage();
    scenario.repair();
  }

  /** It is the device of the file system, also where that device is made of others. */
  @Test
  void aMappedDeviceHasASectorsPlace(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path linear =
        machine.linear("sectors", new Machine.Section(disk.device(), new Sectors(8192, 200_000)));
    RepairScenario scenario = RepairScenario.create(machine.ext4(linear));
    for (Sectors bad : scenario.toSpoil()) {
      disk.inject(new Sectors(8192 + bad.first(), bad.count()));
    }
    scenario.salvage();
    scenario.repair();
  }

  @Test
  void stripesHaveASectorsPlace(Machine machine) throws IOException {
    List<Namespace> disks = machine.disks().subList(0, 2);
    long stripe = 2 * Sectors.PER_PAGE;
    Sectors part = new Sectors(8192, 200_000);
    Path striped =
        machine.striped(
            "stripes",
            stripe,
            new Machine.Section(disks.get(0).device(), part),
            new Machine.Section(disks.get(1).device(), part));
    RepairScenario scenario = RepairScenario.create(machine.ext4(striped));
    for (Sectors bad : scenario.toSpoil()) {
      long number = bad.first() / stripe;
      long first = part.first() + number / 2 * stripe + bad.first() % stripe;
      disks.get((int) (number % 2)).inject(new Sectors(first, bad.count()));
    }
    scenario.salvage();
    scenario.repair();
  }

  @Test
  void aCompressedFileLosesAllThatABlockHeld(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    byte[] content = compressible();
    Path directory = Files.createTempDirectory("image");
    Files.write(directory.resolve("file"), content);
    Path image = Files.createTempDirectory("image").resolve("erofs");
    Command.run("mkfs.erofs", "-zlz4", image, directory);
    Command.run("dd", "if=" + image, "of=" + disk.device(), "bs=1M", "status=none");
    Path file = machine.mount(disk.device(), "-t", "erofs").resolve("file");
    // The file is after the first block of the image, which has the inodes.
    disk.inject(new Sectors(Sectors.PER_PAGE + 1, 1));
    Sysfs.write(DROP_CACHES, "1");
    ByteBuffer all = ByteBuffer.allocate(content.length);
    ReadResult salvaged;
    try (SalvageReader reader = SalvageReader.open(file)) {
      salvaged = reader.read(0, all);
    }
    assertEquals(content.length, salvaged.length());
    assertFalse(salvaged.complete());
    for (ByteRange lost : salvaged.lost()) {
      Arrays.fill(content, (int) lost.offset(), (int) lost.end(), (byte) 0);
    }
    assertArrayEquals(content, all.array());
  }

  private static byte[] compressible() {
    byte[] content = new byte[64 * Sectors.PAGE];
    Random random = new Random(5);
    for (int i = 0; i < content.length; i += 64) {
      Arrays.fill(content, i, i + 64, (byte) random.nextInt());
    }
    return content;
  }
}
