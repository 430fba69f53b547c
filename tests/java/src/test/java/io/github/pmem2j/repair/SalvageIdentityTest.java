package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.FileStatus.Type;
import io.github.pmem2j.internal.linux.SysfsDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What identifies a source, in a made-up sysfs, and what of it is written to the map. */
class SalvageIdentityTest {
  private static final String REGION = "devices/ndbus0/region0/";

  @TempDir private Path sysfs;

  private String id(Type type, String directory) throws IOException {
    return device(type, directory).id().orElse("none");
  }

  private SysfsDevice device(Type type, String directory) throws IOException {
    Path device = Files.createDirectories(sysfs.resolve(directory));
    String index = type == Type.BLOCK_DEVICE ? "dev/block" : "dev/char";
    Path link = Files.createDirectories(sysfs.resolve(index)).resolve("259:1");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, link.getParent().relativize(device));
    DeviceNumber number = new DeviceNumber(259, 1);
    return SysfsDevice.of(sysfs, type, number);
  }

  private void attribute(String path, String value) throws IOException {
    Path file = sysfs.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, value + "\n");
  }

  @Test
  void aNamespaceIsKnownByItsUuidAndAPartitionByItsStart() throws IOException {
    attribute(REGION + "pfn0.0/uuid", "8d7c");
    assertEquals("uuid:8d7c", id(Type.BLOCK_DEVICE, REGION + "pfn0.0/block/pmem0"));
    attribute(REGION + "pfn0.0/block/pmem0/pmem0p1/partition", "1");
    attribute(REGION + "pfn0.0/block/pmem0/pmem0p1/start", "2048");
    assertEquals("uuid:8d7c@2048", id(Type.BLOCK_DEVICE, REGION + "pfn0.0/block/pmem0/pmem0p1"));
    attribute(REGION + "dax0.1/uuid", "9e");
    assertEquals("uuid:9e", id(Type.CHARACTER_DEVICE, REGION + "dax0.1/dax0.0"));
  }

  /** Another device may get its number, even before the next boot. */
  @Test
  void oneWithoutAnIdIsKnownUntilTheNextBoot() throws IOException {
    String ram = "devices/virtual/block/ram0";
    String boot = "@boot-" + Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    attribute(ram + "/dev", "1:0");
    assertEquals("dev:1:0" + boot, device(Type.BLOCK_DEVICE, ram).idUntilReboot());
    attribute(ram + "/diskseq", "7");
    assertEquals("diskseq:7" + boot, device(Type.BLOCK_DEVICE, ram).idUntilReboot());
    attribute(ram + "/ram0p1/partition", "1");
    attribute(ram + "/ram0p1/start", "2048");
    assertEquals(
        "diskseq:7@2048" + boot, device(Type.BLOCK_DEVICE, ram + "/ram0p1").idUntilReboot());
  }

  @Test
  void othersByWhatTheyHave() throws IOException {
    assertEquals("none", id(Type.BLOCK_DEVICE, "devices/virtual/block/ram0"));
    attribute("devices/virtual/block/dm-0/dm/uuid", "LVM-x");
    assertEquals("dm/uuid:LVM-x", id(Type.BLOCK_DEVICE, "devices/virtual/block/dm-0"));
    attribute("devices/virtual/block/dm-1/dm/uuid", "");
    assertEquals("none", id(Type.BLOCK_DEVICE, "devices/virtual/block/dm-1"));
    attribute("devices/virtual/block/loop0/loop/backing_file", "/a b, c\n\u00e9%");
    assertEquals(
        "loop/backing_file:/a%20b%2C%20c%0A%C3%A9%25",
        id(Type.BLOCK_DEVICE, "devices/virtual/block/loop0"));
  }

  @Test
  void namesEachChange() {
    SalvageIdentity then =
        SalvageIdentity.parse("inode 1, generation 2, modified 2026-01-01T00:00:00Z, size 3");
    assertEquals(then.toString(), SalvageIdentity.parse(then.toString()).toString());
    assertEquals("", then.changes(then));
    String changes = then.changes(SalvageIdentity.parse("inode 1, generation 5, size 4"));
    assertTrue(changes.contains("generation was 2, is 5"), changes);
    assertTrue(changes.contains("modified was 2026-01-01T00:00:00Z, is none"), changes);
    assertTrue(changes.contains("size was 3, is 4"), changes);
    SalvageIdentity without =
        SalvageIdentity.parse("inode 1, modified 2026-01-01T00:00:00Z, size 3");
    assertEquals("", then.changes(without), "a file system may report no generation");
    assertEquals("", without.changes(then));
  }
}
