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
 * The program in the machine whose power tests/emulated/power-cuts cuts: repeatedly checks what the
 * last cut left, and then damages and repairs a file until the next one. Without JUnit, because the
 * host ends it.
 *
 * <p>The memory of the emulated NVDIMM is a file of the host. So what a cut at some instant leaves
 * is what the file holds at that instant: the host stops the machine, copies the file, lets the
 * machine stop using the disk, and puts the copy in its place. All that is not on the disk is lost,
 * as in a machine that boots again, which takes far longer. The last cut kills the machine.
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

  /** The steps at which the host may cut the power: it waits for the first. */
  private static final Path STEPS = Path.of("/run/results/steps");

  /** The host makes this when it has cut the power: what happens from then on is undone. */
  private static final Path CUT = Path.of("/run/results/cut");

  /** The machine makes this when it has stopped using the disk, and the host then removes it. */
  private static final Path STOPPED = Path.of("/run/results/stopped");

  /** The host has cut the power. */
  private static final class Cut extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final PowerCutFile file;
  private final Path journals;
  private final Random random;
  private Thread committer;
  private volatile boolean over;

  /** How many more steps until it announces them to the host; the maximum for never. */
  private long untilAnnounced = Long.MAX_VALUE;

  /** The step to stop after, or null; how often to pass it before. */
  private String stop;

  private int passes;
  private Committed committed = Committed.NOTHING;
  private String lastStep;

  private PowerCuts(PowerCutDisk disk, Path journals, long seed) {
    this.file = new PowerCutFile(disk);
    this.journals = journals;
    this.random = new Random(seed);
  }

  /**
   * SEED, "beside" or "elsewhere" for the journal, and the number of the first cut, or "last" for a
   * machine that is not cut. Otherwise it never ends.
   */
  public static void main(String[] args) throws Exception {
    long seed = Long.parseLong(args[0]);
    Path journals = args[1].equals("beside") ? null : PowerCutDisk.JOURNALS;
    boolean last = args[2].equals("last");
    PowerCutDisk disk = new PowerCutDisk();
    if (Files.exists(PowerCutDisk.RECORD)) {
      disk.start();
    } else {
      disk.make();
      Files.createFile(PowerCutDisk.RECORD);
      disk.start();
      new PowerCutFile(disk).create();
      commit(); // and so the other has its block before any is bad
      Command.run("sync");
    }
    if (last) {
      new PowerCuts(disk, journals, seed).finish();
      return;
    }
    for (long number = Long.parseLong(args[2]); ; number++) {
      PowerCuts cut = new PowerCuts(disk, journals, seed + number);
      cut.plan(seed, number);
      cut.run();
      disk.stop();
      Files.writeString(STOPPED, "stopped\n");
      Sysfs.await("the power", () -> !Files.exists(STOPPED));
      disk.startAgain();
    }
  }

  /** Checks what the last cut has left, and repairs what it has damaged since. */
  private void finish() throws IOException {
    file.check("after the cut");
    repair();
    file.spoil(random);
    repair();
  }

  /** Checks, damages and repairs, until the power is cut. */
  private void run() throws Exception {
    file.check("after the cut");
    try {
      while (true) {
        repair();
        file.spoil(random);
      }
    } catch (Cut e) {
      over = true;
      if (committer != null) {
        committer.join();
      }
    }
  }

  /** Chooses how this cut comes: every other one goes through all steps and ways in turn. */
  private void plan(long seed, long number) {
    System.out.println("cut " + number);
    if (number % 2 == 0) {
      untilAnnounced = random.nextInt(LATEST);
      committer = new Thread(this::commitAgainAndAgain);
      committer.setDaemon(true);
      committer.start();
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
      untilAnnounced = -1;
      try {
        Files.writeString(STEPS, step + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (here) {
      Sysfs.await("the cut", () -> Files.exists(CUT));
    }
    if (untilAnnounced < 0 && Files.exists(CUT)) {
      throw new Cut();
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
    while (!over) {
      commit();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** Writes to another file and syncs it, which makes the file system commit everything. */
  private static void commit() {
    try (FileChannel channel =
        FileChannel.open(
            PowerCutDisk.DATA.resolve("other"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), channel.size() % Sectors.PAGE);
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void repair() throws IOException {
    RepairResult result =
        new SteppedRepair(PowerCutFile.PATH, journals, this::scan, this::announce)
            .run(file::restore);
    if (!result.finished()) {
      throw new AssertionError(result);
    }
    file.check("repaired " + result.ranges().size());
    if (BadBlockScanner.trustingLists().scanFile(PowerCutFile.PATH).verdict() != Verdict.CLEAN) {
      throw new AssertionError(BadBlockScanner.trustingLists().scanFile(PowerCutFile.PATH));
    }
  }
}
