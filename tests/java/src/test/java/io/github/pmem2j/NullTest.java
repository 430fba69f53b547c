package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.device.Scrub;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import io.github.pmem2j.libpmem2.Pmem2Source;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.Salvage;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.watch.BadBlockWatch;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No public method takes null: it throws before it does anything, and names the parameter. */
@Tag("no-native")
class NullTest {
  @TempDir private Path temporary;

  /** Objects of these need a device: their own tests, ScrubTest and ClearTest, pass null. */
  private final NullCalls calls = new NullCalls(Scrub.class, Pmem2BadBlocks.class);

  @BeforeEach
  void makeSamples() throws Exception {
    Path file = Files.write(temporary.resolve("file"), new byte[4096]);
    ByteRange range = new ByteRange(0, 512);
    BadRange bad = BadRange.of(range, range, BadRange.Kind.DATA);
    calls.sample(Path.class, file);
    calls.sample(String.class, "text");
    calls.sample(Collection.class, List.of(file));
    calls.sample(List.class, List.of());
    calls.sample(Iterable.class, List.of());
    calls.sample(Map.class, Map.of());
    calls.sample(Optional.class, Optional.empty());
    calls.sample(OptionalLong.class, OptionalLong.empty());
    calls.sample(Instant.class, Instant.EPOCH);
    calls.sample(Throwable.class, new Exception());
    calls.sample(Consumer.class, (Consumer<Object>) each -> {});
    calls.sample(ThreadFactory.class, Executors.defaultThreadFactory());
    calls.sample(ByteBuffer.class, ByteBuffer.allocate(512));
    calls.sample(OutputStream.class, new ByteArrayOutputStream());
    calls.sample(WritableByteChannel.class, Channels.newChannel(new ByteArrayOutputStream()));
    calls.sample(ByteRange.class, range);
    calls.sample(RangeSet.class, RangeSet.of(range));
    calls.sample(RangeSet.Builder.class, RangeSet.builder());
    calls.sample(BadRange.class, bad);
    calls.sample(BadBlockReport.class, BadBlockReport.builder().build(file, 4096));
    calls.sample(BadBlockReport.Builder.class, BadBlockReport.builder());
    calls.sample(
        Progress.class, new Progress(file, Progress.Unit.BYTES, 0, OptionalLong.empty(), 0));
    calls.sample(RangeRestorer.class, RangeRestorer.zeros());
    calls.sample(BadBlockScanner.class, BadBlockScanner.local());
    calls.sample(BadBlockRepair.class, BadBlockRepair.of(file));
    calls.sample(Salvage.class, Salvage.of(file, temporary.resolve("copy")));
    calls.sample(SalvageReader.class, SalvageReader.open(file));
    calls.sample(Pmem2Source.class, Pmem2Source.open(file));
    calls.sample(BadBlockWatch.class, BadBlockWatch.open(file, change -> {}));
  }

  @AfterEach
  void closeSamples() throws Exception {
    calls.closeSamples();
  }

  @Test
  void isRefusedEverywhere() throws Exception {
    assertEquals(List.of(), calls.ofJar(BadBlockScanner.class));
    assertTrue(calls.calls() > 80, calls.calls() + " calls");
  }
}
