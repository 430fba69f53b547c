package io.github.pmem2j.device;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.internal.device.BadSectors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The known owners of the bad ranges of devices. */
final class RangeOwners {
  private static final Comparator<BadBlockOwner> ORDER =
      Comparator.comparing(BadBlockOwner::kind)
          .thenComparing(owner -> owner.path().map(Object::toString).orElse(""))
          .thenComparing(owner -> owner.range().map(ByteRange::offset).orElse(0L))
          .thenComparing(BadBlockOwner::detail);

  private final Map<String, List<Claim>> byDevice = new HashMap<>();

  private record Claim(ByteRange range, BadBlockOwner owner) {
    BadBlockOwner of(ByteRange part) {
      return owner.slice(part.offset() - range.offset(), part.length());
    }
  }

  /** An owner of a range of a device. */
  void add(String device, ByteRange range, BadBlockOwner owner) {
    byDevice.computeIfAbsent(device, key -> new ArrayList<>()).add(new Claim(range, owner));
  }

  /** An owner of a bad range of a file or directory on its device. */
  void add(BadRange bad, BadBlockOwner owner) {
    add(bad.device(), bad.deviceRange(), owner);
  }

  /**
   * An owner of a range of a device that is composed of others.
   *
   * @param bad the bad sectors of that device
   * @return the bad bytes of that device in the range
   */
  RangeSet add(BadSectors bad, ByteRange range, BadBlockOwner owner) {
    RangeSet.Builder claimed = RangeSet.builder();
    int i = bad.firstEndingAfter(range.offset() / BadRange.SECTOR_SIZE);
    for (; i < bad.count() && bad.start(i) * BadRange.SECTOR_SIZE < range.end(); i++) {
      long start = bad.start(i) * BadRange.SECTOR_SIZE;
      ByteRange part = ByteRange.between(start, bad.end(i) * BadRange.SECTOR_SIZE).intersect(range);
      if (!part.isEmpty()) {
        claimed.add(part);
        long origin = bad.origin(i) * BadRange.SECTOR_SIZE + (part.offset() - start);
        BadBlockOwner slice = owner.slice(part.offset() - range.offset(), part.length());
        add(bad.device(i), new ByteRange(origin, part.length()), slice);
      }
    }
    return claimed.build();
  }

  /**
   * Divides the bad ranges of a device among their owners: each byte of them is in exactly one of
   * the parts.
   *
   * @param otherwise the owner of what is unclaimed
   */
  List<OwnedRange> divide(String device, RangeSet bad, BadBlockOwner otherwise) {
    List<OwnedRange> parts = new ArrayList<>();
    List<Claim> claims = byDevice.getOrDefault(device, List.of());
    for (ByteRange range : bad) {
      List<Claim> here = claims.stream().filter(c -> c.range.intersects(range)).toList();
      TreeSet<Long> bounds = new TreeSet<>(List.of(range.offset(), range.end()));
      for (Claim claim : here) {
        ByteRange within = claim.range.intersect(range);
        bounds.add(within.offset());
        bounds.add(within.end());
      }
      long start = range.offset();
      for (long end : bounds.tailSet(start, false)) {
        ByteRange part = ByteRange.between(start, end);
        parts.add(new OwnedRange(part, owners(here, part, otherwise)));
        start = end;
      }
    }
    return parts;
  }

  private static List<BadBlockOwner> owners(
      List<Claim> claims, ByteRange part, BadBlockOwner otherwise) {
    List<BadBlockOwner> all =
        claims.stream()
            .filter(claim -> claim.range.contains(part))
            .map(claim -> claim.of(part))
            .distinct()
            .sorted(ORDER)
            .toList();
    List<BadBlockOwner> known = all.stream().filter(o -> o.kind() != Kind.UNKNOWN).toList();
    return Stream.of(known, all, List.of(otherwise))
        .filter(owners -> !owners.isEmpty())
        .findFirst()
        .orElseThrow();
  }
}
