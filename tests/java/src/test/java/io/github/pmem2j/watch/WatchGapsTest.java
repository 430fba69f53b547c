package io.github.pmem2j.watch;

import static io.github.pmem2j.testkit.FakeDisk.sectors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.Verdict;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a watch cannot watch, or no longer. */
class WatchGapsTest extends WatchTestCase {
  @Test
  void anUnreadableListIsNotAListOfClearedRanges() throws Exception {
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
  void aListThatNobodyFillsIsWatchedAndNamed() throws Exception {
    Path file = file("a");
    Files.delete(disk.scrub());
    Files.delete(disk.scrub().getParent());
    try (BadBlockWatch watch = open(listener, file)) {
      assertEquals(List.of(file), watch.unwatched().stream().map(WatchGap::path).toList());
      String reason = watch.unwatched().get(0).reason();
      assertTrue(reason.startsWith("nothing looks for errors of pmem0"), reason);
      assertEquals(List.of(disk.list()), watch.status().lists());
      assertEquals(Map.of(file, Verdict.UNKNOWN), watch.status().verdicts());
    }
  }

  @Test
  void aRemovedDeviceIsReportedAndItsReturnIsWatched() throws Exception {
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
  void otherStorageIsReportedWhenTheWatchOpens() throws Exception {
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
}
