package io.github.pmem2j.libpmem2;

import static io.github.pmem2j.ScriptedNdctl.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.Deadline;
import io.github.pmem2j.internal.jni.NoLiveHandles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What no one closes, the Cleaner closes, children before parents. */
@Tag("jdk") // It depends on the compiler and the collector.
class AbandonedTest extends BadBlockTestCase {
  private static final Path LOG = Path.of(System.getProperty("org.slf4j.simpleLogger.logFile"));

  private static void untilLive(String live) {
    Deadline.untilCollected(() -> NoLiveHandles.live().equals(live), NoLiveHandles::live);
  }

  @Test
  void aContextOfItsOwn() throws IOException {
    Pmem2BadBlocks.open(file);
    assertEquals("[1, 1, 1]", NoLiveHandles.live());
    untilLive("[0, 0, 0]");
    assertTrue(ndctl.log().endsWith("ndctl_unref contexts 0 commands 0\n"), ndctl.log());
  }

  @Test
  void aSourceWithContexts() throws IOException {
    Pmem2Source source = Pmem2Source.open(file);
    List<Pmem2BadBlocks> contexts =
        List.of(Pmem2BadBlocks.open(source), Pmem2BadBlocks.open(source));
    assertEquals("[1, 1, 2]", NoLiveHandles.live());
    contexts = null;
    source = null;
    untilLive("[0, 0, 0]");
  }

  @Test
  void aContextWhoseSourceIsHeld() throws IOException {
    try (Pmem2Source source = Pmem2Source.open(file)) {
      Pmem2BadBlocks.open(source);
      untilLive("[1, 1, 0]");
      assertEquals(4 * PAGE, source.size());
    }
  }

  @Test
  void aSourceWhoseContextIsHeld() throws IOException {
    holdAContext();
    untilLive("[0, 0, 0]"); // the source was not the context's to close
  }

  /** Apart, so that no variable holds it afterwards. */
  private void holdAContext() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(Pmem2Source.open(file))) {
      for (int i = 0; i < 3; i++) {
        Pmem2Source.anonymous(PAGE);
        untilLive("[1, 1, 1]");
      }
      assertEquals(Optional.of(BAD), badBlocks.next());
      badBlocks.clear(BAD);
    }
  }

  @Test
  void aSourceAfterItsContextWasClosed() throws IOException {
    Pmem2Source source = Pmem2Source.open(file);
    Pmem2BadBlocks.open(source).close();
    source = null;
    untilLive("[0, 0, 0]");
  }

  @Test
  void manyAtOnce() throws IOException {
    for (int i = 0; i < 200; i++) {
      Pmem2Source source = Pmem2Source.open(file);
      for (int j = 0; j < i % 3; j++) {
        Pmem2BadBlocks.open(source).next();
      }
      if (i % 5 == 0) {
        source.close();
      }
    }
    untilLive("[0, 0, 0]");
  }

  @Test
  void theLogNamesWhatWasAbandoned() throws IOException {
    Path name = ndctl.file("abandoned-" + System.nanoTime(), 1);
    Pmem2BadBlocks.open(name);
    untilLive("[0, 0, 0]");
    Deadline.until(
        () -> read(LOG).contains("Pmem2BadBlocks of " + name + " was never closed"),
        () -> {},
        () -> read(LOG));
  }

  @Test
  void theLogDoesNotNameWhatWasClosed() throws IOException {
    Path closed = ndctl.file("closed-" + System.nanoTime(), 1);
    Pmem2BadBlocks.open(closed).close();
    theLogNamesWhatWasAbandoned();
    assertFalse(read(LOG).contains(closed.toString()), read(LOG));
  }

  private static String read(Path path) {
    try {
      return Files.exists(path) ? Files.readString(path) : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
