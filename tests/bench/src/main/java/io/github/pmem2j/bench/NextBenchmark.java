package io.github.pmem2j.bench;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What one bad block costs, single and batched. {@code tests/bench/next} sets up the file and the
 * scripted libndctl, with {@link #BLOCKS} bad blocks.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class NextBenchmark {
  static final int BLOCKS = 10_000;

  private final Path file = Path.of(System.getProperty("pmem2j.bench.file"));
  private Pmem2BadBlocks badBlocks;

  @Setup(Level.Invocation)
  public void open() throws IOException {
    badBlocks = Pmem2BadBlocks.openReadOnly(file);
  }

  @TearDown(Level.Invocation)
  public void close() {
    badBlocks.close();
  }

  @Benchmark
  @OperationsPerInvocation(BLOCKS)
  public void single(Blackhole hole) throws IOException {
    for (int i = 0; i < BLOCKS; i++) {
      hole.consume(badBlocks.next().orElseThrow());
    }
  }

  @Benchmark
  @OperationsPerInvocation(BLOCKS)
  public List<ByteRange> batched() throws IOException {
    List<ByteRange> blocks = badBlocks.remaining();
    if (blocks.size() != BLOCKS) {
      throw new AssertionError(blocks.size());
    }
    return blocks;
  }
}
