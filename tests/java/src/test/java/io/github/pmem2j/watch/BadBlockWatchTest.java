package io.github.pmem2j.watch;

import static io.github.pmem2j.testkit.FakeDisk.sectors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.testkit.FakeDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

/** What a watch reports as found and as cleared. */
class BadBlockWatchTest extends WatchTestCase {
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
  void aRangeThatVanishesIsReportedClearedWithItsFile() throws Exception {
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
  void anErrorInNoWatchedFileIsReported() throws Exception {
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
  void whatIsListedWhenTheWatchOpensIsNotReported() throws Exception {
    disk.list("8 8\n");
    try (BadBlockWatch watch = open(listener, data)) {
      WatchThread.assertNoMore(watch, listener);
      assertEquals(1, watch.status().badRanges());
      assertEquals(0, watch.status().found());
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
    assertEquals(List.of("BAD", "CLEAN"), verdicts.stream().distinct().toList());
  }
}
