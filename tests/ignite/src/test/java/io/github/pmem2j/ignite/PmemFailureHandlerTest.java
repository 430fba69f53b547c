package io.github.pmem2j.ignite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.cache.CacheException;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteDataStreamer;
import org.apache.ignite.Ignition;
import org.apache.ignite.cache.affinity.rendezvous.RendezvousAffinityFunction;
import org.apache.ignite.cluster.ClusterState;
import org.apache.ignite.configuration.CacheConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.failure.FailureContext;
import org.apache.ignite.failure.FailureHandler;
import org.apache.ignite.failure.FailureType;
import org.apache.ignite.failure.StopNodeFailureHandler;
import org.apache.ignite.internal.processors.cache.persistence.tree.CorruptedTreeException;
import org.apache.ignite.spi.metric.ReadOnlyMetricRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node in this JVM, whose reads of a bad block fail with EIO. */
class PmemFailureHandlerTest {
  private static final int ROWS = 2000;

  @TempDir private Path directory;
  private final RecordingLogger log = new RecordingLogger();
  private final BadFileIoFactory files = new BadFileIoFactory();

  /** What the next handler was given, and what had been logged by then. */
  private final List<HandedOn> handedOn = new CopyOnWriteArrayList<>();

  private record HandedOn(FailureContext failure, List<String> before) {}

  /** As a user may write it, and Ignite then does in its messages. */
  private Path work() {
    return directory.resolve(".");
  }

  private Ignite start() throws IOException {
    FailureHandler next =
        (ignite, failure) -> {
          handedOn.add(new HandedOn(failure, List.copyOf(log.lines())));
          return false; // the node goes on
        };
    IgniteConfiguration configuration =
        ServerNode.server("node", work(), Cluster.freePort())
            .setGridLogger(log)
            .setFailureHandler(new PmemFailureHandler(next));
    configuration.getDataStorageConfiguration().setFileIOFactory(files);
    Ignite node = Ignition.start(configuration);
    node.cluster().state(ClusterState.ACTIVE);
    return node;
  }

  @Test
  void namesTheFileAndTheRangeBeforeItHandsOn() throws Exception {
    fill();
    Path file = work().resolve("db/node/cache-accounts/part-2.bin");
    ByteRange lost = new ByteRange(Files.size(file) / 2 / 4096 * 4096 + 512, 512);
    Ignite node = start(); // reads no page before it is asked for a row
    try (SimulatedPmem pmem = SimulatedPmem.open(directory.resolve("db"))) {
      FailureHandler handler = node.configuration().getFailureHandler();
      handler.onFailure(node, failure(new IOException("No space left on device")));
      assertEquals(List.of(), ours());

      pmem.damage(file, lost.offset(), lost.length());
      handler.onFailure(node, failure(new IllegalStateException("no I/O")));
      assertEquals(List.of(), ours());
      handler.onFailure(node, failure(new IOException("No space left on device")));
      handler.onFailure(node, failure(new CorruptedTreeException("", null, "accounts", 1, 2)));
      assertEquals(2, ours().size());
      ours().forEach(line -> assertTrue(line.contains("may have caused"), line));
      assertEquals(4, handedOn.size());

      files.damage(file, lost);
      IgniteCache<Integer, byte[]> cache = node.cache("accounts");
      assertThrows(CacheException.class, () -> readAll(cache));
      String named =
          "partition 2 of cache accounts, " + file + ": lost [" + lost.offset() + "+512]";
      HandedOn media = handedOn.get(4);
      List<String> before =
          media.before().stream().filter(line -> line.startsWith("ERROR bad blocks")).toList();
      assertEquals(1, before.size(), () -> log.lines().toString());
      assertTrue(before.get(0).contains(named), before.get(0));
      ReadOnlyMetricRegistry metrics = node.metrics().getOrCreate(PmemFailureHandler.REGISTRY);
      assertEquals(
          String.valueOf(handedOn.size() - 4), metrics.findMetric("MediaErrors").getAsString());
      assertEquals(named, metrics.findMetric("LastMediaError").getAsString());
    } finally {
      Ignition.stop("node", true);
    }
  }

  /** Here one whose path is too long; on damaged memory, one that has lost a block. */
  @Test
  void aDirectoryThatCannotBeReadHidesNoFile() throws Exception {
    fill();
    Ignite node = start();
    String deep = "d=$(printf %0250d 0); for i in $(seq 20); do mkdir $d && cd -P $d; done";
    Path storage = work().resolve("db/node");
    try (SimulatedPmem pmem = SimulatedPmem.open(directory.resolve("db"))) {
      run("mkdir", storage.resolve("0").toString());
      run("sh", "-c", "cd " + storage.resolve("0") + " && " + deep);
      Path file = storage.resolve("cache-accounts/part-2.bin");
      pmem.damage(file, 8192, 512);
      FailureHandler handler = node.configuration().getFailureHandler();
      handler.onFailure(node, failure(new IOException(file + ": Input/output error")));
      assertEquals(1, ours().size(), () -> log.lines().toString());
      assertTrue(ours().get(0).startsWith("ERROR bad blocks"), ours().get(0));
    } finally {
      Ignition.stop("node", true);
      run("rm", "-r", storage.resolve("0").toString());
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  private static FailureContext failure(Throwable error) {
    return new FailureContext(FailureType.CRITICAL_ERROR, error);
  }

  private List<String> ours() {
    return log.lines().stream().filter(line -> line.contains("bad blocks")).toList();
  }

  private void fill() throws IOException {
    Ignite node = start();
    node.createCache(
        new CacheConfiguration<Integer, byte[]>("accounts")
            .setAffinity(new RendezvousAffinityFunction(false, 4)));
    try (IgniteDataStreamer<Integer, byte[]> streamer = node.dataStreamer("accounts")) {
      for (int i = 0; i < ROWS; i++) {
        streamer.addData(i, new byte[500]);
      }
    }
    Ignition.stop("node", false);
  }

  private static void readAll(IgniteCache<Integer, byte[]> cache) {
    for (int i = 0; i < ROWS; i++) {
      cache.get(i);
    }
  }

  /** Such as a lack of memory, or the error of a mapped read, which JDK 17 throws late. */
  @Test
  void handsOnWhateverFailsBefore() throws Exception {
    Ignite node = start();
    try {
      FailureContext failure =
          failure(
              new IOException() {
                private static final long serialVersionUID = 1L;

                @Override
                public String toString() {
                  throw new InternalError("of a mapped read before");
                }
              });
      assertFalse(node.configuration().getFailureHandler().onFailure(node, failure));
      assertEquals(List.of(failure), handedOn.stream().map(HandedOn::failure).toList());
      assertTrue(
          log.lines().stream().anyMatch(line -> line.contains("cannot determine whether")),
          () -> log.lines().toString());
    } finally {
      Ignition.stop("node", true);
    }
  }

  @Test
  void ignoresWhatTheNextHandlerIgnores() {
    StopNodeFailureHandler next = new StopNodeFailureHandler();
    next.setIgnoredFailureTypes(Set.of(FailureType.SEGMENTATION));
    PmemFailureHandler handler = new PmemFailureHandler(next);
    assertEquals(Set.of(FailureType.SEGMENTATION), handler.getIgnoredFailureTypes());
    assertFalse(handler.onFailure(null, new FailureContext(FailureType.SEGMENTATION, null)));
    FailureHandler all = (ignite, failure) -> true;
    assertEquals(Set.of(), new PmemFailureHandler(all).getIgnoredFailureTypes());
  }
}
