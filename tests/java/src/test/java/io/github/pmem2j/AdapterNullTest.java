package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.h2.FilePathPmem;
import io.github.pmem2j.ignite.ClusterScan;
import io.github.pmem2j.lucene.PmemDirectory;
import io.github.pmem2j.micrometer.BadBlockWatchMetrics;
import io.github.pmem2j.testkit.RecordingListener;
import io.github.pmem2j.testkit.SimulatedPmem;
import io.github.pmem2j.watch.BadBlockChange;
import io.github.pmem2j.watch.BadBlockWatch;
import io.github.pmem2j.watch.WatchGap;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.ignite.Ignite;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Like {@link NullTest}, for the other artifacts. What they override of other libraries is not. */
@Tag("no-native")
class AdapterNullTest {
  @TempDir private Path temporary;
  private final NullCalls calls = new NullCalls();

  @AfterEach
  void closeSamples() throws Exception {
    calls.closeSamples();
  }

  @Test
  void lucene() throws Exception {
    FSDirectory files = FSDirectory.open(temporary);
    calls.sample(FSDirectory.class, files);
    calls.sample(PmemDirectory.class, new PmemDirectory(files));
    calls.sample(MergePolicy.class, new TieredMergePolicy());
    check(PmemDirectory.class, 7);
  }

  /** Its public methods are all H2's and JDBC's. */
  @Test
  void h2() throws Exception {
    check(FilePathPmem.class, 0);
  }

  @Test
  void ignite() throws Exception {
    Ignite ignite =
        (Ignite)
            Proxy.newProxyInstance(
                Ignite.class.getClassLoader(), new Class<?>[] {Ignite.class}, (p, m, a) -> null);
    calls.sample(Ignite.class, ignite);
    calls.sample(ClusterScan.class, ClusterScan.of(ignite));
    calls.sample(String.class, "text");
    calls.sample(List.class, List.of());
    calls.sample(Duration.class, Duration.ofSeconds(1));
    check(ClusterScan.class, 9);
  }

  @Test
  void micrometer() throws Exception {
    Path file = Files.write(temporary.resolve("file"), new byte[4096]);
    calls.sample(BadBlockWatch.class, BadBlockWatch.open(file, change -> {}));
    calls.sample(Iterable.class, List.of());
    check(BadBlockWatchMetrics.class, 3);
  }

  @Test
  void testkit() throws Exception {
    Path file = Files.write(temporary.resolve("file"), new byte[4096]);
    calls.sample(Path.class, file);
    calls.sample(SimulatedPmem.class, SimulatedPmem.open(temporary));
    calls.sample(RecordingListener.class, new RecordingListener());
    calls.sample(WatchGap.class, new WatchGap(file, "reason"));
    calls.sample(
        BadBlockChange.class,
        new BadBlockChange(Instant.EPOCH, "pmem0", RangeSet.empty(), Map.of(), true));
    check(SimulatedPmem.class, 8);
  }

  private void check(Class<?> type, int atLeast) throws ReflectiveOperationException {
    assertEquals(List.of(), calls.ofJar(type));
    assertTrue(calls.calls() >= atLeast, calls.calls() + " calls");
  }
}
