package io.github.pmem2j.emulated;

import io.github.pmem2j.internal.repair.Step;
import io.github.pmem2j.internal.repair.Walk;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.scan.BadBlockReport;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.scan.BadRange;
import io.github.pmem2j.scan.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * What runs in the machine whose power tests/emulated/power-cuts cuts: checks what the last cut has
 * left, then damages and repairs a file until the next. Without JUnit, because it never ends.
 *
 * <p>The kernel forgets injected errors with a boot, and real media do not. So each sector is
 * written down outside the machine before it is injected, and injected again after a boot. QEMU's
 * NVDIMM cannot clear errors, so no sector is ever struck off that list.
 *
 * <p>Behind each page of the file is a hole: so its extents never join, and the block that ext4
 * keeps them in is there from the beginning. Taken later it could be a bad one that a repair has
 * freed, and a file system whose own blocks are bad cannot be mounted again.
 */
final class PowerCuts {
  private static final int PAGES = 64;

  /** The power may go from the very first step on, or later: behind some five repairs. */
  private static final int LATEST = 100;

  private static final Path RECORD = Path.of("/run/results/bad");
  private static final Path STEPS = Path.of("/run/results/steps");

  private final Namespace disk;
  private final Path file;
  private final Random random;
  private long untilTold;

  /** Which sectors of the file have ever been bad, and so may have been restored. */
  private final Set<Long> spoiled = new HashSet<>();

  private PowerCuts(Namespace disk, Path file, long seed) {
    this.disk = disk;
    this.file = file;
    this.random = new Random(seed);
    this.untilTold = random.nextInt(LATEST);
  }

  /** SEED, and "last" for a machine that is not cut. Otherwise it never ends. */
  public static void main(String[] args) throws Exception {
    Machine machine = new Machine();
    boolean first = !Files.exists(RECORD);
    if (first) {
      String name = machine.nvdimm().name();
      Command.run("ndctl", "create-namespace", "-b", "ACPI.NFIT", "-m", "fsdax", "-e", name, "-f");
      Sysfs.await("a disk", () -> machine.nvdimm().mode().equals("memory"));
    }
    Namespace disk = machine.nvdimm();
    if (!first) {
      for (String line : Files.readAllLines(RECORD)) {
        disk.inject(new Sectors(Long.parseLong(line.split(" ")[0]), 1));
      }
    }
    Path mount = first ? machine.ext4(disk.device()) : machine.mount(disk.device(), "-o", "dax");
    PowerCuts cuts = new PowerCuts(disk, mount.resolve("file"), Long.parseLong(args[0]));
    if (first) {
      cuts.create();
    } else {
      cuts.check("after the cut");
    }
    boolean last = args.length > 1;
    if (last) {
      cuts.untilTold = Long.MAX_VALUE;
    }
    do {
      cuts.repair();
      cuts.spoil();
    } while (!last);
    cuts.repair();
  }

  /** Says outside how far it is, from a random step on: at one of them the power goes. */
  private void tell(Step step) {
    if (--untilTold < 0) {
      try {
        Files.writeString(STEPS, step + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void create() throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int page = 0; page < PAGES; page++) {
        for (int i = 0; i < Sectors.PER_PAGE; i++) {
          long at = offset(page) + i * Sectors.SIZE;
          channel.write(ByteBuffer.wrap(original(at / Sectors.SIZE)), at);
        }
      }
      channel.force(true);
    }
    Command.run("sync");
    Files.createFile(RECORD);
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

  /** Something else than the original, so that it shows what was restored. */
  private static byte[] restored(long sector) {
    byte[] bytes = original(sector);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= 0x5A;
    }
    return bytes;
  }

  /** Each sector is as it was, or was bad and is restored, or its page is reported. */
  private void check(String when) throws IOException {
    for (String line : Files.readAllLines(RECORD)) {
      spoiled.add(Long.parseLong(line.split(" ")[1]));
    }
    BadBlockReport report = BadBlockScanner.scan(file);
    if (!report.complete()) {
      throw new AssertionError(when + ": " + report);
    }
    int bad = 0;
    int zeroed = 0;
    for (int page = 0; page < PAGES; page++) {
      boolean reported = report.intersects(offset(page), Sectors.PAGE);
      if (isAsItShould(page)) {
        continue;
      }
      if (!reported) {
        throw new AssertionError(when + ": nobody reports page " + page + ": " + report);
      }
      BadRange.Kind kind = report.firstBadIn(offset(page), Sectors.PAGE).orElseThrow().kind();
      if (kind == BadRange.Kind.ZEROED) {
        zeroed++;
      } else {
        bad++;
      }
    }
    System.out.printf(
        "%s: %d pages whole, %d bad, %d cleared and in the journal%n",
        when, PAGES - bad - zeroed, bad, zeroed);
  }

  private boolean isAsItShould(int page) {
    byte[] bytes = new byte[Sectors.PAGE];
    try (FileChannel channel = FileChannel.open(file)) {
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
          && !(spoiled.contains(sector) && Arrays.equals(found, restored(sector)))) {
        return false;
      }
    }
    return true;
  }

  private void spoil() throws IOException {
    for (int i = random.nextInt(2); i >= 0; i--) {
      long sector = offset(random.nextInt(PAGES)) / Sectors.SIZE + random.nextInt(Sectors.PER_PAGE);
      Sectors page = FileExtent.page(file, sector / Sectors.PER_PAGE);
      long place = page.first() + sector % Sectors.PER_PAGE;
      Files.writeString(RECORD, place + " " + sector + "\n", StandardOpenOption.APPEND);
      disk.inject(new Sectors(place, 1));
    }
  }

  private void repair() throws IOException {
    RangeRestorer restorer =
        (range, target) -> {
          for (long at = range.offset(); at < range.end(); at += Sectors.SIZE) {
            spoiled.add(at / Sectors.SIZE);
            target.put(restored(at / Sectors.SIZE));
          }
        };
    RepairResult result =
        new Walk(file, null, false, BadBlockScanner::scan, this::tell).run(restorer);
    if (!result.finished()) {
      throw new AssertionError(result);
    }
    check("repaired " + result.ranges().size());
    if (BadBlockScanner.scan(file).verdict() != Verdict.CLEAN) {
      throw new AssertionError(BadBlockScanner.scan(file));
    }
  }
}
