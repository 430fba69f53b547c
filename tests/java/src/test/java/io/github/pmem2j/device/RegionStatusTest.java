package io.github.pmem2j.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.internal.device.CxlPoison;
import io.github.pmem2j.internal.jni.NoLiveHandles;
import io.github.pmem2j.internal.linux.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a status says of a region outside its devices, or without one. */
@ExtendWith(NoLiveHandles.class)
class RegionStatusTest extends StatusTestCase {
  /** What is before the disk's own data is the namespace's, and what is in no namespace is free. */
  @Test
  void whatARegionListsOutsideOfItsDevices() throws IOException {
    Path region = disk.list().resolve("../../../..").normalize();
    Path namespace = region.resolve("namespace0.0");
    Files.writeString(region.resolve("size"), String.valueOf(1L << 50));
    Files.writeString(region.resolve("resource"), "0x100000000");
    Files.writeString(namespace.resolve("resource"), "0x100200000");
    Files.writeString(namespace.resolve("size"), String.valueOf(1L << 49));
    Files.writeString(region.resolve("badblocks"), "8 1\n5000 2\n");
    List<DeviceStatus> all = read();
    assertEquals(2, all.size());
    assertEquals("region0", all.get(1).device());
    assertEquals("region", all.get(1).mode());
    assertEquals(RangeSet.of(new ByteRange(8 * 512, 512)), all.get(1).badBlocks());
    assertEquals(Kind.FREE, all.get(1).ranges().get(0).owners().get(0).kind());
  }

  private Path regionWithoutDevice() throws IOException {
    Path bus = disk.list().resolve("../../../../..").normalize();
    Path region = Files.createDirectories(bus.resolve("region1"));
    Files.writeString(region.resolve("size"), String.valueOf(1L << 30));
    Files.writeString(region.resolve("resource"), "0x800000000");
    Files.writeString(region.resolve("badblocks"), "");
    Files.writeString(region.resolve("devtype"), "nd_pmem");
    Files.writeString(region.resolve("mappings"), "1");
    Path sys = disk.host().sys();
    Path link = Files.createDirectories(sys.resolve("bus/nd/devices")).resolve("region1");
    Files.createSymbolicLink(link, Path.of("../../..").resolve(sys.relativize(region)));
    return region;
  }

  @Test
  void aRegionWithoutANamespace() throws IOException {
    Path region = regionWithoutDevice();
    List<DeviceStatus> all = read();
    assertEquals(2, all.size(), all::toString);
    DeviceStatus status = all.get(1);
    assertEquals("region1", status.device());
    assertEquals("region1 (no namespace)", status.stack());
    assertEquals("region", status.mode());
    assertEquals(1L << 30, status.size());
    assertEquals(List.of(), status.ranges());
    assertEquals(all.get(0).complete(), status.complete());
    assertEquals(1, read(data).size());
    Files.writeString(region.resolve("badblocks"), "8 2\n");
    status = read().get(1);
    assertEquals(RangeSet.of(new ByteRange(8 * 512, 2 * 512)), status.badBlocks());
    assertEquals(Kind.FREE, status.ranges().get(0).owners().get(0).kind());
    Files.delete(region.resolve("badblocks"));
    assertFalse(read().get(1).complete());
  }

  @Test
  void aRegionWhoseNamespaceIsNotEnabled() throws IOException {
    Path region = regionWithoutDevice();
    Path namespace = Files.createDirectory(region.resolve("namespace1.0"));
    Files.writeString(namespace.resolve("resource"), "0x800000000");
    Files.writeString(namespace.resolve("size"), String.valueOf(1L << 20));
    Files.writeString(region.resolve("badblocks"), "8 2\n");
    DeviceStatus status = read().get(1);
    assertEquals("region1 (no namespace is enabled)", status.stack());
    assertEquals(
        BadBlockOwner.of(Kind.UNKNOWN, "namespace1.0 is not enabled"),
        status.ranges().get(0).owners().get(0));
  }

  /** Its bytes are a user's data, not the metadata of a namespace that is in use. */
  @Test
  void aNamespaceThatIsNotEnabledBesideOneThatIs() throws IOException {
    Path region = disk.list().resolve("../../../..").normalize();
    Files.writeString(region.resolve("size"), String.valueOf(1L << 51));
    Files.writeString(region.resolve("resource"), "0x0");
    Path enabled = region.resolve("namespace0.0");
    Files.writeString(enabled.resolve("resource"), "0x200000");
    Files.writeString(enabled.resolve("size"), String.valueOf(1L << 50));
    Path disabled = Files.createDirectory(region.resolve("namespace0.1"));
    Files.writeString(disabled.resolve("resource"), "0x" + Long.toHexString(1L << 51));
    Files.writeString(disabled.resolve("size"), String.valueOf(1L << 20));
    // The first is behind the disk, but within its namespace.
    Files.writeString(
        region.resolve("badblocks"), (1L << 41) - 8 + " 1\n" + ((1L << 42) + 8) + " 1\n");
    List<OwnedRange> ranges = read().get(1).ranges();
    assertEquals(
        List.of(
            List.of(BadBlockOwner.of(Kind.NAMESPACE_METADATA, "namespace0.0")),
            List.of(BadBlockOwner.of(Kind.UNKNOWN, "namespace0.1 is not enabled"))),
        ranges.stream().map(OwnedRange::owners).toList());
  }

  /** An unused region counts, too: a device that is made of it may have errors. */
  @Test
  void aRegionThatNobodyScrubbedBesideAHealthyDevice() throws IOException {
    Files.writeString(disk.scrub(), "3\n");
    Path region = regionWithoutDevice();
    assertTrue(read().stream().allMatch(DeviceStatus::complete));
    Path bus = Files.createDirectories(disk.host().sys().resolve("devices/platform/e820/ndbus1"));
    Files.move(region, bus.resolve("region1"));
    Path link = disk.host().sys().resolve("bus/nd/devices/region1");
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("../../../devices/platform/e820/ndbus1/region1"));
    List<DeviceStatus> all = read();
    assertEquals(2, all.size(), all::toString);
    assertTrue(all.get(0).complete());
    assertEquals(ErrorSource.Kind.NOBODY, all.get(1).source().kind());
    assertFalse(all.get(1).complete());
    assertTrue(read(data).stream().allMatch(DeviceStatus::complete));
  }

  @Test
  void poisonOutsideRegionsOfARegionWithoutADevice() throws IOException {
    regionWithoutDevice();
    Host host = disk.host();
    String region = "devices/platform/nfit/ndbus0/region1";
    List<DeviceStatus.UnmappedPoison> poison =
        List.of(new DeviceStatus.UnmappedPoison("mem0", 4096, 64));
    DeviceStatus status =
        RegionStatus.withoutDevice(
            host,
            region,
            new CxlPoison(host.sysfs()),
            (found, source) -> found.equals(region) ? poison : List.of());
    assertEquals(poison, status.unmapped());
  }
}
