package io.github.pmem2j.emulated;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.Verdict;
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
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * The program in the machine whose power tests/emulated/power-cuts cuts: checks what the last cut
 * left, then damages and repairs a file until the next one. Without JUnit, because it never ends.
 *
 * <p>Every other cut comes at a random instant, while another writer makes the file system commit
 * again and again, as a database does. For the other cuts the machine stops after a step, and what
 * has been committed by then is chosen, too: all of it, all until the blocks were replaced, or
 * nothing that the repair did not commit itself. The journal is beside the file, or on a file
 * system of its own, which nothing else commits: a line that was not synced is lost there.
 *
 * <p>What this cannot see is a sync that is missing below a mapping or a direct write: the memory
 * of the emulated NVDIMM keeps all that was stored, as if a processor had no caches.
 */
final class PowerCuts {
  private static final long MIB = 1024 * 1024 / Sectors.SIZE;

  /** The data's file system, and the journals'. */
  private static final Sectors[] PARTS = {
    new Sectors(2 * MIB, 400 * MIB), new Sectors(402 * MIB, 64 * MIB)
  };

  /** The latest step to cut the power at: after about two repairs. */
  private static final int LATEST = 40;

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

  private static final Path STEPS = Path.of("/run/results/steps");
  private static final Path DATA = Path.of("/run/mnt/data");
  private static final Path JOURNALS = Path.of("/run/mnt/journals");

  private final Path path = DATA.resolve("file");
  private final PowerCutFile file;
  private final Path journals;
  private final Random random;

  /** How many more steps until it announces them to the host; the maximum for never. */
  private long untilAnnounced;

  /** The step to stop after, or null; how often to pass it before. */
  private String stop;

  private int passes;
  private Committed committed = Committed.NOTHING;
  private String lastStep;

  private PowerCuts(Namespace disk, Path journals, long seed) {
    this.file = new PowerCutFile(path, disk, PARTS[0].first());
    this.journals = journals;
    this.random = new Random(seed);
  }

  /**
   * SEED, "beside" or "elsewhere" for the journal, and which cut it is, or "last" for a machine
   * that is not cut. Otherwise it never ends.
   */
  public static void main(String[] args) throws Exception {
    Machine machine = new Machine();
    boolean first = !Files.exists(PowerCutFile.RECORD);
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
      PowerCutFile.injectAgain(disk);
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
      cuts.file.create();
      commit(); // and so the other has its block before any is bad
      Command.run("sync");
      Files.createFile(PowerCutFile.RECORD);
    } else {
      cuts.file.check("after the cut");
    }
    do {
      cuts.repair();
      cuts.file.spoil(cuts.random);
    } while (!last);
    cuts.repair();
  }

  /** Chooses how this machine stops: every other one goes through all steps and ways in turn. */
  private void plan(long seed, long number, boolean last) {
    untilAnnounced = Long.MAX_VALUE;
    if (last) {
      return;
    }
    if (number % 2 == 0) {
      untilAnnounced = random.nextInt(LATEST);
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
    passes = random.nextInt(2);
    System.out.println("to stop behind " + stop + ", committed: " + committed);
  }

  /** Announces the step to the host, from a random one on, or stops: the power is cut there. */
  private void announce(String step) {
    boolean here = step.equals(stop) && passes-- == 0;
    if (here && committed == Committed.ALL) {
      commit();
    }
    lastStep = step;
    if (here || --untilAnnounced < 0) {
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
   * Commits once the repair has found the new blocks good. Not sooner, or the file system would
   * hand back the bad blocks that were just freed.
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

  /** Writes to another file and syncs it, which makes the file system commit everything. */
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

  private void repair() throws IOException {
    RepairResult result =
        new SteppedRepair(path, journals, this::scan, this::announce).run(file::restore);
    if (!result.finished()) {
      throw new AssertionError(result);
    }
    file.check("repaired " + result.ranges().size());
    if (BadBlockScanner.trustingLists().scanFile(path).verdict() != Verdict.CLEAN) {
      throw new AssertionError(BadBlockScanner.trustingLists().scanFile(path));
    }
  }
}
