package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import io.github.pmem2j.libpmem2.Pmem2Source;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.testkit.PmemExtension;
import io.github.pmem2j.testkit.SimulatedPmem;
import io.github.pmem2j.watch.BadBlockListener;
import io.github.pmem2j.watch.BadBlockWatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An interrupt of the thread cancels long work, keeps itself, and changes no answer. */
@ExtendWith(PmemExtension.class)
class PendingInterruptTest {
  private static final int PAGE = 4096;

  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();
  private Path directory;
  private Path file;
  private Path replica;
  private Path listed;

  @BeforeEach
  void create(SimulatedPmem pmem) throws IOException {
    directory = pmem.directory();
    byte[] content = new byte[8 * PAGE];
    Arrays.fill(content, (byte) 7);
    file = Files.write(directory.resolve("file"), content);
    replica = Files.write(directory.resolve("replica"), content);
    pmem.damage(file, 3 * PAGE, 512);
    listed = ndctl.file("listed", 16);
    ndctl.bad(listed, 2 * PAGE, PAGE);
  }

  @AfterEach
  void noInterruptIsLeft() {
    Thread.interrupted();
  }

  private Map<String, Callable<Object>> calls() {
    Map<String, Callable<Object>> calls = new LinkedHashMap<>();
    calls.put("scan", () -> BadBlockScanner.scan(file).toString());
    calls.put(
        "scan of a range", () -> BadBlockScanner.scan(file, new ByteRange(0, PAGE)).toString());
    calls.put("plan of zeros", () -> BadBlockRepair.of(replica).plan().ranges());
    calls.put(
        "reader",
        () -> {
          try (SalvageReader reader = SalvageReader.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate(8 * PAGE);
            ByteBuffer good = ByteBuffer.allocateDirect(PAGE);
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            return List.of(
                reader.size(),
                reader.nextData(0),
                reader.unreadable(),
                reader.read(0, bytes),
                bytes.flip(),
                reader.readFully(0, good),
                good.flip(),
                reader.transferTo(0, Long.MAX_VALUE, stream),
                stream.size());
          }
        });
    calls.put(
        "libpmem2",
        () -> {
          try (Pmem2Source source = Pmem2Source.open(listed);
              Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(source)) {
            return List.of(
                source.size(), badBlocks.next(), badBlocks.remaining(), badBlocks.deviceMatched());
          }
        });
    calls.put(
        "watch",
        () -> {
          try (BadBlockWatch watch = BadBlockWatch.open(List.of(file), nobody())) {
            return watch.unwatched();
          }
        });
    return calls;
  }

  private static BadBlockListener nobody() {
    return change -> {};
  }

  @TestFactory
  Stream<DynamicTest> changesNoAnswer() {
    return calls().entrySet().stream()
        .map(
            call ->
                dynamicTest(
                    call.getKey(),
                    () -> {
                      Object expected = call.getValue().call();
                      Thread.currentThread().interrupt();
                      Object answer = call.getValue().call();
                      assertTrue(Thread.interrupted(), "the interrupt is kept");
                      assertEquals(expected, answer);
                    }));
  }

  private void assertCancelled(Callable<?> work) {
    Thread.currentThread().interrupt();
    assertThrows(CancelledException.class, work::call);
    assertTrue(Thread.interrupted(), "the interrupt is kept");
  }

  @Test
  void cancelsLongWork() throws IOException {
    assertCancelled(() -> BadBlockRepair.of(file).run(RangeRestorer.from(replica)));
    assertEquals(Verdict.BAD, BadBlockScanner.scan(file).verdict());
  }

  @Test
  void clearsWhatWasRequested() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(listed)) {
      List<ByteRange> blocks = badBlocks.remaining();
      Thread.currentThread().interrupt();
      badBlocks.clear(blocks);
      assertTrue(Thread.interrupted());
    }
  }
}
