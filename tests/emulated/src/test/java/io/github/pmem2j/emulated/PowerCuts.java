package io.github.pmem2j.emulated;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.SteppedRepair;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * What runs in the machine whose power tests/emulated/power-cuts cuts: checks what the last cut has
 * left, then damages and repairs a file until the next. Without JUnit, because it never ends.
 *
 * <p>Every other cut is at some instant. Meanwhile another writer has the file system commit what
 * it has got, again and again, as that of a database does. For the rest the machine stops behind a
 * step, and what has been committed until then is chosen, too: all of it, all until the blocks were
 * replaced, or nothing that the repair did not commit itself. The journal is beside the file, or on
 * a file system of its own, which nobody else commits: there a line that was not synced is lost.
 *
 * <p>What this cannot see is a sync that is missing below a mapping or a direct write: the memory
 * of the emulated NVDIMM keeps all that was stored, as if a processor had no caches.
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
  private static final long MIB = 1024 * 1024 / Sectors.SIZE;

  /** The data's file system, and the journals'. */
  private static final Sectors[] PARTS = {
    new Sectors(2 * MIB, 400 * MIB), new Sectors(402 * MIB, 64 * MIB)
  };

  /** The power may go from the very first step on, or later: behind some five repairs. */
  private static final int LATEST = 100;

  /** The steps to stop behind: those around which something is lost or given up. */
  private static final String[] STOPS = {
    "CLEARING_WRITTEN",
    "CLEARING_SYNCED",
    "PUNCHED",
    "ALLOCATED",
    "RESTORED",
    "SYNCED",
    "VERIFIED",
    "RESTORED_SYNCED",
    "UNMARKED",
    "JOURNAL_REMOVED"
  };

  /** What of the repair the file system has committed beyond what the repair synced itself. */
  private enum Committed {
    ALL,
    UNTIL_REPLACED,
    NOTHING
  }

  private static final Path RECORD = Path.of("/run/results/bad");
  private static final Path STEPS = Path.of("/run/results/steps");
  private static final Path DATA = Path.of("/run/mnt/data");
  private static final Path JOURNALS = Path.of("/run/mnt/journals");

  private final Namespace disk;
  private final Path file = DATA.resolve("file");
  private final Path journals;
  private final Random random;

  /** How many more steps there are until it tells them outside; without an end: never. */
  private long untilTold;

  /** Where it stops for the power to go, or null; how often it passes by before. */
  private String stop;

  private int passes;
  private Committed committed = Committed.NOTHING;
  private String lastStep;

  /** Which sectors of the file have ever been bad, and so may have been restored. */
  private final Set<Long> spoiled = new HashSet<>();

  private PowerCuts(Namespace disk, Path journals, long seed) {
    this.disk = disk;
    this.journals = journals;
    this.random = new Random(seed);
  }

  /**
   * SEED, "beside" or "elsewhere" for the journal, and which cut it is, or "last" for a machine
   * that is not cut. Otherwise it never ends.
   */
  public static void main(String[] args) throws Exception {
    Machine machine = new Machine();
    boolean first = !Files.exists(RECORD);
    if (first) {
      String name = machine.nvdimm().name();
      Command.run("ndctl", "create-namespace", "-b", "ACPI.NFIT", "-m", "fsdax", "-e", name, "-f");
      Sysfs.await("a disk", () -> machine.nvdimm().mode().equals("memory"));
      for (Path part : machine.partition(machine.nvdimm(), PARTS)) {
        Command.run("mkfs.ext4", "-q", "-F", "-b", Sectors.PAGE, part);
      }
    }
    Namespace disk = machine.nvdimm();
    if (!first) {
      for (String line : Files.readAllLines(RECORD)) {
        disk.inject(new Sectors(Long.parseLong(line.split(" ")[0]), 1));
      }
    }
    Command.run("mkdir", "-p", DATA, JOURNALS);
    Command.run("mount", "-o", "dax,commit=600", disk.device() + "p1", DATA);
    Command.run("mount", disk.device() + "p2", JOURNALS);
    long seed = Long.parseLong(args[0]);
    boolean last = args[2].equals("last");
    long number = last ? 0 : Long.parseLong(args[2]);
    PowerCuts cuts = new PowerCuts(disk, args[1].equals("beside") ? null : JOURNALS, seed + number);
    cuts.plan(seed, number, last);
    if (first) {
      cuts.create();
    } else {
      cuts.check("after the cut");
    }
    do {
      cuts.repair();
      cuts.spoil();
    } while (!last);
    cuts.repair();
  }

  /** Stops in every other machine, in all places and ways after one another. */
  private void plan(long seed, long number, boolean last) {
    untilTold = Long.MAX_VALUE;
    if (last) {
      return;
    }
    if (number % 2 == 0) {
      untilTold = random.nextInt(LATEST);
      Thread other = new Thread(this::commitAgainAndAgain);
      other.setDaemon(true);
      other.start();
      return;
    }
    int each = Committed.values().length;
    List<Integer> ways = new ArrayList<>(IntStream.range(0, STOPS.length * each).boxed().toList());
    Collections.shuffle(ways, new Random(seed));
    int way = ways.get((int) (number / 2 % ways.size()));
    stop = STOPS[way / each];
    committed = Committed.values()[way % each];
    passes = random.nextInt(3);
    System.out.println("to stop behind " + stop + ", committed: " + committed);
  }

  /** Says outside how far it is, from a random step on, or stops: at one of them the power goes. */
  private void tell(String step) {
    boolean here = step.equals(stop) && passes-- == 0;
    if (here && committed == Committed.ALL) {
      commit();
    }
    lastStep = step;
    if (here || --untilTold < 0) {
      try {
        Files.writeString(STEPS, step + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    while (here) {
      LockSupport.park(this);
    }
  }

  /**
   * Commits when the repair has found that what replaces the bad blocks is good. Not sooner: then
   * the file system would hand back the bad blocks that were freed just now, again and again.
   */
  private BadBlockReport scan(Path path) throws IOException {
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(path);
    boolean replaced =
        "ALLOCATED".equals(lastStep)
            && report.badRanges().stream().allMatch(bad -> bad.kind() == BadRange.Kind.ZEROED);
    if (replaced && committed == Committed.UNTIL_REPLACED) {
      commit();
    }
    return report;
  }

  private void commitAgainAndAgain() {
    while (true) {
      commit();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** Writes to another file, and syncs it: the file system commits with it whatever it has got. */
  private static void commit() {
    try (FileChannel channel =
        FileChannel.open(
            DATA.resolve("other"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), channel.size() % Sectors.PAGE);
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
    commit(); // and so the other has its block before any is bad
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
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(file);
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
    for (int i = random.nextInt(5); i >= 0; i--) { // in one batch
      long sector = offset(random.nextInt(PAGES)) / Sectors.SIZE + random.nextInt(Sectors.PER_PAGE);
      Sectors page = FileExtent.page(file, sector / Sectors.PER_PAGE);
      long place = PARTS[0].first() + page.first() + sector % Sectors.PER_PAGE;
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
    RepairResult result = new SteppedRepair(file, journals, this::scan, this::tell).run(restorer);
    if (!result.finished()) {
      throw new AssertionError(result);
    }
    check("repaired " + result.ranges().size());
    if (BadBlockScanner.trustingLists().scanFile(file).verdict() != Verdict.CLEAN) {
      throw new AssertionError(BadBlockScanner.trustingLists().scanFile(file));
    }
  }
}
