package io.github.pmem2j.internal.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {
  private static final String LOG_CLASSES = "-Xlog:class+load:stdout";

  private static void emitOneOfEach() {
    Path path = Path.of("/data/x");
    Events.badBlockFound("pmem0", 4096, 512, path, 8192);
    Events.badBlockCleared("pmem0", 4096, 512, null, 0);
    Events.rangeRestored(path, 8192, 4096);
    Events.scanFinished(path, Verdict.BAD, false, 3, 1_500_000);
  }

  private static List<RecordedEvent> record(Path directory, String... names) throws Exception {
    Path file = directory.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      for (String name : names) {
        recording.enable(name);
      }
      recording.start();
      emitOneOfEach();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    Files.delete(file);
    return events;
  }

  @Test
  void eachEventIsRecordedWithItsFields(@TempDir Path directory) throws Exception {
    List<RecordedEvent> events =
        record(
            directory,
            "pmem2j.BadBlockFound",
            "pmem2j.BadBlockCleared",
            "pmem2j.RangeRestored",
            "pmem2j.ScanFinished");
    assertEquals(4, events.size(), events::toString);
    for (RecordedEvent event : events) {
      assertEquals(
          List.of("Storage", "Persistent Memory"), event.getEventType().getCategoryNames());
      assertFalse(event.getEventType().getLabel().isEmpty());
      assertNull(event.getStackTrace());
    }
    RecordedEvent found = named(events, "pmem2j.BadBlockFound");
    assertEquals("pmem0", found.getString("device"));
    assertEquals(4096, found.getLong("deviceOffset"));
    assertEquals(512, found.getLong("length"));
    assertEquals("/data/x", found.getString("path"));
    assertEquals(8192, found.getLong("offset"));
    assertNull(named(events, "pmem2j.BadBlockCleared").getString("path"));
    assertEquals(4096, named(events, "pmem2j.RangeRestored").getLong("length"));
    RecordedEvent scan = named(events, "pmem2j.ScanFinished");
    assertEquals("BAD", scan.getString("verdict"));
    assertFalse(scan.getBoolean("complete"));
    assertEquals(3, scan.getInt("badRanges"));
    assertEquals(Duration.ofNanos(1_500_000), scan.getDuration("timeTaken"));
  }

  private static RecordedEvent named(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsDisabledIsNotRecorded(@TempDir Path directory) throws Exception {
    try (Recording recording = new Recording()) {
      for (String name : List.of("BadBlockFound", "BadBlockCleared", "RangeRestored")) {
        recording.disable("pmem2j." + name);
      }
      recording.enable("pmem2j.ScanFinished");
      recording.start();
      emitOneOfEach();
      recording.stop();
      Path file = directory.resolve("recording.jfr");
      recording.dump(file);
      List<RecordedEvent> events = RecordingFile.readAllEvents(file);
      assertEquals(1, events.size(), events::toString);
      named(events, "pmem2j.ScanFinished");
    }
  }

  /** A Java whose boot layer lacks jdk.jfr stands for an image that was linked without it. */
  @Test
  void withoutTheModuleNothingIsEmittedAndNothingFails() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--limit-modules",
                "java.base",
                "-cp",
                System.getProperty("java.class.path"),
                Emitter.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals("jdk.jfr: false\nemitted\n", output);
    assertEquals(0, process.exitValue());
  }

  @Test
  void whileNobodyRecordsNoClassOfJfrIsLoaded() throws Exception {
    String output = new ChildJvm().options(LOG_CLASSES).run(Emitter.class).ok();
    assertTrue(output.contains("emitted"), output);
    assertEquals(List.of(), loadedOfJfr(output.lines()));
  }

  private static List<String> loadedOfJfr(Stream<String> lines) {
    return lines
        .filter(line -> line.contains(" jdk.jfr.") || line.contains("jfr.FlightRecorder"))
        .toList();
  }

  /** A recording that starts after scans gets the later ones; one that starts first gets all. */
  @Test
  void aRecordingGetsTheScansAfterItsStart(@TempDir Path directory) throws Exception {
    String file = Files.createFile(directory.resolve("file")).toString();
    List<String> late =
        new ChildJvm()
            .options(LOG_CLASSES)
            .run(Scans.class, file, directory.resolve("late.jfr").toString(), "3", "2")
            .ok()
            .lines()
            .toList();
    int start = late.indexOf("recording");
    assertTrue(start > 0, late::toString);
    assertEquals(List.of(), loadedOfJfr(late.subList(0, start).stream()));
    assertEquals(2, RecordingFile.readAllEvents(directory.resolve("late.jfr")).size());

    new ChildJvm().run(Scans.class, file, directory.resolve("early.jfr").toString(), "0", "2").ok();
    assertEquals(2, RecordingFile.readAllEvents(directory.resolve("early.jfr")).size());
  }

  /** Scans a file some times, then some times with a recording. */
  static final class Scans {
    public static void main(String[] args) throws Exception {
      scan(args[0], Integer.parseInt(args[2]));
      System.out.println("recording");
      Recorded.run(args[0], Path.of(args[1]), Integer.parseInt(args[3]));
    }

    private static void scan(String file, int times) throws Exception {
      for (int i = 0; i < times; i++) {
        BadBlockScanner.scan(Path.of(file));
      }
    }
  }

  /** A class of its own, so that verifying {@link Scans} loads no class of JFR. */
  private static final class Recorded {
    static void run(String file, Path output, int scans) throws Exception {
      try (Recording recording = new Recording()) {
        recording.enable("pmem2j.ScanFinished");
        recording.start();
        Scans.scan(file, scans);
        recording.stop();
        recording.dump(output);
      }
    }
  }

  /** Run by the tests above. */
  static final class Emitter {
    public static void main(String[] args) {
      boolean present = ModuleLayer.boot().findModule("jdk.jfr").isPresent();
      System.out.println("jdk.jfr: " + present);
      emitOneOfEach();
      System.out.println("emitted");
    }
  }
}
