package io.github.pmem2j.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.CancelledException;
import io.github.pmem2j.Progress;
import io.github.pmem2j.ProgressListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scans of a tree whose thread is interrupted. */
class CancelledTreeTest {
  private static final ProgressListener INTERRUPTING =
      progress -> Thread.currentThread().interrupt();

  @TempDir private Path root;
  private final Set<Path> files = new HashSet<>();

  @BeforeEach
  void make() throws IOException {
    for (String name : List.of("a", "b/c", "b/d", "b/e/f", "g/h/i/k")) {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      files.add(Files.writeString(file, name));
    }
    Files.createDirectories(root.resolve("empty/of/files"));
  }

  @AfterEach
  void noInterruptIsLeft() {
    assertFalse(Thread.interrupted());
  }

  @Test
  void theStreamEndsWithTheException() throws IOException {
    List<Path> scanned = new ArrayList<>();
    try (Stream<BadBlockReport> reports = BadBlockScanner.scanTree(root, INTERRUPTING)) {
      UncheckedIOException e =
          assertThrows(
              UncheckedIOException.class, () -> reports.forEach(r -> scanned.add(r.path())));
      assertTrue(Thread.interrupted());
      CancelledException cancelled = assertInstanceOf(CancelledException.class, e.getCause());
      assertEquals(
          new Progress(scanned.get(0), Progress.Unit.FILES, 1, OptionalLong.empty(), 0),
          cancelled.progress());
      assertEquals(
          scanned.get(0)
              + ": scan of "
              + root
              + " cancelled by an interrupt of its thread after 1 files: scan the tree again, or"
              + " continue with the same iterator",
          cancelled.getMessage());
    }
    assertEquals(1, scanned.size());
  }

  @Test
  void theIteratorGoesOn() throws IOException {
    List<Path> scanned = new ArrayList<>();
    int cancelled = 0;
    try (Stream<BadBlockReport> reports = BadBlockScanner.scanTree(root, INTERRUPTING)) {
      Iterator<BadBlockReport> each = reports.iterator();
      for (boolean more = true; more; ) {
        try {
          more = each.hasNext();
          if (more) {
            scanned.add(each.next().path());
          }
        } catch (UncheckedIOException e) {
          assertInstanceOf(CancelledException.class, e.getCause());
          assertTrue(Thread.interrupted());
          cancelled++;
        }
      }
    }
    assertEquals(files.size(), scanned.size());
    assertEquals(files, Set.copyOf(scanned));
    assertEquals(files.size(), cancelled);
  }

  @Test
  void theProgressCountsTheFiles() throws IOException {
    List<Progress> progress = new ArrayList<>();
    List<Path> scanned;
    try (Stream<BadBlockReport> reports = BadBlockScanner.scanTree(root, progress::add)) {
      scanned = reports.map(BadBlockReport::path).toList();
    }
    assertEquals(scanned, progress.stream().map(Progress::path).toList());
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), progress.stream().map(Progress::done).toList());
  }
}
