package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.watch.BadBlockWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Errors that the kernel itself finds are reported exactly, at its notification. */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class WatchNfitTest {
  private final SectorListener listener = new SectorListener();

  @Test
  void aScrubReportsTheNewRangesAndTheirFiles(Machine machine) throws Exception {
    Namespace fsdax = NfitTest.fsdax();
    Path directory = machine.ext4(fsdax.device());
    TestFile first = TestFile.create(directory.resolve("first"), 16);
    TestFile second = TestFile.create(directory.resolve("second"), 16);
    TestFile third = TestFile.create(directory.resolve("third"), 16);
    Sectors old = FileExtent.page(third.path(), 0);
    NfitTest.inject(fsdax, old);
    Instant before = Instant.now();
    try (BadBlockWatch watch = BadBlockWatch.open(directory, listener)) {
      assertEquals(List.of(), watch.unwatched());
      assertEquals(List.of(fsdax.sysfs().resolve("badblocks")), watch.status().lists());
      Sectors inFirst = FileExtent.page(first.path(), 3);
      long inSecond = FileExtent.page(second.path(), 9).first() + 5;
      NfitTest.inject(fsdax, inFirst, new Sectors(inSecond, 1));

      List<Sectors> expected =
          inFirst.first() < inSecond
              ? List.of(inFirst, new Sectors(inSecond, 1))
              : List.of(new Sectors(inSecond, 1), inFirst);
      Sysfs.await("the new ranges", () -> listener.foundSectors().equals(expected));
      assertEquals(
          Map.of(
              first.path(), List.of(new Sectors(3 * 8, 8)),
              second.path(), List.of(new Sectors(9 * 8 + 5, 1))),
          listener.foundInFiles());
      assertTrue(listener.found().stream().allMatch(change -> change.complete()));
      assertTrue(listener.found().stream().allMatch(change -> change.time().isAfter(before)));
      assertEquals(List.of(), listener.clearedSectors());
      assertEquals(Verdict.BAD, watch.status().verdicts().get(directory));

      NfitTest.scrub(); // Notifies without a change.
      TimeUnit.MILLISECONDS.sleep(500);
      assertEquals(expected, listener.foundSectors());
    }
  }

  /** The kernel notifies of what the repair clears, but not that its journal has gone. */
  @Test
  void theStatusIsThatAfterARepairByAnotherProcess(Machine machine) throws Exception {
    Namespace fsdax = NfitTest.fsdax();
    Path directory = machine.ext4(fsdax.device());
    TestFile file = TestFile.create(directory.resolve("file"), 16);
    Path replica = Files.copy(file.path(), Files.createTempDirectory("replica").resolve("file"));
    NfitTest.inject(fsdax, FileExtent.page(file.path(), 3));
    try (BadBlockWatch watch = BadBlockWatch.open(directory, listener)) {
      assertEquals(Verdict.BAD, watch.status().verdicts().get(directory));
      Command.Result repair =
          CommandLine.runAsProcess("repair", "--yes", "--from", replica, file.path());
      assertEquals(0, repair.exitCode(), repair::toString);
      Sysfs.await(
          "the end of the repair", () -> watch.status().verdicts().get(directory) == Verdict.CLEAN);
    }
  }

  @Test
  void aDaxDeviceIsWatchedThroughItsRegion() throws Exception {
    Namespace devdax = NfitTest.devdax();
    try (BadBlockWatch watch = BadBlockWatch.open(devdax.device(), listener)) {
      assertEquals(List.of(), watch.unwatched());
      NfitTest.inject(devdax, new Sectors(1000, 4));
      Sysfs.await(
          "the new range", () -> listener.foundSectors().equals(List.of(new Sectors(1000, 4))));
      assertEquals(Map.of(devdax.device(), listener.foundSectors()), listener.foundInFiles());
      assertEquals(devdax.device().getFileName().toString(), listener.found().get(0).device());
    }
  }

  /** A disk that is not mounted: no mount announces it, and its list does not notify any more. */
  @Test
  void aDiskThatIsRemovedIsNamedAndItsSuccessorIsWatched() throws Exception {
    Namespace fsdax = NfitTest.fsdax();
    try (BadBlockWatch watch = BadBlockWatch.open(fsdax.device(), listener)) {
      assertEquals(List.of(), watch.unwatched());
      Command.run("ndctl", "disable-namespace", fsdax.name());
      Sysfs.await("the gap", () -> !watch.unwatched().isEmpty());
      assertEquals(List.of(), watch.status().lists());
      Command.run("ndctl", "enable-namespace", fsdax.name());
      Sysfs.await("the new disk", () -> watch.unwatched().isEmpty());
      NfitTest.inject(fsdax, new Sectors(1000, 4));
      Sysfs.await(
          "the new range", () -> listener.foundSectors().equals(List.of(new Sectors(1000, 4))));
    }
  }

  /**
   * Opens a watch at a random moment of each injection, sometimes between notification and poll.
   */
  @Test
  void noErrorIsMissedWhereverTheOpeningFallsInAnInjection() throws Exception {
    Namespace fsdax = NfitTest.fsdax();
    int rounds = System.getenv("PMEM2J_NIGHTLY") == null ? 5 : 50;
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int reported = 0;
    long injectionTakes = 2000;
    for (int i = 0; i < rounds; i++) {
      Sectors bad = new Sectors(80 + 16L * i, 1);
      SectorListener changes = new SectorListener();
      long begin = System.nanoTime();
      CompletableFuture<Void> injection =
          CompletableFuture.runAsync(() -> NfitTest.inject(fsdax, bad));
      TimeUnit.MILLISECONDS.sleep(random.nextLong(injectionTakes));
      try (BadBlockWatch watch = BadBlockWatch.open(fsdax.device(), changes)) {
        long expected = i + 1;
        Sysfs.await("error " + i, () -> watch.status().badRanges() == expected);
        injection.get(1, TimeUnit.MINUTES);
        assertEquals(
            watch.status().found() == 0 ? List.of() : List.of(bad), reported(watch, changes));
        reported += changes.foundSectors().size();
      }
      injectionTakes = (System.nanoTime() - begin) / 1_000_000;
    }
    System.out.printf(
        "of %d errors %d were reported, and %d listed when the watch was opened (seed %d)%n",
        rounds, reported, rounds - reported, seed);
  }

  /** The status is updated before the listener is called. */
  private static List<Sectors> reported(BadBlockWatch watch, SectorListener changes) {
    Sysfs.await("the calls", () -> changes.found().size() >= watch.status().found());
    return changes.foundSectors();
  }

  /** Also after a wake: a notification that was not consumed would wake it repeatedly. */
  @Test
  void whileNothingHappensTheWatchMakesNoSystemCall(Machine machine) throws Exception {
    Namespace fsdax = NfitTest.fsdax();
    Path directory = machine.ext4(fsdax.device());
    try (BadBlockWatch watch = BadBlockWatch.open(directory, listener)) {
      NfitTest.inject(fsdax, new Sectors(1024, 1));
      Sysfs.await("the error", () -> watch.status().found() == 1);
      String thread = WatchThread.task().getFileName().toString();
      for (int i = 0; i < 10 && !systemCalls(thread, 2, () -> {}).isEmpty(); i++) {
        // The scrub may notify late, and the watch scan again.
      }
      assertEquals(List.of(), systemCalls(thread, 10, () -> {}));
      // The same counter shows a wake.
      List<String> woken = systemCalls(thread, 5, watch::check);
      assertTrue(woken.stream().anyMatch(call -> call.startsWith("pread")), woken::toString);
    }
  }

  /** The files that are hit are known, and a mount elsewhere moves none of them. */
  @Test
  void amongManyFilesAnUnrelatedMountScansNone(Machine machine) throws Exception {
    Namespace fsdax = NfitTest.fsdax();
    Path directory = machine.ext4(fsdax.device());
    Command.run(
        "sh", "-c", "cd %s && head -c 1000 /dev/zero | split -b 1 -a 4".formatted(directory));
    TestFile file = TestFile.create(directory.resolve("file"), 16);
    Path elsewhere = Files.createTempDirectory("elsewhere");
    NfitTest.inject(fsdax, FileExtent.page(file.path(), 3));
    try (BadBlockWatch watch = BadBlockWatch.open(List.of(directory, file.path()), listener)) {
      assertEquals(
          Map.of(directory, Verdict.BAD, file.path(), Verdict.BAD), watch.status().verdicts());
      String thread = WatchThread.task().getFileName().toString();
      List<String> calls =
          systemCalls(thread, 8, () -> Command.run("mount", "-t", "tmpfs", "elsewhere", elsewhere));
      assertTrue(calls.stream().anyMatch(call -> call.startsWith("pread")), calls::toString);
      assertFalse(calls.contains("ioctl"), calls::toString);
      // The same counter shows a scan when the watched directory is mounted over.
      Path below = Files.createDirectory(directory.resolve("below"));
      Instant before = watch.status().lastScan();
      calls =
          systemCalls(
              thread,
              0,
              () -> {
                Command.run("mount", "--bind", elsewhere, below);
                // While it scans, it may use the directory.
                Sysfs.await("the scan", () -> watch.status().lastScan().isAfter(before));
              });
      assertTrue(calls.contains("ioctl"), calls::toString);
      assertEquals(List.of(), listener.foundSectors());
      Command.run("umount", below);
    } finally {
      Command.run("umount", elsewhere);
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  /**
   * The system calls that a thread makes, and no other thread, meanwhile and some seconds after.
   */
  private static List<String> systemCalls(String thread, int seconds, Action meanwhile)
      throws Exception {
    Path output = Files.createTempFile("strace", "");
    Process strace =
        new ProcessBuilder("strace", "-c", "-p", thread).redirectError(output.toFile()).start();
    Sysfs.await(
        "strace to attach", () -> Sysfs.read(output).contains("Process " + thread + " attached"));
    meanwhile.run();
    TimeUnit.SECONDS.sleep(seconds);
    Command.run("kill", "-INT", strace.pid());
    assertTrue(strace.waitFor(1, TimeUnit.MINUTES));
    String calls = Sysfs.read(output);
    System.out.println(calls);
    return calls
        .lines()
        .filter(line -> line.matches(" *[\\d.]+ +[\\d.]+ +\\d+ +\\d+ .*"))
        .map(line -> line.replaceAll(".* ", ""))
        .filter(name -> !name.equals("total"))
        .toList();
  }
}
