package io.github.pmem2j.emulated;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * The file that {@link PowerCuts} repairs.
 *
 * <p>Behind each page of the file is a hole: so its extents never join, and the block that ext4
 * keeps them in is there from the beginning. Allocated later, it could be a bad one that a repair
 * has freed, and a file system whose own blocks are bad cannot be mounted again.
 */
final class PowerCutFile {
  static final Path PATH = PowerCutDisk.DATA.resolve("file");

  private static final int PAGES = 64;

  private final PowerCutDisk disk;

  /** Which sectors of the file have ever been bad, and so may have been restored. */
  private final Set<Long> everBad = new HashSet<>();

  PowerCutFile(PowerCutDisk disk) {
    this.disk = disk;
  }

  void create() throws IOException {
    try (FileChannel channel =
        FileChannel.open(PATH, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int page = 0; page < PAGES; page++) {
        for (int i = 0; i < Sectors.PER_PAGE; i++) {
          long at = offset(page) + i * Sectors.SIZE;
          channel.write(ByteBuffer.wrap(original(at / Sectors.SIZE)), at);
        }
      }
      channel.force(true);
    }
  }

  /** Where a page of data is in the file. */
  private static long offset(int page) {
    return 2L * page * Sectors.PAGE;
  }

  private static byte[] original(long sector) {
    byte[] bytes = new byte[Sectors.SIZE];
    new Random(sector).nextBytes(bytes);
    return bytes;
  }

  /** Differs from the original, to show what was restored. */
  private static byte[] restored(long sector) {
    byte[] bytes = original(sector);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= 0x5A;
    }
    return bytes;
  }

  /**
   * Checks that each sector is unchanged, or was bad and is restored, or that its page is reported.
   */
  void check(String when) throws IOException {
    for (String line : Files.readAllLines(PowerCutDisk.RECORD)) {
      everBad.add(Long.parseLong(line.split(" ")[1]));
    }
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(PATH);
    if (!report.complete()) {
      throw new AssertionError(when + ": " + report);
    }
    int bad = 0;
    int zeroed = 0;
    for (int page = 0; page < PAGES; page++) {
      boolean reported = report.intersects(offset(page), Sectors.PAGE);
      if (isWhole(page)) {
        continue;
      }
      if (!reported) {
        throw new AssertionError(when + ": nobody reports page " + page + ": " + report);
      }
      ByteRange bytes = new ByteRange(offset(page), Sectors.PAGE);
      boolean pending =
          report.badRanges().stream()
              .anyMatch(
                  range -> range.kind() == BadRange.Kind.ZEROED && range.range().intersects(bytes));
      if (pending) {
        zeroed++;
      } else {
        bad++;
      }
    }
    System.out.printf(
        "%s: %d pages whole, %d bad, %d cleared and in the journal%n",
        when, PAGES - bad - zeroed, bad, zeroed);
  }

  private boolean isWhole(int page) {
    byte[] bytes = new byte[Sectors.PAGE];
    try (FileChannel channel = FileChannel.open(PATH)) {
      if (channel.read(ByteBuffer.wrap(bytes), offset(page)) != bytes.length) {
        throw new AssertionError("the file ends before page " + page);
      }
    } catch (IOException e) {
      return false; // EIO
    }
    for (int i = 0; i < Sectors.PER_PAGE; i++) {
      long sector = offset(page) / Sectors.SIZE + i;
      byte[] found = Arrays.copyOfRange(bytes, i * Sectors.SIZE, (i + 1) * Sectors.SIZE);
      if (!Arrays.equals(found, original(sector))
          && !(everBad.contains(sector) && Arrays.equals(found, restored(sector)))) {
        return false;
      }
    }
    return true;
  }

  /** Makes up to five sectors bad, in one batch. */
  void spoil(Random random) throws IOException {
    for (int i = random.nextInt(5); i >= 0; i--) {
      long sector = offset(random.nextInt(PAGES)) / Sectors.SIZE + random.nextInt(Sectors.PER_PAGE);
      Sectors page = FileExtent.page(PATH, sector / Sectors.PER_PAGE);
      disk.spoil(page.first() + sector % Sectors.PER_PAGE, sector);
    }
  }

  /** A {@link RangeRestorer} whose bytes differ from the original ones. */
  void restore(ByteRange range, ByteBuffer target) {
    for (long at = range.offset(); at < range.end(); at += Sectors.SIZE) {
      everBad.add(at / Sectors.SIZE);
      target.put(restored(at / Sectors.SIZE));
    }
  }
}
