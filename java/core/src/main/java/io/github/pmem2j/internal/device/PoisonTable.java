package io.github.pmem2j.internal.device;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.internal.device.CxlPoison.PoisonList;
import io.github.pmem2j.internal.device.CxlPoison.Unmapped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Converts the records of devices' poison lists to ranges of a region. */
final class PoisonTable {
  /** The most ranges that a report lists. */
  private static final int MAX_RANGES = 1 << 20;

  private final CxlRegion region;
  private final List<CxlPoison.Mapped> mapped = new ArrayList<>();
  private final Set<Unmapped> unmapped = new LinkedHashSet<>();
  private final Map<IncompleteReason.Code, String> reasons = new LinkedHashMap<>();

  /** The last record of each list, as one device gives one for each of its regions. */
  private final Map<String, PoisonRecord> last = new LinkedHashMap<>();

  PoisonTable(CxlRegion region) {
    this.region = region;
  }

  /** Adds a reason why there may be more. */
  void add(IncompleteReason reason) {
    reasons.put(reason.code(), reason.message());
  }

  /** Adds the events of one list, read through the given file. */
  void add(List<String> events, String file) {
    for (String event : events) {
      try {
        add(PoisonRecord.parse(event));
      } catch (PoisonRecord.MalformedException e) {
        reasons.put(
            IncompleteReason.Code.LIST_MALFORMED,
            "the poison list that "
                + file
                + " gives is not what the kernel writes, "
                + e.getMessage()
                + ": report this");
      }
    }
  }

  private void add(PoisonRecord record) {
    if (!record.listed()) {
      return; // an injection or clearing by another process
    }
    boolean ours = false;
    for (int position = 0; position < region.targets().size(); position++) {
      CxlRegion.Target target = region.targets().get(position);
      if (target.memdev().equals(record.memdev())) {
        ours = true;
        add(record, position, target);
      }
    }
    if (!ours) {
      return;
    }
    last.put(record.memdev() + " " + record.region(), record);
    for (String flag : record.flags()) {
      if (!flag.equals(PoisonRecord.MORE)) {
        incomplete(record, flag);
      }
    }
    if (record.region().isEmpty()) {
      unmapped.add(new Unmapped(record.memdev(), record.dpa(), record.length()));
    }
  }

  private void incomplete(PoisonRecord record, String flag) {
    reasons.put(
        IncompleteReason.Code.POISON_INCOMPLETE,
        "CXL's "
            + record.memdev()
            + " reports that its poison list is incomplete ("
            + flag
            + "): clear some, or wait for the device, and scan again");
  }

  /** Adds the part of a record that lies in a target. */
  private void add(PoisonRecord record, int position, CxlRegion.Target target) {
    long begin = Math.max(record.dpa(), target.start());
    long end = Math.min(record.dpa() + record.length(), target.end());
    if (begin >= end) {
      return;
    }
    long expected = region.start() + region.offset(position, begin);
    if (begin == record.dpa()
        && !(record.hpa() == expected && record.region().equals(region.name()))) {
      // Root decoders may interleave by XOR. Then only the address that the kernel computed is
      // known, and only up to the end of its granule.
      elsewhere(record, expected);
      long offset = record.hpa() - region.start();
      if (record.hpa() != PoisonRecord.NO_HPA && offset >= 0 && offset < region.size()) {
        addMapped(
            target, begin, offset, Math.min(end, region.endOfGranule(position, begin)) - begin);
      }
      return;
    }
    for (long at = begin; at < end; ) {
      long next = Math.min(end, region.endOfGranule(position, at));
      if (!addMapped(target, at, region.offset(position, at), next - at)) {
        break;
      }
      at = next;
    }
  }

  private void elsewhere(PoisonRecord record, long expected) {
    reasons.put(
        IncompleteReason.Code.UNKNOWN_MAPPING,
        "the kernel maps address %#x of CXL's %s to %#x of region \"%s\", not at %#x of %s: read the"
                .formatted(
                    record.dpa(),
                    record.memdev(),
                    record.hpa(),
                    record.region(),
                    expected,
                    region.name())
            + " file with verify");
  }

  private boolean addMapped(CxlRegion.Target target, long address, long offset, long length) {
    if (mapped.size() == MAX_RANGES) {
      reasons.put(
          IncompleteReason.Code.LIST_AT_BOUND,
          "the devices of CXL's " + region.name() + " list more damage than fits in a report");
      return false;
    }
    mapped.add(new CxlPoison.Mapped(new ByteRange(offset, length), target.memdev(), address));
    return true;
  }

  PoisonList list() {
    // Every part of a list but the last has the flag.
    last.values().stream()
        .filter(record -> record.flags().contains(PoisonRecord.MORE))
        .forEach(record -> incomplete(record, PoisonRecord.MORE));
    List<IncompleteReason> all = new ArrayList<>();
    reasons.forEach((code, message) -> all.add(new IncompleteReason(code, message)));
    return new PoisonList(List.copyOf(mapped), all, Set.copyOf(unmapped));
  }
}
