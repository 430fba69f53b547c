package io.github.pmem2j.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.internal.device.BadSectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeOwnersTest {
  private static final String DEVICE = "pmem0";
  private static final BadBlockOwner NOBODY = BadBlockOwner.of(Kind.UNKNOWN, "nobody");
  private static final BadBlockOwner FREE = BadBlockOwner.of(Kind.FREE, "");

  private final RangeOwners claims = new RangeOwners();

  private static BadBlockOwner file(String path, long offset, long length) {
    return BadBlockOwner.file(Kind.FILE, Path.of(path), new ByteRange(offset, length));
  }

  private static OwnedRange owned(long offset, long length, BadBlockOwner... owners) {
    return new OwnedRange(new ByteRange(offset, length), List.of(owners));
  }

  private List<OwnedRange> divide(long offset, long length) {
    return claims.divide(DEVICE, RangeSet.of(new ByteRange(offset, length)), NOBODY);
  }

  @Test
  void whatNobodyClaimsIsNotKnown() {
    assertEquals(List.of(owned(512, 1024, NOBODY)), divide(512, 1024));
    claims.add("pmem1", new ByteRange(512, 1024), FREE);
    assertEquals(List.of(owned(512, 1024, NOBODY)), divide(512, 1024));
  }

  @Test
  void aRangeIsDividedWhereItsOwnersChange() {
    claims.add(DEVICE, new ByteRange(0, 1024), FREE);
    claims.add(DEVICE, new ByteRange(1536, 4096), file("/f", 8192, 4096));
    assertEquals(
        List.of(
            owned(512, 512, FREE),
            owned(1024, 512, NOBODY),
            owned(1536, 512, file("/f", 8192, 512))),
        divide(512, 1536));
  }

  @Test
  void sharedBlocksHaveAllTheirFiles() {
    claims.add(DEVICE, new ByteRange(0, 4096), file("/b", 4096, 4096));
    claims.add(DEVICE, new ByteRange(0, 4096), file("/a", 0, 4096));
    claims.add(DEVICE, new ByteRange(0, 4096), file("/a", 0, 4096));
    assertEquals(
        List.of(owned(512, 512, file("/a", 512, 512), file("/b", 4608, 512))), divide(512, 512));
  }

  @Test
  void aReasonGivesWayToAnOwner() {
    BadBlockOwner why = BadBlockOwner.of(Kind.UNKNOWN, "why");
    claims.add(DEVICE, new ByteRange(0, 1024), why);
    claims.add(DEVICE, new ByteRange(0, 512), FREE);
    assertEquals(List.of(owned(0, 512, FREE), owned(512, 512, why)), divide(0, 1024));
  }

  @Test
  void claimsAboveAMappedDeviceAreCarriedDown() {
    BadSectors bad =
        new BadSectors.Builder().add(10, 12, DEVICE, 110).add(20, 21, "pmem1", 7).build();
    RangeSet claimed = claims.add(bad, new ByteRange(11 * 512, 20 * 512), file("/f", 0, 20 * 512));
    assertEquals(RangeSet.of(new ByteRange(11 * 512, 512), new ByteRange(20 * 512, 512)), claimed);
    assertEquals(
        List.of(owned(110 * 512, 512, NOBODY), owned(111 * 512, 512, file("/f", 0, 512))),
        divide(110 * 512, 1024));
    assertEquals(
        List.of(owned(7 * 512, 512, file("/f", 9 * 512, 512))),
        claims.divide("pmem1", RangeSet.of(new ByteRange(7 * 512, 512)), NOBODY));
  }

  /** Whatever is claimed: each bad byte is in one part, and no other byte is. */
  @Test
  void thePartsAreAlwaysTheList() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      RangeOwners many = new RangeOwners();
      for (int claim = random.nextInt(12); claim > 0; claim--) {
        long length = 512L * (1 + random.nextInt(30));
        ByteRange range = new ByteRange(512L * random.nextInt(200), length);
        many.add(DEVICE, range, random.nextBoolean() ? FREE : file("/f" + claim, 4096, length));
      }
      RangeSet.Builder list = RangeSet.builder();
      for (int range = random.nextInt(8); range > 0; range--) {
        list.add(512L * random.nextInt(200), 512L * (1 + random.nextInt(20)));
      }
      RangeSet bad = list.build();
      List<OwnedRange> parts = many.divide(DEVICE, bad, NOBODY);
      RangeSet.Builder sum = RangeSet.builder();
      long total = 0;
      for (OwnedRange part : parts) {
        sum.add(part.range());
        total += part.range().length();
        assertFalse(part.owners().isEmpty(), "seed " + seed);
        assertTrue(
            part.owners().stream()
                .allMatch(
                    o -> o.range().map(r -> r.length() == part.range().length()).orElse(true)),
            "seed " + seed);
      }
      assertEquals(bad, sum.build(), "seed " + seed);
      assertEquals(bad.total(), total, "seed " + seed);
    }
  }
}
