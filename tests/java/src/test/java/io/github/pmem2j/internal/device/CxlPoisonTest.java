package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.CxlPoison.PoisonList;
import io.github.pmem2j.internal.linux.Sysfs;
import io.github.pmem2j.testkit.FakeSysfs;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a directory made up like the sysfs of the emulated machine with two devices. */
class CxlPoisonTest {
  private static final String ND =
      "devices/platform/ACPI0017:00/root0/nvdimm-bridge0/ndbus0/region1";
  private static final String DEVICES = FakeSysfs.CXL;
  private static final String EVENT =
      "cxl_poison: memdev=mem0 host=0000:0d:00.0 serial=1000 trace_type=List region=region1"
          + " region_uuid=x hpa=0x170001000 dpa=0x10000000 dpa_length=0x40 source=Internal flags="
          + " overflow_time=0";

  @TempDir Path directory;
  private FakeSysfs sysfs;
  private final List<String> asked = new ArrayList<>();
  private boolean closed;

  @BeforeEach
  void region() throws IOException {
    sysfs = new FakeSysfs(directory);
    sysfs.write(ND + "/resource", "0x170000000\n");
    sysfs.cxlRegion("region1", 2, "4096", "0x170000000", "0x20000000");
    // The devices are numbered in another order than their ports.
    sysfs.cxlTarget("region1", 0, "decoder2.1", "mem1", "0x10000000", "0x0000000010000000");
    sysfs.cxlTarget("region1", 1, "decoder3.1", "mem0", "0x10000000", "0x0000000010000000");
  }

  private PoisonList read(String release, CxlPoison.Opener opener) {
    return new CxlPoison(new Sysfs(directory), opener, release).read(ND);
  }

  private PoisonList read(String... events) {
    return read("6.12.1", () -> new Events(events));
  }

  private class Events implements CxlPoison.Lister {
    private final List<String> events;

    Events(String... events) {
      this.events = List.of(events);
    }

    @Override
    public List<String> list(Path trigger) throws IOException {
      asked.add(directory.relativize(trigger).toString());
      return events;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static IncompleteReason onlyReason(PoisonList list) {
    assertEquals(RangeSet.empty(), list.bad());
    assertEquals(1, list.reasons().size(), list::toString);
    return list.reasons().get(0);
  }

  @Test
  void everyDeviceOfTheRegionIsAsked() {
    PoisonList list = read(EVENT);
    assertEquals(
        List.of(DEVICES + "mem1/trigger_poison_list", DEVICES + "mem0/trigger_poison_list"), asked);
    assertEquals(RangeSet.of(new ByteRange(4096, 512)), list.bad());
    assertEquals(List.of(), list.reasons());
    assertTrue(closed);
  }

  @Test
  void anEmptyListIsAnAnswer() {
    assertEquals(new PoisonList(List.of(), List.of(), Set.of()), read());
  }

  @Test
  void isReadOnceIfToBeRemembered() {
    CxlPoison poison =
        new CxlPoison(new Sysfs(directory), () -> new Events(EVENT), "6.12.1").remembering();
    PoisonList list = poison.read(ND);
    assertEquals(RangeSet.of(new ByteRange(4096, 512)), list.bad());
    assertEquals(list, poison.read(ND));
    assertEquals(2, asked.size());
  }

  /** So many first requests to each device fail. */
  private PoisonList readWithFailures(int failures) {
    Map<Path, Integer> requests = new HashMap<>();
    return read(
        "6.12.1",
        () ->
            new Events(EVENT) {
              @Override
              public List<String> list(Path trigger) throws IOException {
                if (requests.merge(trigger, 1, Integer::sum) <= failures) {
                  throw new IOException("Device or resource busy");
                }
                return super.list(trigger);
              }
            });
  }

  @Test
  void aFailureIsRetriedOnce() {
    PoisonList list = readWithFailures(1);
    assertEquals(List.of(), list.reasons());
    assertEquals(RangeSet.of(new ByteRange(4096, 512)), list.bad());
    IncompleteReason reason = onlyReason(readWithFailures(2));
    assertEquals(IncompleteReason.Code.LIST_UNREADABLE, reason.code());
  }

  /** Two of its units, of a disk that begins in the middle of the region. */
  @Test
  void clearingPassesTheDevicesAddresses() throws IOException {
    String disk = ND + "/pfn1.0/block/pmem1";
    sysfs.write(ND + "/pfn1.0/resource", "0x170000000\n");
    sysfs.write(disk + "/size", "1024\n");
    Files.createDirectories(directory.resolve("class/block"));
    Files.createSymbolicLink(directory.resolve("class/block/pmem1"), Path.of("../../" + disk));
    Path file = directory.resolve("kernel/debug/cxl/mem0/clear_poison");
    sysfs.write("kernel/debug/cxl/mem0/clear_poison", "");
    CxlPoison poison = new CxlPoison(new Sysfs(directory), () -> new Events(EVENT), "6.12.1");
    poison.clear("pmem1", RangeSet.of(new ByteRange(0, 4096)));
    assertEquals("", Files.readString(file));
    poison.clear("pmem1", RangeSet.of(new ByteRange(4096, 512)));
    assertEquals("0x10000000", Files.readString(file));
    Files.delete(file);
    assertThrows(
        IOException.class, () -> poison.clear("pmem1", RangeSet.of(new ByteRange(4096, 512))));
  }

  @Test
  void withoutRoot() {
    IncompleteReason reason =
        onlyReason(
            read(
                "6.12.1",
                () -> {
                  throw new AccessDeniedException("/sys/kernel/tracing/instances");
                }));
    assertEquals(IncompleteReason.Code.POISON_NEEDS_ROOT, reason.code());
    assertTrue(reason.message().contains("run as root"), reason.message());
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1.0-50-amd64", "5.10.3", "6.3.13", "4.18.0-553.el8"})
  void beforeLinux64(String release) throws IOException {
    Files.delete(directory.resolve(DEVICES + "mem0/trigger_poison_list"));
    IncompleteReason reason = onlyReason(read(release, () -> new Events()));
    assertEquals(IncompleteReason.Code.POISON_UNSUPPORTED, reason.code());
    assertTrue(reason.message().contains("Linux " + release), reason.message());
    assertTrue(reason.message().contains("6.4 or newer"), reason.message());
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.4.0", "6.12.117+deb13-amd64", "6.10", "7.0.1", "10.1.2", "strange"})
  void aDeviceThatDoesNotListPoison(String release) throws IOException {
    Files.delete(directory.resolve(DEVICES + "mem0/trigger_poison_list"));
    IncompleteReason reason = onlyReason(read(release, () -> new Events()));
    assertEquals(IncompleteReason.Code.POISON_UNSUPPORTED, reason.code());
    assertTrue(reason.message().contains("mem0 does not list poison"), reason.message());
  }

  @Test
  void aDeviceThatFails() {
    IncompleteReason reason =
        onlyReason(
            read(
                "6.12.1",
                () -> {
                  throw new IOException("write \"1\" to trigger_poison_list: Input/output error");
                }));
    assertEquals(IncompleteReason.Code.LIST_UNREADABLE, reason.code());
    assertTrue(reason.message().contains("Input/output error"), reason.message());
  }

  @Test
  void whatOneDeviceListsIsKeptIfAnotherFails() {
    PoisonList list =
        read(
            "6.12.1",
            () ->
                new Events(EVENT) {
                  @Override
                  public List<String> list(Path trigger) throws IOException {
                    if (trigger.toString().contains("mem1")) {
                      throw new IOException("write \"1\" to " + trigger + ": Input/output error");
                    }
                    return super.list(trigger);
                  }
                });
    assertEquals(RangeSet.of(new ByteRange(4096, 512)), list.bad());
    assertEquals(1, list.reasons().size(), list::toString);
    assertEquals(IncompleteReason.Code.LIST_UNREADABLE, list.reasons().get(0).code());
    assertTrue(list.reasons().get(0).message().contains("mem1"), list::toString);
  }

  @Test
  void aRegionThatChangesMeanwhile() {
    IncompleteReason reason =
        onlyReason(
            read(
                "6.12.1",
                () -> {
                  sysfs.write(DEVICES + "decoder2.1/dpa_resource", "0x20000000\n");
                  return new Events(EVENT);
                }));
    assertEquals(IncompleteReason.Code.CHANGING, reason.code());
  }

  @Test
  void aRegionThatIsNotTheSame() throws IOException {
    sysfs.write(ND + "/resource", "0x150000000\n");
    assertEquals(IncompleteReason.Code.LIST_UNREADABLE, onlyReason(read(EVENT)).code());
    sysfs.write(ND + "/resource", "0x170000000\n");
    sysfs.write(DEVICES + "decoder2.1/dpa_size", "0x1000\n");
    assertEquals(IncompleteReason.Code.LIST_UNREADABLE, onlyReason(read(EVENT)).code());
    sysfs.write(DEVICES + "region1/target0", "../decoder2.1\n");
    assertEquals(IncompleteReason.Code.LIST_UNREADABLE, onlyReason(read(EVENT)).code());
    Files.delete(directory.resolve(DEVICES + "region1/interleave_ways"));
    assertEquals(IncompleteReason.Code.LIST_UNREADABLE, onlyReason(read(EVENT)).code());
  }
}
