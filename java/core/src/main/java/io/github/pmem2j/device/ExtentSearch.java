package io.github.pmem2j.device;

import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.scan.BadExtentFinder;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Searches many files of one device for those that have bad sectors, with a thread per processor:
 * opening a file and reading its extents takes longer than finding its name. The thread that adds
 * the files gets the results, in the same order.
 */
final class ExtentSearch implements AutoCloseable {
  /** Gets the results. */
  interface Listener {
    /** A file that had bad sectors when its extents were read. */
    void hit(Path path, BasicFileAttributes attributes);

    /** A file whose extents cannot be read. */
    void failed(Path path, IOException e);
  }

  private static final int CHUNK = 128;
  private static final int MOST_THREADS = 8;

  private final BadSectors bad;
  private final DeviceNumber device;
  private final Listener listener;
  private final ExecutorService threads;
  private final Queue<CompletableFuture<List<Entry>>> chunks = new ArrayDeque<>();
  private final int mostChunks;
  private List<Entry> chunk = new ArrayList<>();

  /** A file, and why its extents cannot be read; null if they can. */
  private record Entry(Path path, BasicFileAttributes attributes, IOException failure) {}

  /** Starts the threads. */
  ExtentSearch(BadSectors bad, DeviceNumber device, Listener listener) {
    this.bad = bad;
    this.device = device;
    this.listener = listener;
    int count = Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS);
    this.threads = Executors.newFixedThreadPool(count, ExtentSearch::thread);
    this.mostChunks = 2 * count;
  }

  private static Thread thread(Runnable search) {
    Thread thread = new Thread(search, "pmem2j-extent-search");
    thread.setDaemon(true);
    return thread;
  }

  /** Searches one more file or directory, at some time before {@link #finish} returns. */
  void add(Path path, BasicFileAttributes attributes) {
    chunk.add(new Entry(path, attributes, null));
    if (chunk.size() == CHUNK) {
      submit();
      if (chunks.size() > mostChunks) {
        take();
      }
    }
  }

  /** Waits until all files have been searched. */
  void finish() {
    submit();
    while (!chunks.isEmpty()) {
      take();
    }
  }

  private void submit() {
    List<Entry> full = chunk;
    chunk = new ArrayList<>();
    chunks.add(CompletableFuture.supplyAsync(() -> search(full), threads));
  }

  /** Searches some files: returns those that are hit or cannot be read. */
  private List<Entry> search(List<Entry> files) {
    BadExtentFinder finder = new BadExtentFinder(bad);
    List<Entry> found = new ArrayList<>();
    for (Entry file : files) {
      try {
        if (hits(finder, file)) {
          found.add(file);
        }
      } catch (IOException e) {
        found.add(new Entry(file.path(), file.attributes(), e));
      }
    }
    return found;
  }

  private boolean hits(BadExtentFinder finder, Entry file) throws IOException {
    long size = file.attributes().size();
    if (size == 0 && isEmpty(file.path())) {
      return false; // Closing it would release the locks that this process has on it, see fcntl(2).
    }
    if (!finder.mayHit(file.path(), size)) {
      return false;
    }
    try (Descriptor open = Descriptor.open(file.path(), Descriptor.Mode.READ)) {
      return finder.hits(open, size) && open.status().device().equals(device);
    }
  }

  private static boolean isEmpty(Path path) throws IOException {
    try (Descriptor file = Descriptor.openPath(path)) {
      return file.status().empty();
    }
  }

  /** Hands over the results of the first chunk. */
  private void take() {
    chunks.remove().join().forEach(this::report);
  }

  private void report(Entry file) {
    if (file.failure() == null) {
      listener.hit(file.path(), file.attributes());
    } else {
      listener.failed(file.path(), file.failure());
    }
  }

  /** Ends the threads: after this none has a file open. */
  @Override
  public void close() {
    threads.shutdown();
    CompletableFuture.allOf(chunks.toArray(CompletableFuture[]::new))
        .handle((done, e) -> done)
        .join();
  }
}
