package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.ErrorSource.Kind;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.IncompleteReason.Code;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Sysfs;
import io.github.pmem2j.testkit.FakeSysfs;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who fills the list of a disk, on directories made up like those of each driver's bus. */
class SourceReaderTest {
  private static final DeviceNumber NUMBER = Sysfs.parseDeviceNumber("259:0");

  @TempDir private Path root;

  private FakeSysfs sysfs;

  /** A disk on a bus with these attributes, and an empty list. */
  private void disk(String bus, String provider, String commands) throws IOException {
    sysfs = new FakeSysfs(root);
    sysfs.write(bus + "/provider", provider + "\n");
    sysfs.write(bus + "/commands", commands + "\n");
    String region = bus + "/region0";
    sysfs.dimms(region);
    sysfs.write(region + "/resource", "0x140000000\n");
    sysfs.write(region + "/badblocks", "");
    sysfs.write(region + "/pfn0.0/namespace", "namespace0.0\n");
    sysfs.write(region + "/pfn0.0/resource", "0x140200000\n");
    sysfs.device(
        "block", "259:0", region + "/pfn0.0/block/pmem0", "badblocks", "", "size", "1000000\n");
    sysfs.device("char", "252:0", region + "/dax0.0/dax0.0", "size", "1073741824\n");
    sysfs.write(region + "/dax0.0/dax0.0/resource", "0x140a00000\n");
  }

  private DeviceStack resolve() {
    return new StackResolver(Host.local().withSys(root)).resolve(NUMBER);
  }

  private static List<Code> codes(DeviceStack stack) {
    return stack.reasons().stream().map(IncompleteReason::code).toList();
  }

  private static ErrorSource source(DeviceStack stack) {
    assertEquals(1, stack.lists().size());
    return stack.lists().get(0).filledBy();
  }

  private void assertSource(ErrorSource expected, Code... reasons) throws IOException {
    DeviceStack disk = resolve();
    assertEquals(expected, source(disk));
    assertEquals(List.of(reasons), codes(disk));
    assertEquals(reasons.length == 0, disk.clean());
    DeviceStack dax =
        new StackResolver(Host.local().withSys(root)).resolveDax(Sysfs.parseDeviceNumber("252:0"));
    assertEquals(expected.kind(), source(dax).kind());
    assertEquals(List.of(reasons), codes(dax));
  }

  private static ErrorSource of(Kind kind) {
    return new ErrorSource("pmem0", kind, 0, false);
  }

  @ParameterizedTest
  @CsvSource({
    "1,    1, false, ",
    "1+,   1, true,  ",
    "12,  12, false, ",
    "0,    0, false, NEVER_SCRUBBED",
    "0+,   0, true,  SCRUB_RUNNING",
  })
  void aScrubbedBus(String scrub, int scrubs, boolean running, Code reason) throws IOException {
    for (String provider : List.of("ACPI.NFIT", "nfit_test.0")) {
      disk("devices/LNXSYSTM:00/ACPI0012:00/ndbus0", provider, FakeSysfs.COMMANDS.strip());
      sysfs.write("devices/LNXSYSTM:00/ACPI0012:00/ndbus0/nfit/scrub", scrub + "\n");
      ErrorSource source = new ErrorSource("pmem0", Kind.SCRUBBED, scrubs, running);
      assertSource(source, reason == null ? new Code[0] : new Code[] {reason});
    }
  }

  /** Virtual disks and CDs, and volatile memory; and what does not say what it is. */
  @ParameterizedTest
  @CsvSource({
    "nd_volatile, 0",
    "nd_pmem, 0",
    "nd_volatile, 2",
    "nd_pmem,",
    "nd_pmem, two",
    ", 2",
  })
  void aRegionThatIsNotScrubbedWithItsBus(String type, String mappings) throws IOException {
    disk("devices/ndbus0", "ACPI.NFIT", FakeSysfs.COMMANDS.strip());
    sysfs.write("devices/ndbus0/nfit/scrub", "3\n");
    sysfs.write("devices/ndbus0/region0/devtype", type == null ? "" : type + "\n");
    sysfs.write("devices/ndbus0/region0/mappings", mappings == null ? "" : mappings + "\n");
    assertSource(of(Kind.NOBODY), Code.NOBODY_LOOKS);
    String message = resolve().reasons().get(0).message();
    assertTrue(message.contains("region0") && message.contains("verify"), message);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, NEVER_SCRUBBED", "1, 0, NEVER_SCRUBBED", "1+, 0, SCRUB_RUNNING", "2, 1,"})
  void theFirstScrubIsNoneIfTheKernelWasToldNotToScrub(String scrub, int scrubs, Code reason)
      throws IOException {
    disk("devices/ndbus0", "ACPI.NFIT", FakeSysfs.COMMANDS.strip());
    sysfs.write("module/nfit/parameters/no_init_ars", "Y\n");
    sysfs.write("devices/ndbus0/nfit/scrub", scrub + "\n");
    ErrorSource source = new ErrorSource("pmem0", Kind.SCRUBBED, scrubs, scrub.endsWith("+"));
    assertSource(source, reason == null ? new Code[0] : new Code[] {reason});
    if (reason == Code.SCRUB_RUNNING) {
      String message = resolve().reasons().get(0).message();
      assertTrue(message.contains("nfit/scrub is 2"), message);
    }
  }

  @Test
  void anNfitBusWithoutScrubs() throws IOException {
    disk("devices/LNXSYSTM:00/ACPI0012:00/ndbus0", "ACPI.NFIT", "cmd_call");
    sysfs.write("devices/LNXSYSTM:00/ACPI0012:00/ndbus0/nfit/revision", "1\n");
    assertSource(of(Kind.MACHINE_CHECKS), Code.NOBODY_LOOKS);
  }

  @ParameterizedTest
  @CsvSource({
    "devices/platform/e820_pmem/ndbus1,                        e820",
    "devices/pci0000:00/0000:00:05.0/virtio3/ndbus1,           virtio-pmem",
    "devices/platform/400000000.pmem/ndbus1,                   400000000.pmem",
    "devices/platform/ibm_persistent-memory:ibm_pmemory/ndbus1,ibm_pmemory",
    // Its name says nothing.
    "devices/platform/e820_pmem/ndbus1,                        ACPI.NFIT",
  })
  void aBusThatNobodyLooksAt(String bus, String provider) throws IOException {
    disk(bus, provider, "");
    assertSource(of(Kind.NOBODY), Code.NOBODY_LOOKS);
    DeviceStack stack = resolve();
    String message = stack.reasons().get(0).message();
    assertTrue(message.contains("pmem0") && message.contains("verify"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "01", "1++", "1 +", "+", "9999999999", "1\n1", "one"})
  void aMalformedScrubAttributeIsNotTrusted(String scrub) throws IOException {
    disk("devices/ndbus0", "ACPI.NFIT", FakeSysfs.COMMANDS.strip());
    sysfs.write("devices/ndbus0/nfit/scrub", scrub + "\n");
    assertSource(of(Kind.NOBODY), Code.LIST_MALFORMED);
  }

  @Test
  void aScrubThatCannotBeRead() throws IOException {
    disk("devices/ndbus0", "ACPI.NFIT", FakeSysfs.COMMANDS.strip());
    Files.createDirectories(root.resolve("devices/ndbus0/nfit/scrub"));
    assertSource(of(Kind.NOBODY), Code.LIST_UNREADABLE);
  }

  @Test
  void whatIsListedIsStillBad() throws IOException {
    disk("devices/platform/e820_pmem/ndbus1", "e820", "");
    sysfs.write("devices/platform/e820_pmem/ndbus1/region0/pfn0.0/block/pmem0/badblocks", "8 1\n");
    DeviceStack stack = resolve();
    assertEquals(1, stack.bad().count());
    assertEquals(List.of(Code.NOBODY_LOOKS), codes(stack));
    assertEquals(List.of(), stack.lists().get(0).read().reasons(), "of the list itself");
  }

  @Test
  void trustTakesThePlaceOfWhatIsMissing() throws IOException {
    disk("devices/ndbus0", "ACPI.NFIT", FakeSysfs.COMMANDS.strip());
    StackResolver trusting =
        new StackResolver(Host.local().withSys(root).withTrustedLists().withDev(root));
    for (String scrub : List.of("0", "0+")) {
      sysfs.write("devices/ndbus0/nfit/scrub", scrub + "\n");
      assertEquals(of(Kind.TRUSTED), source(trusting.resolve(NUMBER)));
      assertTrue(trusting.resolve(NUMBER).clean());
    }
    sysfs.write("devices/ndbus0/nfit/scrub", "2\n");
    assertEquals(
        new ErrorSource("pmem0", Kind.SCRUBBED, 2, false), source(trusting.resolve(NUMBER)));
    Files.delete(root.resolve("devices/ndbus0/nfit/scrub"));
    assertEquals(of(Kind.TRUSTED), source(trusting.resolve(NUMBER)));
    sysfs.write("devices/ndbus0/region0/pfn0.0/block/pmem0/badblocks", "garbage\n");
    assertEquals(List.of(Code.LIST_MALFORMED), codes(trusting.resolve(NUMBER)));
  }

  // CXL: what the devices list is in the region's coordinates; the disk begins 2 MiB into it.

  private static final String BRIDGE = "devices/platform/ACPI0017:00/root0/nvdimm-bridge0/ndbus0";

  private DeviceStack onCxl(String release, CxlPoison.Opener opener, String number)
      throws IOException {
    sysfs.cxlRegion("region0", 1, "256", "0x140000000", "0x20000000");
    sysfs.cxlTarget("region0", 0, "decoder2.0", "mem0", "0x0", "0x20000000");
    Host host = Host.local().withSys(root);
    StackResolver resolver = new StackResolver(host, new CxlPoison(host.sysfs(), opener, release));
    return number.equals("252:0")
        ? resolver.resolveDax(Sysfs.parseDeviceNumber(number))
        : resolver.resolve(Sysfs.parseDeviceNumber(number));
  }

  private static CxlPoison.Opener listing(String... events) {
    return () ->
        new CxlPoison.Lister() {
          @Override
          public List<String> list(Path trigger) {
            return List.of(events);
          }

          @Override
          public void close() {}
        };
  }

  private static String event(long address) {
    return "cxl_poison: memdev=mem0 host=0000:0d:00.0 serial=1 trace_type=List region=region0"
        + " region_uuid=x hpa=0x%x dpa=0x%x dpa_length=0x40 source=Internal flags= overflow_time=0"
            .formatted(0x140000000L + address, address);
  }

  @Test
  void theDevicesOwnListOnCxl() throws IOException {
    disk(BRIDGE, "CXL", "");
    DeviceStack clean = onCxl("6.12.1", listing(), "259:0");
    assertEquals(of(Kind.DEVICE_LIST), source(clean));
    assertTrue(clean.clean());

    sysfs.write(BRIDGE + "/region0/pfn0.0/block/pmem0/badblocks", "3 1\n");
    // The last is before the disk, in the metadata of the namespace.
    CxlPoison.Opener some = listing(event(0x200000 + 5 * 512 + 64), event(512));
    DeviceStack bad = onCxl("6.12.1", some, "259:0");
    assertEquals(List.of(), bad.reasons());
    assertEquals(
        RangeSet.copyOf(List.of(new ByteRange(3 * 512, 512), new ByteRange(5 * 512, 512))),
        bad.lists().get(0).read().ranges());
    assertEquals(5, bad.bad().origin(1));
  }

  @Test
  void theDevicesOwnListUnderADaxDevice() throws IOException {
    disk(BRIDGE, "CXL", "");
    DeviceStack dax = onCxl("6.12.1", listing(event(0xa00000 + 7 * 512)), "252:0");
    assertEquals(1, dax.bad().count());
    assertEquals(7, dax.bad().start(0));
    assertEquals(List.of(), dax.reasons());
    assertFalse(dax.clean());
  }

  @Test
  void aListThatCannotBeAskedFor() throws IOException {
    disk(BRIDGE, "CXL", "");
    CxlPoison.Opener denied =
        () -> {
          throw new AccessDeniedException("/sys/kernel/tracing");
        };
    for (String device : List.of("259:0", "252:0")) {
      assertEquals(List.of(Code.POISON_NEEDS_ROOT), codes(onCxl("6.12.1", denied, device)));
    }
    sysfs.write(BRIDGE + "/region0/pfn0.0/block/pmem0/badblocks", "3 1\n");
    DeviceStack stack = onCxl("6.12.1", denied, "259:0");
    assertEquals(1, stack.bad().count());
    assertEquals(List.of(Code.POISON_NEEDS_ROOT), codes(stack));
  }

  @Test
  void poisonWhereTheDisksBoundsCannotBeRead() throws IOException {
    disk(BRIDGE, "CXL", "");
    Files.delete(root.resolve(BRIDGE + "/region0/pfn0.0/resource"));
    DeviceStack stack = onCxl("6.12.1", listing(event(0x200000)), "259:0");
    assertEquals(List.of(Code.BOUNDS_UNREADABLE), codes(stack));
  }
}
