package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.internal.device.DeviceStack.Storage;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Sysfs;
import io.github.pmem2j.testkit.FakeSysfs;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StackResolverTest {
  @TempDir private Path temporary;

  private FakeSysfs sysfs;
  private StackResolver resolver;

  /** Device-mapper's tables by device; one that is not here is denied. */
  private final Map<String, String> tables = new HashMap<>();

  @BeforeEach
  void setUp() throws IOException {
    sysfs = new FakeSysfs(temporary.resolve("sys"));
    resolver =
        new StackResolver(
            Host.local()
                .withSys(sysfs.root())
                .withTables(
                    device -> {
                      String table = tables.get(device.toString());
                      if (table == null) {
                        throw new AccessDeniedException("/dev/mapper/control");
                      }
                      return table;
                    }));
  }

  private DeviceStack resolve(String number) {
    return resolver.resolve(Sysfs.parseDeviceNumber(number));
  }

  private static String ranges(DeviceStack stack) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < stack.bad().count(); i++) {
      text.append(stack.bad().start(i)).append('-').append(stack.bad().end(i)).append(' ');
    }
    return text.toString().strip();
  }

  private static void assertUnknown(IncompleteReason.Code code, DeviceStack stack) {
    assertFalse(stack.clean());
    assertTrue(stack.storage() != Storage.OTHER, stack::toString);
    assertTrue(stack.reasons().stream().anyMatch(r -> r.code() == code), stack::toString);
  }

  @Test
  void aWholeDisk() throws IOException {
    sysfs.disk("259:0", "pmem0", "");
    assertTrue(resolve("259:0").clean());
    assertEquals("pmem0 (region0, namespace0.0, fsdax)", resolve("259:0").text());
    sysfs.disk("259:0", "pmem0", "8 1\n100 16\n");
    assertEquals("8-9 100-116", ranges(resolve("259:0")));
    assertEquals(Storage.PMEM, resolve("259:0").storage());
  }

  @Test
  void aDeviceThatSysfsDoesNotShow() {
    assertUnknown(IncompleteReason.Code.NO_SYSFS, resolve("259:9"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "8", "8 0\n", "eight 1\n", "8 1\n8 -1\n"})
  void aHostileListIsNotEmpty(String list) throws IOException {
    Path disk = sysfs.disk("259:0", "pmem0", list);
    sysfs.partition("259:1", "pmem0", "pmem0p1", 100, 200);
    sysfs.above("252:0", "dm-0", disk);
    tables.put("252:0", "0 100 linear 259:0 0\n");
    for (String device : List.of("259:0", "259:1", "252:0")) {
      assertUnknown(IncompleteReason.Code.LIST_MALFORMED, resolve(device));
    }
  }

  @Test
  void aListThatIsMissingOrADirectory() throws IOException {
    Path disk = sysfs.disk("259:0", "pmem0", "");
    Files.delete(disk.resolve("badblocks"));
    assertUnknown(IncompleteReason.Code.LIST_UNREADABLE, resolve("259:0"));
    Files.createDirectory(disk.resolve("badblocks"));
    assertUnknown(IncompleteReason.Code.LIST_UNREADABLE, resolve("259:0"));
  }

  @Test
  void aFullListIsJoinedWithTheRegions() throws IOException {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < 512; i++) {
      list.append(10 * i).append(" 1\n");
    }
    sysfs.disk("259:0", "pmem0", list.toString());
    assertUnknown(IncompleteReason.Code.LIST_AT_BOUND, resolve("259:0"));
    assertEquals(512, resolve("259:0").bad().count());
    sysfs.write(FakeSysfs.REGION + "/resource", "0x10000000\n");
    sysfs.write(FakeSysfs.REGION + "/pfn0.0/resource", "0x10200000\n");
    // The disk begins at sector 4096 of the region.
    sysfs.write(FakeSysfs.REGION + "/badblocks", "0 8\n4096 1\n10001 3\n99999999 1\n");
    DeviceStack stack = resolve("259:0");
    assertUnknown(IncompleteReason.Code.LIST_AT_BOUND, stack);
    assertEquals(513, stack.bad().count());
    assertTrue(ranges(stack).endsWith(" 5110-5111 5905-5908"));
  }

  @Test
  void aPartitionIsASectionOfItsDisk() throws IOException {
    sysfs.disk("259:0", "pmem0", "8 1\n95 10\n150 1\n290 20\n400 1\n");
    sysfs.partition("259:1", "pmem0", "pmem0p1", 100, 200);
    DeviceStack stack = resolve("259:1");
    assertEquals("0-5 50-51 190-200", ranges(stack));
    assertEquals(100, stack.bad().origin(0));
    assertEquals("pmem0", stack.bad().device(0));
    assertEquals("pmem0p1 -> pmem0 (region0, namespace0.0, fsdax)", stack.text());
    sysfs.partition("259:2", "pmem0", "pmem0p2", 500, 200);
    assertTrue(resolve("259:2").clean());
  }

  @Test
  void mappedDevicesAreFollowed() throws IOException {
    Path disk = sysfs.disk("259:0", "pmem0", "105 2\n140 1\n");
    Path part = sysfs.partition("259:1", "pmem0", "pmem0p1", 100, 200);
    Path lower = sysfs.above("252:0", "dm-0", part);
    sysfs.above("252:1", "dm-1", lower, disk);
    tables.put("252:0", "0 50 linear 259:1 30\n50 20 linear 259:1 0\n");
    tables.put("252:1", "0 32 striped 2 8 252:0 48 259:0 104\n");
    assertEquals("10-11 55-57", ranges(resolve("252:0")));
    DeviceStack stack = resolve("252:1");
    // On dm-0 from 48: 55 is row 0; on pmem0 from 104: 105 is row 0.
    assertEquals("7-8 9-11 16-17", ranges(stack));
    assertTrue(stack.text().startsWith("/dev/mapper/vg-lv -> {/dev/mapper/vg-lv -> pmem0p1"));
    assertTrue(stack.reasons().isEmpty());
  }

  @Test
  void cleanIfAllBelowIsHoldsForPlainLayersAlone() throws IOException {
    Path disk = sysfs.disk("259:0", "pmem0", "500 1\n");
    Path clean = sysfs.partition("259:1", "pmem0", "pmem0p1", 0, 400);
    Path bad = sysfs.partition("259:2", "pmem0", "pmem0p2", 400, 400);
    sysfs.above("252:0", "dm-0", clean);
    sysfs.above("252:1", "dm-1", clean, bad);
    sysfs.above("252:2", "dm-2");
    sysfs.raid("9:0", "md0", "\n", clean);
    sysfs.raid("9:1", "md1", "", disk);
    sysfs.raid("9:2", "md2", "8 16\n", clean);
    sysfs.above("249:0", "odd0", clean);
    // There may be an error target in it.
    assertUnknown(IncompleteReason.Code.TABLE_UNREADABLE, resolve("252:0"));
    assertUnknown(IncompleteReason.Code.TABLE_UNREADABLE, resolve("252:1"));
    assertUnknown(IncompleteReason.Code.TABLE_UNREADABLE, resolve("252:2"));
    assertTrue(resolve("9:0").clean());
    for (String device : List.of("9:1", "9:2", "249:0")) {
      assertUnknown(IncompleteReason.Code.UNKNOWN_MAPPING, resolve(device));
    }
    tables.put("252:0", "0 8 crypt aes 0 259:1 0\n");
    tables.put("252:1", "0 8 crypt aes 0 259:2 0\n");
    assertTrue(resolve("252:0").clean());
    assertUnknown(IncompleteReason.Code.UNKNOWN_MAPPING, resolve("252:1"));
    tables.put("252:0", ""); // none is loaded: what is below it is not its data
    assertUnknown(IncompleteReason.Code.UNKNOWN_MAPPING, resolve("252:0"));
    for (String target : List.of("error", "flakey 259:1 0 5 5", "thin 252:2 1", "raid raid1 1")) {
      tables.put("252:0", "0 8 linear 259:1 0\n8 8 " + target + "\n");
      assertUnknown(IncompleteReason.Code.UNKNOWN_MAPPING, resolve("252:0"));
    }
  }

  @Test
  void ordinaryDisksKeepNoList() throws IOException {
    Path disk = sysfs.diskOn("scsi", "8:0", "devices/pci0/block/sda", "badblocks", "\n");
    Path part = sysfs.device("block", "8:1", "devices/pci0/block/sda/sda1", "partition", "1\n");
    sysfs.above("252:0", "dm-0", part);
    sysfs.raid("9:0", "md0", "", disk);
    sysfs.above("253:0", "zram0");
    sysfs.diskOn("virtio", "254:0", "devices/pci0/virtio2/block/vda");
    sysfs.diskOn("nvme", "259:8", "devices/pci0/nvme/nvme0/nvme0n1", "device/transport", "pcie\n");
    String multipath = "devices/virtual/nvme-subsystem/nvme-subsys1/nvme1n1";
    sysfs.diskOn("nvme-subsystem", "259:9", multipath, "device/nvme1/transport", "pcie\n");
    sysfs.diskOn("platform", "2:0", "devices/platform/floppy.0/block/fd0");
    for (String device :
        List.of("8:0", "8:1", "252:0", "9:0", "253:0", "254:0", "259:8", "259:9", "2:0")) {
      assertEquals(Storage.OTHER, resolve(device).storage(), device);
      assertTrue(resolve(device).reasons().isEmpty());
    }
    Path pmem = sysfs.disk("259:0", "pmem0", "");
    sysfs.above("252:1", "dm-1", part, pmem);
    assertUnknown(
        IncompleteReason.Code.MIXED_STORAGE,
        resolveWith("252:1", "0 8 linear 259:0 0\n8 8 linear 8:1 0\n"));
    sysfs.above("252:2", "dm-2", part, pmem);
    assertUnknown(IncompleteReason.Code.TABLE_UNREADABLE, resolve("252:2"));
  }

  /** None of these shows below it what its data is on. */
  @Test
  void aDiskOfAnotherKindMayBeOnPersistentMemory() throws IOException {
    sysfs.diskOn("scsi", "8:0", "devices/pseudo_0/tcm_loop_adapter_0/tcm_loop_0/block/sda");
    sysfs.diskOn("scsi", "8:16", "devices/platform/host6/session1/target6:0:0/block/sdb");
    String usb = "devices/platform/%s.0/usb1/1-1/1-1:1.0/host7/target7:0:0/7:0:0:0/block/sd%s";
    sysfs.diskOn("scsi", "8:64", usb.formatted("dummy_hcd", "e"));
    sysfs.diskOn("scsi", "8:80", usb.formatted("vhci_hcd", "f"));
    String multipath = "devices/virtual/nvme-subsystem/nvme-subsys1/nvme1n1";
    sysfs.diskOn("nvme-subsystem", "259:9", multipath, "device/nvme1/transport", "loop\n");
    sysfs.write(multipath + "/device/nvme2/transport", "pcie\n");
    sysfs.diskOn("nvme", "259:8", "devices/virtual/ctl/nvme0/nvme0n1", "device/transport", "tcp\n");
    sysfs.diskOn("ublk", "259:7", "devices/virtual/ublk/block/ublkb0");
    sysfs.device("block", "8:32", "devices/pci0/block/sdc");
    sysfs.above("253:0", "zram0");
    sysfs.write("devices/virtual/block/zram0/backing_dev", "/dev/pmem0\n");
    Path disk = sysfs.diskOn("scsi", "8:48", "devices/pci0/block/sdd");
    sysfs.above("250:0", "bcache0", disk);
    for (String device :
        List.of(
            "8:0", "8:16", "8:64", "8:80", "259:9", "259:8", "259:7", "8:32", "253:0", "250:0")) {
      assertUnknown(IncompleteReason.Code.UNKNOWN_MAPPING, resolve(device));
    }
  }

  private DeviceStack resolveWith(String device, String table) {
    tables.put(device, table);
    return resolve(device);
  }

  @Test
  void whatCannotBeFollowedIsUnknown() throws IOException {
    sysfs.device(
        "block", "259:5", FakeSysfs.REGION + "/btt0.0/block/pmem0s", "badblocks", "", "size", "8");
    assertUnknown(IncompleteReason.Code.SECTOR_MODE, resolve("259:5"));
    Path loop = sysfs.above("7:0", "loop0");
    DeviceStack detached = resolve("7:0");
    assertUnknown(IncompleteReason.Code.LOOP_DEVICE, detached);
    assertEquals(
        "loop0 is a loop device to which no file is attached", detached.reasons().get(0).message());
    Files.writeString(Files.createDirectory(loop.resolve("loop")).resolve("backing_file"), "/a\n");
    assertEquals(
        "loop0 is a loop device over /a: scan that file",
        resolve("7:0").reasons().get(0).message());
    sysfs.above("147:0", "drbd0");
    assertUnknown(IncompleteReason.Code.UNKNOWN_MAPPING, resolve("147:0"));
  }

  @Test
  void aCircleEnds() throws IOException {
    sysfs.above("252:0", "dm-0");
    sysfs.above("252:1", "dm-1");
    tables.put("252:0", "0 8 linear 252:1 0\n");
    tables.put("252:1", "0 8 linear 252:0 0\n");
    assertUnknown(IncompleteReason.Code.UNKNOWN_MAPPING, resolve("252:0"));
  }

  @Test
  void aTableThatIsReloadedIsReadAgain() throws IOException {
    Path disk = sysfs.disk("259:0", "pmem0", "5 1\n");
    sysfs.above("252:0", "dm-0", disk);
    assertEquals("5-6", ranges(resolveWith("252:0", "0 8 linear 259:0 0\n")));
    assertEquals("", ranges(resolveWith("252:0", "0 8 linear 259:0 100\n")));
    assertEquals(new DeviceNumber(259, 0), Sysfs.parseDeviceNumber("259:0"));
  }

  @Test
  void aTableThatIsReloadedMeanwhileIsReadAgain() throws IOException {
    Path disk = sysfs.disk("259:0", "pmem0", "5 1\n");
    sysfs.above("252:0", "dm-0", disk);
    AtomicInteger reads = new AtomicInteger();
    Host host = Host.local().withSys(sysfs.root());
    // It moves from the good sectors onto the bad one just after it was read.
    StackResolver once =
        new StackResolver(
            host.withTables(
                device -> "0 8 linear 259:0 " + (reads.getAndIncrement() == 0 ? 100 : 0) + "\n"));
    assertEquals("5-6", ranges(once.resolve(new DeviceNumber(252, 0))));
    StackResolver always =
        new StackResolver(
            host.withTables(device -> "0 8 linear 259:0 " + (100 + reads.getAndIncrement())));
    assertUnknown(IncompleteReason.Code.CHANGING, always.resolve(new DeviceNumber(252, 0)));
    assertTrue(reads.get() < 20);
  }
}
