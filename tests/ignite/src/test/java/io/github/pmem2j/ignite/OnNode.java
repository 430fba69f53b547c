package io.github.pmem2j.ignite;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.ignite.Ignite;
import org.apache.ignite.cache.CachePeekMode;
import org.apache.ignite.lang.IgniteCallable;
import org.apache.ignite.lang.IgniteRunnable;
import org.apache.ignite.resources.IgniteInstanceResource;

/** What the tests run on the nodes. No records: Ignite cannot send them. */
final class OnNode {
  private static SimulatedPmem pmem;

  private OnNode() {}

  /** Puts a directory on simulated persistent memory, in that node's JVM. */
  static final class Simulate implements IgniteRunnable {
    private static final long serialVersionUID = 1L;

    private final String directory;

    Simulate(Path directory) {
      this.directory = directory.toString();
    }

    @Override
    public void run() {
      try {
        pmem = SimulatedPmem.open(Path.of(directory));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Makes a part of a file bad, in that node's JVM. */
  static final class Damage implements IgniteRunnable {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;
    private final long length;

    Damage(Path file, ByteRange range) {
      this.file = file.toString();
      offset = range.offset();
      length = range.length();
    }

    @Override
    public void run() {
      try {
        pmem.damage(Path.of(file), offset, length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Counts the rows that a node holds itself, as they should be. */
  static final class Count implements IgniteCallable<Integer> {
    private static final long serialVersionUID = 1L;

    private final String cache;
    private final Map<Integer, String> rows;
    @IgniteInstanceResource private transient Ignite ignite;

    Count(String cache, Map<Integer, String> rows) {
      this.cache = cache;
      this.rows = rows;
    }

    @Override
    public Integer call() {
      int count = 0;
      for (Map.Entry<Integer, String> row : rows.entrySet()) {
        Object here =
            ignite
                .cache(cache)
                .localPeek(row.getKey(), CachePeekMode.PRIMARY, CachePeekMode.BACKUP);
        count += row.getValue().equals(here) ? 1 : 0;
      }
      return count;
    }
  }
}
