package io.github.pmem2j.internal.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Made-up mount tables over real directories. */
class OverlayScanTest {
  @TempDir private Path temporary;

  private Path root;
  private Host host;
  private MountTable mounts;
  private OverlayScan resolver;

  @BeforeEach
  void setUp() throws IOException {
    root = temporary.toRealPath();
    Files.createDirectories(root.resolve("proc/self"));
    host = Host.local().withSys(root.resolve("sys")).withProc(root.resolve("proc"));
    mounts = host.mounts();
    resolver = new OverlayScan(host);
  }

  private Path file(String name) throws IOException {
    Files.createDirectories(root.resolve(name).getParent());
    return Files.writeString(root.resolve(name), name);
  }

  /** Writes the table; % stands for the temporary directory. */
  private void table(String... lines) throws IOException {
    Files.writeString(
        root.resolve("proc/self/mountinfo"),
        (String.join("\n", lines) + "\n").replace("%", root.toString()));
  }

  private static String overlay(String point, String options) {
    return "40 1 0:50 / %s rw,relatime shared:1 - overlay overlay rw,%s".formatted(point, options);
  }

  @Test
  void theUpperLayerComesFirst() throws Exception {
    table("1 0 8:1 / / rw - ext4 /dev/sda1 rw", overlay("%/m", "lowerdir=%/l1:%/l2,upperdir=%/u"));
    Path both = file("m/d/both");
    Path upper = file("u/d/both");
    file("l1/d/both");
    assertEquals(upper, resolver.resolve(both));
    Path low = file("m/d/low");
    Path second = file("l2/d/low");
    assertEquals(second, resolver.resolve(low));
    Path first = file("l1/d/low");
    assertEquals(first, resolver.resolve(low));
    assertThrows(OverlayScan.LostException.class, () -> resolver.resolve(file("m/d/nowhere")));
  }

  @Test
  void namesAreUnescaped() throws Exception {
    Path merged = file("a b/f");
    Path lower = file("l:1, x/f");
    table(overlay("%/a\\040b", "lowerdir=%/l\\134:1\\054\\040x"));
    assertEquals(lower, resolver.resolve(merged));
  }

  @Test
  void theLastAndDeepestMountCounts() throws Exception {
    Path merged = file("m/n/f");
    Path right = file("right/f");
    file("wrong/f");
    table(
        overlay("%/m/n", "lowerdir=%/wrong"),
        overlay("%/m/n", "lowerdir=%/right"),
        overlay("%/m", "lowerdir=%/wrong"),
        overlay("%/m/nn", "lowerdir=%/wrong"));
    assertEquals(right, resolver.resolve(merged));
    table(overlay("%/m", "lowerdir=%/right"), "1 0 8:1 / %/m/n rw - ext4 /dev/sda1 rw");
    assertThrows(OverlayScan.LostException.class, () -> resolver.resolve(merged));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "upperdir=%/l",
        "lowerdir=l",
        "lowerdir=%/l::%/data",
        "lowerdir+=%/l,datadir+=%/data",
        "lowerdir=%/l,metacopy=on",
        ""
      })
  void whatCannotBeFollowed(String options) throws Exception {
    Path merged = file("m/f");
    file("l/f");
    table(overlay("%/m", options));
    assertThrows(OverlayScan.LostException.class, () -> resolver.resolve(merged));
  }

  @Test
  void metacopyByDefault() throws Exception {
    Path merged = file("m/f");
    Path lower = file("l/f");
    table(overlay("%/m", "lowerdir=%/l"));
    assertEquals(lower, resolver.resolve(merged));
    Files.writeString(file("sys/module/overlay/parameters/metacopy"), "Y\n");
    assertThrows(OverlayScan.LostException.class, () -> resolver.resolve(merged));
  }

  /** The table of mappings shows the inode of the layer up to Linux 6.6, and its device. */
  @Test
  void aMappingShowsTheDeviceBelow() throws IOException {
    FileStatus file;
    try (Descriptor descriptor = Descriptor.openPath(file("f"))) {
      file = descriptor.status();
    }
    String device = "%02x:%02x".formatted(file.device().major(), file.device().minor());
    String line = "7f00-7f01 r--s 00000000 %s %d                   %s\n";
    String right = line.formatted(device, file.inode(), "/m/f (x)");
    assertTrue(OverlayScan.maps("other\n" + right, "/m/f (x)", file));
    assertFalse(OverlayScan.maps(right, "/m/f", file));
    for (String other :
        List.of(
            line.formatted("00:99", file.inode(), "/m/f (x)"),
            line.formatted(device, file.inode() + 1, "/m/f (x)"),
            line.formatted(device, file.inode(), "/l/f"),
            "")) {
      assertFalse(OverlayScan.maps(other, "/m/f (x)", file), other);
    }
  }

  /** An interrupt closes the channel of the mapping. */
  @Test
  void anInterruptedThreadFollowsAnOverlayToo() throws IOException {
    try (Descriptor file = Descriptor.openPath(file("f"))) {
      OverlayScan overlays = new OverlayScan(Host.local());
      boolean same = overlays.sameFile(file, file);
      Thread.currentThread().interrupt();
      assertEquals(same, overlays.sameFile(file, file));
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void realtimeDevicesOfXfs() throws IOException {
    table(
        "1 0 8:1 / /a rw - xfs /dev/sda1 rw,attr2",
        "2 0 8:2 / /b rw - xfs /dev/sda2 rw,rtdev=/dev/sda3,attr2");
    assertTrue(mounts.withoutRealtimeDevice(new DeviceNumber(8, 1)));
    assertFalse(mounts.withoutRealtimeDevice(new DeviceNumber(8, 2)));
    assertFalse(mounts.withoutRealtimeDevice(new DeviceNumber(8, 9)), "one that is not shown");
    Files.delete(root.resolve("proc/self/mountinfo"));
    assertFalse(mounts.withoutRealtimeDevice(new DeviceNumber(8, 1)));
  }

  /** It may be the mount that the question is about. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2 0 8:1 / /b rw xfs /dev/sda1 rw,rtdev=/dev/sda3",
        "2 0 8:1 / /b rw - xfs /dev/sda1",
        "2 0 8:1 / /b rw - xfs /dev/sda1 rw attr2,rtdev=/dev/sda3",
        "2 0 8:1 / /b - xfs /dev/sda1 rw",
        "2 0 8 / /b rw - xfs /dev/sda1 rw",
        ""
      })
  void aTableWithAMalformedLine(String line) throws Exception {
    Path merged = file("m/f");
    file("l/f");
    table("1 0 8:1 / /a rw - xfs /dev/sda1 rw,attr2", line, overlay("%/m", "lowerdir=%/l"));
    assertFalse(mounts.withoutRealtimeDevice(new DeviceNumber(8, 1)));
    assertThrows(IOException.class, () -> resolver.resolve(merged));
    ListFinder.Found found = new ListFinder(host).below(root);
    assertTrue(
        found.reasons().stream().anyMatch(why -> why.contains("what is mounted below " + root)),
        found::toString);
  }

  @Test
  void aMountPointWithAnImpossibleName() throws Exception {
    table("1 0 8:1 / %/a\\000b rw - ext4 /dev/sda1 rw");
    ListFinder.Found found = new ListFinder(host).below(root);
    assertTrue(
        found.reasons().stream().anyMatch(why -> why.contains("a\0b are unknown")),
        found::toString);
  }
}
