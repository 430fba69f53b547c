package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;

/** A file whose disk is said to be bad, and its replica; what is bad can still be read here. */
abstract class RepairTestCase {
  static final int PAGE = 4096;

  final byte[] content;
  RepairDisk pmem;
  Path file;
  Path replica;

  RepairTestCase() {
    this(20 * PAGE + 1000);
  }

  RepairTestCase(int length) {
    content = new byte[length];
  }

  @BeforeEach
  void make() throws IOException {
    Path root = FakeDisk.newDirectory("repair");
    pmem = RepairDisk.create(root);
    file = root.resolve("file");
    replica = root.resolve("replica");
    new Random(4).nextBytes(content);
    write(file);
    write(replica);
  }

  void write(Path path) throws IOException {
    Files.write(path, content);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  RepairRun walk(RepairStep.Hook hook) {
    RepairStep.Hook finding = pmem.findingGoodBlocks(file);
    RepairStep.Hook both =
        step -> {
          finding.after(step);
          hook.after(step);
        };
    return new RepairRun(file, null, false, pmem.scanned(), both);
  }

  RepairResult repair() throws IOException {
    return walk(RepairStep.Hook.NONE).run(RangeRestorer.from(replica));
  }

  /** A repair in which something happens behind each such step. */
  RepairResult repair(RepairStep behind, Runnable event) throws IOException {
    return walk(step -> {
          if (step == behind) {
            event.run();
          }
        })
        .run(RangeRestorer.from(replica));
  }

  /** What an interrupted repair has left in doubt. */
  List<ByteRange> unfinished() throws IOException {
    return walk(RepairStep.Hook.NONE).plan(RangeRestorer.zeros()).ranges().stream()
        .filter(RepairPlan.Planned::unfinished)
        .map(RepairPlan.Planned::blocks)
        .toList();
  }

  static List<Outcome> outcomes(RepairResult result) {
    return result.ranges().stream().map(RepairedRange::outcome).toList();
  }

  void assertWhole() throws IOException {
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals(Verdict.CLEAN, pmem.scan(file).verdict(), () -> scan(file).toString());
    try (var siblings = Files.list(file.getParent())) {
      assertEquals(0, siblings.filter(path -> path.toString().contains("pmem2j-repair")).count());
    }
  }

  BadBlockReport scan(Path path) {
    try {
      return pmem.scan(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void clearAll() {
    try {
      pmem.setBad(List.of());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void assertUntouched() throws IOException {
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals(BadRange.Kind.DATA, pmem.scan(file).badRanges().get(0).kind());
    assertEquals(List.of(), unfinished());
  }

  /** Ends a repair after a step, as a crash does. */
  static RepairStep.Hook cutAfter(RepairStep last) {
    return step -> {
      if (step == last) {
        throw new IllegalStateException("cut");
      }
    };
  }

  /** Leaves page 5 cleared and not restored, and nothing bad on the device. */
  void interrupt(Path journals) throws IOException {
    pmem.spoil(file, 5 * PAGE);
    RepairStep.Hook cut = cutAfter(RepairStep.ALLOCATED);
    assertThrows(
        IllegalStateException.class,
        () ->
            new RepairRun(file, journals, false, pmem.scanned(), cut)
                .run(RangeRestorer.from(replica)));
    pmem.setBad(List.of());
  }

  static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean run(Object... words) throws IOException, InterruptedException {
    List<String> command = Arrays.stream(words).map(Object::toString).toList();
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }
}
