package io.github.pmem2j.emulated;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.jni.LiveHandles;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import io.github.pmem2j.libpmem2.Pmem2Source;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.watch.BadBlockChange;
import io.github.pmem2j.watch.BadBlockListener;
import io.github.pmem2j.watch.BadBlockWatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * The program of tests/emulated/soak: 16 threads open, list, scan, watch, read and close, one of
 * them injects errors and repairs them, and at the end the process must hold no more resources than
 * after a warm-up.
 *
 * <p>All threads end before the resources are counted, after the warm-up and at the end. By then
 * everything must be closed, without help from the garbage collector.
 */
final class Soak {
  private static final int THREADS = 16;
  private static final int FILES = 8;
  private static final int PAGES = 16;

  /** How often each operation runs in the warm-up. */
  private static final int WARM = 20;

  private static final LongAdder NEVER = new LongAdder();

  private final Namespace disk;
  private final Path mount;
  private final List<TestFile> files = new ArrayList<>();

  /** The locations of the files' first pages: a repair in place does not move them. */
  private final List<Sectors> places = new ArrayList<>();

  private final Map<String, LongAdder> done = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  @FunctionalInterface
  private interface Body {
    void run(Random random) throws Exception;
  }

  private record Action(String name, Body body) {}

  private final Action damage = new Action("errors injected and repaired", this::damage);

  private final List<Action> actions =
      List.of(
          new Action("files scanned", this::scan),
          new Action("trees scanned", random -> scanTree()),
          new Action("lists drained", this::list),
          new Action("sources asked", this::source),
          new Action("files read around damage", this::salvage),
          new Action("repairs planned", this::plan),
          new Action("watches opened and closed", random -> watch()),
          new Action("calls refused", random -> refused()));

  private Soak(Namespace disk, Path mount) throws IOException {
    this.disk = disk;
    this.mount = mount;
    for (int i = 0; i < FILES; i++) {
      TestFile file = TestFile.create(mount.resolve("file" + i), PAGES);
      files.add(file);
      if (FileExtent.of(file.path()).size() != 1) {
        throw new AssertionError(file + " does not lie in one piece");
      }
      places.add(FileExtent.page(file.path(), 0));
    }
  }

  /** SECONDS, a third of which are the warm-up, unless that takes longer on a slow machine. */
  public static void main(String[] args) throws Exception {
    long seconds = Long.parseLong(args[0]);
    Machine machine = new Machine();
    machine.reset();
    Namespace disk = machine.disks().get(0);
    Soak soak = new Soak(disk, machine.ext4(disk.device()));
    BadBlockScanner.trustingLists().scanFile(soak.files.get(0).path()); // loads the native
    Figures start = Figures.take();
    System.out.println("at the start:      " + start);
    Figures warm = soak.run("after the warm-up: ", Duration.ofSeconds(seconds / 3), WARM, start);
    Figures end =
        soak.run("at the end:        ", Duration.ofSeconds(seconds - seconds / 3), 0, warm);
    new TreeMap<>(soak.done).forEach((what, count) -> System.out.println(count + " " + what));
    List<String> grown = end.grownSince(warm);
    grown.addAll(warm.grownSince(warm)); // handles, which must be zero each time
    grown.forEach(System.out::println);
    soak.onceEach();
    soak.failures.forEach(Throwable::printStackTrace);
    if (!grown.isEmpty() || !soak.failures.isEmpty()) {
      System.exit(1);
    }
  }

  /** Each operation alone, too fast for the garbage collector to close forgotten objects. */
  private void onceEach() throws Exception {
    System.gc();
    for (Action action : actions) {
      Sysfs.await("nothing open", () -> LiveHandles.count() == 0);
      action.body.run(new Random(0));
      // A watch's thread may end a moment after its close.
      Sysfs.await(action.name + " to have closed everything", () -> LiveHandles.count() == 0);
    }
  }

  private Figures run(String when, Duration time, int times, Figures before)
      throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    List<Thread> threads = new ArrayList<>();
    threads.add(new Thread(() -> repeat(end, times, 0, List.of(damage))));
    for (int i = 1; i < THREADS; i++) {
      int seed = i;
      threads.add(new Thread(() -> repeat(end, times, seed, actions)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    // A watch's thread may end a moment after its close.
    long patience = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (Figures.ofOpenThings().threads() > before.threads() && System.nanoTime() < patience) {
      Thread.sleep(20);
    }
    Figures figures = Figures.take();
    System.out.println(when + figures);
    return figures;
  }

  private void repeat(long end, int times, int seed, List<Action> actions) {
    Random random = new Random(seed);
    while (failures.isEmpty() && (System.nanoTime() - end < 0 || !allDone(times))) {
      Action action = actions.get(random.nextInt(actions.size()));
      try {
        action.body.run(random);
        count(action.name);
      } catch (Throwable e) {
        failures.add(new AssertionError(action.name, e));
      }
    }
  }

  private boolean allDone(int times) {
    return Stream.concat(actions.stream(), Stream.of(damage))
        .allMatch(action -> done.getOrDefault(action.name, NEVER).sum() >= times);
  }

  private void count(String what) {
    done.computeIfAbsent(what, w -> new LongAdder()).increment();
  }

  private Path any(Random random) {
    return files.get(random.nextInt(FILES)).path();
  }

  // The operations

  private void damage(Random random) throws IOException {
    int number = random.nextInt(FILES);
    TestFile file = files.get(number);
    int page = random.nextInt(PAGES);
    long first = places.get(number).first() + (long) page * Sectors.PER_PAGE;
    int sector = random.nextInt(Sectors.PER_PAGE);
    disk.inject(new Sectors(first + sector, 1 + random.nextInt(Sectors.PER_PAGE - sector)));
    RepairResult result =
        BadBlockRepair.of(file.path())
            .run(
                (range, target) ->
                    target.put(file.content(), (int) range.offset(), (int) range.length()));
    require(result.finished() && result.ranges().size() == 1, result);
    require(Arrays.equals(file.page(page), file.read(page)), "page " + page + " of " + file.path());
    require(disk.badBlocks().isEmpty(), disk.badBlocks());
  }

  private void scan(Random random) throws IOException {
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(any(random));
    require(report.verdict() != Verdict.NOT_PMEM, report);
    count("verdicts " + report.verdict());
  }

  private void scanTree() throws IOException {
    try (Stream<BadBlockReport> reports = BadBlockScanner.trustingLists().scanFiles(mount)) {
      long found = reports.filter(report -> report.verdict() != Verdict.NOT_PMEM).count();
      require(found >= FILES, found);
    }
  }

  private void list(Random random) throws IOException {
    try (Pmem2BadBlocks blocks = Pmem2BadBlocks.openReadOnly(any(random))) {
      require(blocks.deviceMatched(), blocks);
      count(blocks.remaining().isEmpty() ? "lists empty" : "lists with errors");
    }
  }

  private void source(Random random) throws IOException {
    try (Pmem2Source source = Pmem2Source.open(any(random))) {
      require(source.size() == PAGES * Sectors.PAGE, source);
      require(source.alignment() > 0, source);
    }
  }

  private void salvage(Random random) throws IOException {
    TestFile file = files.get(random.nextInt(FILES));
    ByteBuffer all = ByteBuffer.allocate(PAGES * Sectors.PAGE);
    try (SalvageReader reader = SalvageReader.open(file.path())) {
      require(reader.read(0, all).length() == all.capacity(), file.path());
    }
  }

  private void plan(Random random) throws IOException {
    BadBlockRepair.of(any(random)).plan();
  }

  private void watch() throws Exception {
    BadBlockWatch watch =
        BadBlockWatch.open(
            mount,
            new BadBlockListener() {
              @Override
              public void badBlocksFound(BadBlockChange change) {
                count("changes reported");
              }

              @Override
              public void badBlocksCleared(BadBlockChange change) {
                count("changes reported");
              }
            });
    try (watch) {
      // Nothing fills this disk's list but the soak itself.
      require(
          watch.unwatched().stream().allMatch(gap -> gap.reason().contains("nothing looks")),
          watch.unwatched());
      watch.check();
      Thread.sleep(200);
    }
  }

  /** Failures must not leak resources, either. */
  private void refused() throws IOException {
    try {
      BadBlockScanner.trustingLists().scanFile(mount);
      throw new AssertionError("a directory was scanned as a file");
    } catch (FileSystemException e) {
      require(e.getReason().startsWith("scan: "), e);
    }
    try (Pmem2BadBlocks blocks = Pmem2BadBlocks.openReadOnly(mount)) {
      throw new AssertionError("a directory has a list: " + blocks);
    } catch (Pmem2Exception e) {
      require(e.code() < 0, e);
    }
    try {
      SalvageReader.open(mount.resolve("nothing")).close();
      throw new AssertionError("what is not there was opened");
    } catch (NoSuchFileException e) {
      require(Files.notExists(mount.resolve("nothing")), e);
    }
  }

  private static void require(boolean holds, Object otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
