package io.github.pmem2j.watch;

import static io.github.pmem2j.testkit.FakeDisk.sectors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.jni.NoLiveHandles;
import io.github.pmem2j.testkit.FakeDisk;
import io.github.pmem2j.testkit.RecordingListener;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** All but the kernel's word: the watch is woken by hand, and reads a made-up list. */
@ExtendWith(NoLiveHandles.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BadBlockWatchTest {
  private static final int PAGE = 4096;
  private static final int SECTOR = BadRange.SECTOR_SIZE;

  private final RecordingListener listener = new RecordingListener();
  private Path data;
  private FakeDisk disk;

  @BeforeEach
  void makeDisk(@TempDir Path directory) throws IOException {
    disk = FakeDisk.create(directory);
    data = Files.createDirectory(directory.resolve("data"));
  }

  private BadBlockWatch open(BadBlockListener listener, Path... paths) throws IOException {
    return BadBlockWatch.open(List.of(paths), listener, Watcher.DAEMON, disk.host());
  }

  private Path file(String name) throws IOException {
    Path file = Files.write(data.resolve(name), new byte[4 * PAGE]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    return file;
  }

  private static Map<Path, List<BadRange>> hit(
      Path file, long offset, long length, long page, long sector) {
    return Map.of(
        file,
        List.of(
            BadRange.of(
                    new ByteRange(offset, length), new ByteRange(page, PAGE), BadRange.Kind.DATA)
                .withOrigin(FakeDisk.NAME, sector)));
  }

  /** What a thread was doing when its watch was closed, it finishes. */
  @AfterEach
  void noThreadIsLeft() throws InterruptedException {
    WatchThread.assertNone();
  }

  @Test
  void whatIsNewIsFoundWithItsFileAndTime() throws Exception {
    Path file = file("a");
    file("b");
    long first = disk.firstSector(file);
    Instant before = Instant.now();
    try (BadBlockWatch watch = open(listener, data)) {
      assertEquals(List.of(), watch.unwatched());
      assertEquals(List.of(disk.list()), watch.status().lists());
      disk.list((first + 9) + " 2\n");
      watch.check();
      BadBlockChange change = listener.nextFound();
      assertEquals(FakeDisk.NAME, change.device());
      assertEquals(sectors(first + 9, 2), change.ranges());
      assertEquals(hit(file, PAGE + SECTOR, 2 * SECTOR, PAGE, first + 9), change.files());
      assertTrue(change.complete());
      assertFalse(change.time().isBefore(before));
      assertFalse(change.time().isAfter(Instant.now()));
      WatchThread.assertNoMore(watch, listener);
    }
  }

  @Test
  void ofARangeThatGrowsOnlyTheGrowthIsFound() throws Exception {
    Path file = file("a");
    long first = disk.firstSector(file);
    disk.list(first + " 1\n");
    try (BadBlockWatch watch = open(listener, file)) {
      disk.list(first + " 3\n");
      watch.check();
      BadBlockChange change = listener.nextFound();
      assertEquals(sectors(first + 1, 2), change.ranges());
      assertEquals(hit(file, SECTOR, 2 * SECTOR, 0, first + 1), change.files());
      WatchThread.assertNoMore(watch, listener);
    }
  }

  @Test
  void whatVanishesIsClearedWithTheFileThatItUsedToHit() throws Exception {
    Path file = file("a");
    long first = disk.firstSector(file);
    disk.list(first + " 8\n");
    try (BadBlockWatch watch = open(listener, file)) {
      assertEquals(1, watch.status().badRanges());
      assertEquals(Map.of(file, Verdict.BAD), watch.status().verdicts());
      disk.list((first + 2) + " 6\n");
      watch.check();
      BadBlockChange change = listener.nextCleared();
      assertEquals(sectors(first, 2), change.ranges());
      assertEquals(hit(file, 0, 2 * SECTOR, 0, first), change.files());
      disk.list("");
      watch.check();
      assertEquals(sectors(first + 2, 6), listener.nextCleared().ranges());
      WatchThread.assertNoMore(watch, listener);
      assertEquals(Map.of(file, Verdict.CLEAN), watch.status().verdicts());
      assertEquals(2, watch.status().cleared());
    }
  }

  /** As it does in a repair. */
  @Test
  void aFileThatHasLeftItsBadBlocksIsCleanAfterACheck() throws Exception {
    Path file = file("a");
    Path good = file("b");
    Path bad = Files.createLink(data.resolve("c"), file);
    disk.list(disk.firstSector(file) + " 1\n");
    try (BadBlockWatch watch = open(listener, file)) {
      Files.move(good, file, StandardCopyOption.ATOMIC_MOVE);
      watch.check();
      WatchThread.assertNoMore(watch, listener);
      assertEquals(Map.of(file, Verdict.CLEAN), watch.status().verdicts());
      Files.move(bad, file, StandardCopyOption.ATOMIC_MOVE);
      watch.check();
      WatchThread.assertNoMore(watch, listener);
      assertEquals(Map.of(file, Verdict.BAD), watch.status().verdicts());
    }
  }

  /** As where a file system is mounted there. */
  @Test
  void whatIsListedForAPathThatComesToADiskIsFound() throws Exception {
    Path first = file("a");
    Path second = file("b");
    long sector = disk.firstSector(second);
    disk.list(sector + " 1\n");
    Path elsewhere = Files.createTempFile(Path.of("/dev/shm"), "pmem2j", "");
    Path link = Files.createSymbolicLink(data.resolve("link"), elsewhere);
    try (BadBlockWatch watch = open(listener, first, link)) {
      Path next = Files.createSymbolicLink(data.resolve("next"), second);
      Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
      watch.check();
      BadBlockChange change = listener.nextFound();
      assertEquals(sectors(sector, 1), change.ranges());
      assertEquals(hit(link, 0, SECTOR, 0, sector), change.files());
      WatchThread.assertNoMore(watch, listener);
    } finally {
      Files.delete(elsewhere);
    }
  }

  @Test
  void anErrorInNoWatchedFileIsFoundAllTheSame() throws Exception {
    Path watched = file("a");
    long elsewhere = disk.firstSector(file("b"));
    try (BadBlockWatch watch = open(listener, watched)) {
      disk.list(elsewhere + " 1\n");
      watch.check();
      BadBlockChange change = listener.nextFound();
      assertEquals(sectors(elsewhere, 1), change.ranges());
      assertEquals(Map.of(), change.files());
      assertTrue(change.complete());
    }
  }

  @Test
  void twoPathsOnOneDiskAreOneChange() throws Exception {
    Path a = file("a");
    Path b = file("b");
    long atA = disk.firstSector(a);
    long atB = disk.firstSector(b);
    try (BadBlockWatch watch = open(listener, a, b, data)) {
      disk.list(Math.min(atA, atB) + " 1\n" + Math.max(atA, atB) + " 1\n");
      watch.check();
      BadBlockChange change = listener.nextFound();
      assertEquals(2, change.ranges().count());
      assertEquals(Set.of(a, b), change.files().keySet());
      WatchThread.assertNoMore(watch, listener);
    }
  }

  @Test
  void whatIsListedAtTheOpeningIsNotTold() throws Exception {
    disk.list("8 8\n");
    try (BadBlockWatch watch = open(listener, data)) {
      WatchThread.assertNoMore(watch, listener);
      assertEquals(1, watch.status().badRanges());
      assertEquals(0, watch.status().found());
    }
  }

  @Test
  void aListThatCannotBeReadIsNoListOfClearedRanges() throws Exception {
    disk.list("8 8\n");
    try (BadBlockWatch watch = open(listener, data)) {
      disk.list("8 8\ngarbage\n");
      watch.check();
      WatchGap unwatched = listener.nextUnwatched();
      assertEquals(data, unwatched.path());
      assertTrue(unwatched.reason().contains("badblocks is not what the kernel writes"));
      assertEquals(List.of(unwatched), watch.unwatched());
      WatchThread.assertNoMore(watch, listener);
      disk.list("");
      watch.check();
      assertEquals(sectors(8, 8), listener.nextCleared().ranges());
      assertEquals(List.of(), watch.unwatched());
    }
  }

  @Test
  void ofAListAtTheKernelsBoundTheMissingEndIsNotCleared() throws Exception {
    StringBuilder full = new StringBuilder();
    for (int i = 0; i < 512; i++) {
      full.append(10 + 2 * i).append(" 1\n");
    }
    disk.list(full.toString());
    try (BadBlockWatch watch = open(listener, data)) {
      assertTrue(watch.unwatched().get(0).reason().contains("there may be more"));
      disk.list("0 1\n" + full.substring(0, full.lastIndexOf("1032 ")));
      watch.check();
      BadBlockChange change = listener.nextFound();
      assertEquals(sectors(0, 1), change.ranges());
      assertFalse(change.complete());
      WatchThread.assertNoMore(watch, listener);
    }
  }

  @Test
  void aDeviceThatGoesIsToldAndOneThatComesIsWatchedAgain() throws Exception {
    Path file = file("a");
    long first = disk.firstSector(file);
    Path aside = disk.link().resolveSibling("aside");
    try (BadBlockWatch watch = open(listener, file)) {
      Files.move(disk.link(), aside);
      watch.check();
      assertEquals(file, listener.nextUnwatched().path());
      assertEquals(List.of(), watch.status().lists());
      assertEquals(Map.of(file, Verdict.UNKNOWN), watch.status().verdicts());
      disk.list(first + " 1\n");
      Files.move(aside, disk.link());
      watch.check();
      assertEquals(sectors(first, 1), listener.nextFound().ranges());
      assertEquals(List.of(), watch.unwatched());
      WatchThread.assertNoMore(watch, listener);
    }
  }

  @Test
  void whatIsNoPersistentMemoryIsToldAtTheOpening() throws Exception {
    Path proc = Path.of("/proc/version");
    Path file = file("a");
    try (BadBlockWatch watch = open(listener, proc, file)) {
      assertEquals(List.of(proc), watch.unwatched().stream().map(WatchGap::path).toList());
      assertTrue(watch.unwatched().get(0).reason().contains("no persistent memory"));
      assertEquals(Verdict.NOT_PMEM, watch.status().verdicts().get(proc));
      assertEquals(List.of(disk.list()), watch.status().lists());
    }
  }

  @Test
  void thisMachineItselfIsWatchedOrSaysWhyNot() throws Exception {
    try (BadBlockWatch watch = BadBlockWatch.open(data, listener)) {
      assertEquals(List.of(data), watch.paths());
      assertTrue(watch.status().lists().size() + watch.unwatched().size() > 0);
      WatchThread.assertNoMore(watch, listener);
    }
  }

  @Test
  void aPathThatIsNotThereIsRefused() throws Exception {
    Path missing = data.resolve("missing");
    assertThrows(NoSuchFileException.class, () -> open(listener, file("a"), missing));
    WatchThread.assertNone();
  }

  @Test
  void aListenerThatThrowsIsToldTheNextChange() throws Exception {
    RecordingListener failing =
        new RecordingListener() {
          @Override
          public void badBlocksFound(BadBlockChange change) {
            super.badBlocksFound(change);
            if (found().size() == 1) {
              throw new AssertionError("of the test's");
            }
          }
        };
    try (BadBlockWatch watch = open(failing, data)) {
      disk.list("8 1\n");
      watch.check();
      for (int i = 0; i < 500 && watch.status().listenerFailures() == 0; i++) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      assertEquals(1, watch.status().listenerFailures());
      disk.list("8 1\n16 1\n");
      watch.check();
      assertEquals(sectors(8, 1), failing.nextFound().ranges());
      assertEquals(sectors(16, 1), failing.nextFound().ranges());
      assertTrue(watch.status().running());
    }
  }

  @Test
  void closeReturnsAtOnceAndEndsTheThread() throws Exception {
    List<Long> taken = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      BadBlockWatch watch = open(listener, data);
      assertTrue(WatchThread.find().isDaemon());
      TimeUnit.MILLISECONDS.sleep(20); // Until the thread is in poll.
      long begin = System.nanoTime();
      watch.close();
      taken.add(System.nanoTime() - begin);
      assertFalse(watch.status().running());
      watch.close();
      watch.check();
      WatchThread.assertNone();
    }
    taken.sort(null);
    assertTrue(taken.get(10) < Duration.ofMillis(50).toNanos(), taken::toString);
  }

  /** A listener that waits for {@link #release}, whatever interrupts it. */
  private static final class BlockingListener implements BadBlockListener {
    final CountDownLatch called = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    volatile boolean returns;

    @Override
    public void badBlocksFound(BadBlockChange change) {
      called.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      returns = true;
    }
  }

  private static void awaitWaitOrEnd(Thread thread) {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
  }

  @Test
  void closeWaitsForTheListener() throws Exception {
    BlockingListener blocking = new BlockingListener();
    BadBlockWatch watch = open(blocking, data);
    disk.list("8 1\n");
    watch.check();
    assertTrue(blocking.called.await(10, TimeUnit.SECONDS));
    AtomicBoolean returned = new AtomicBoolean();
    Thread closer =
        new Thread(
            () -> {
              watch.close();
              returned.set(blocking.returns);
            });
    closer.start();
    awaitWaitOrEnd(closer);
    assertFalse(watch.status().running());
    blocking.release.countDown();
    closer.join();
    assertTrue(returned.get(), "the close returned before the listener");
    assertNull(WatchThread.find());
  }

  @Test
  void anInterruptEndsTheWaitOfAClose() throws Exception {
    BlockingListener blocking = new BlockingListener();
    BadBlockWatch watch = open(blocking, data);
    disk.list("8 1\n");
    watch.check();
    assertTrue(blocking.called.await(10, TimeUnit.SECONDS));
    Thread.currentThread().interrupt();
    watch.close();
    assertTrue(Thread.interrupted());
    assertFalse(blocking.returns);
    blocking.release.countDown();
    watch.close();
    assertTrue(blocking.returns);
  }

  @Test
  void theListenerMayClose() throws Exception {
    BadBlockWatch[] self = new BadBlockWatch[1];
    CountDownLatch done = new CountDownLatch(1);
    self[0] =
        open(
            change -> {
              self[0].close();
              done.countDown();
            },
            data);
    disk.list("8 1\n16 1\n");
    self[0].check();
    assertTrue(done.await(10, TimeUnit.SECONDS));
    WatchThread.assertNone();
  }

  @Test
  void theWatchRunsInTheThreadOfTheFactoryAndCloseJoinsIt() throws Exception {
    Thread[] made = new Thread[1];
    ThreadFactory factory = task -> made[0] = new Thread(task, "of the user");
    AtomicReference<Thread> caller = new AtomicReference<>();
    CountDownLatch called = new CountDownLatch(1);
    BadBlockListener recorder =
        change -> {
          caller.set(Thread.currentThread());
          called.countDown();
        };
    try (BadBlockWatch watch = BadBlockWatch.open(List.of(data), recorder, factory, disk.host())) {
      assertFalse(made[0].isDaemon());
      disk.list("8 1\n");
      watch.check();
      assertTrue(called.await(10, TimeUnit.SECONDS));
    }
    assertSame(made[0], caller.get());
    assertFalse(made[0].isAlive());
  }

  @Test
  void aFactoryThatMakesNoThreadIsRefused() {
    assertThrows(
        RejectedExecutionException.class,
        () -> BadBlockWatch.open(List.of(data), listener, task -> null, disk.host()));
  }

  @Test
  void aListenerThatInterruptsItsThreadIsToldTheNextChange() throws Exception {
    Path file = file("a");
    long first = disk.firstSector(file);
    RecordingListener interrupting =
        new RecordingListener() {
          @Override
          public void badBlocksFound(BadBlockChange change) {
            Thread.currentThread().interrupt();
            super.badBlocksFound(change);
          }
        };
    try (BadBlockWatch watch = open(interrupting, data)) {
      disk.list(first + " 1\n");
      watch.check();
      interrupting.nextFound();
      disk.list(first + " 2\n");
      watch.check();
      BadBlockChange change = interrupting.nextFound();
      assertEquals(hit(file, SECTOR, SECTOR, 0, first + 1), change.files());
      assertTrue(change.complete());
    }
  }

  @Test
  void aChangeIsRecordedForEachFileAndForWhatHitsNone() throws Exception {
    Path file = file("a");
    long first = disk.firstSector(file);
    Path recorded = data.resolve("recording.jfr");
    try (Recording recording = new Recording();
        BadBlockWatch watch = open(listener, file)) {
      recording.enable("pmem2j.BadBlockFound");
      recording.enable("pmem2j.BadBlockCleared");
      recording.enable("pmem2j.ScanFinished");
      recording.start();
      // The sector before the file is not its own.
      disk.list((first - 1) + " 2\n");
      watch.check();
      listener.nextFound();
      disk.list("");
      watch.check();
      listener.nextCleared();
      recording.stop();
      recording.dump(recorded);
    }
    List<String> events = new ArrayList<>();
    List<String> verdicts = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(recorded)) {
      if (event.getEventType().getName().equals("pmem2j.ScanFinished")) {
        assertEquals(file.toString(), event.getString("path"));
        verdicts.add(event.getString("verdict"));
        continue;
      }
      events.add(
          event.getEventType().getName().substring("pmem2j.".length())
              + " "
              + (event.getLong("deviceOffset") / SECTOR - first)
              + " "
              + event.getLong("length")
              + " "
              + event.getString("path"));
    }
    assertEquals(
        List.of(
            "BadBlockFound 0 512 " + file,
            "BadBlockFound -1 512 null",
            "BadBlockCleared 0 512 " + file,
            "BadBlockCleared -1 512 null"),
        events);
    assertEquals(List.of("BAD", "CLEAN"), verdicts);
  }
}
