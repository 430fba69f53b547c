package io.github.pmem2j.ignite;

import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.ignite.Ignite;

/** Which files of a node with bad blocks a failure is about. */
final class FailureFiles {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final List<StorageDirectory> directories;
  private final boolean inputOutput;
  private final boolean mapped;
  private final String messages;
  private final long begin = System.nanoTime();

  private FailureFiles(List<StorageDirectory> directories, Set<Throwable> chain) {
    this.directories = directories;
    inputOutput = chain.stream().anyMatch(IOException.class::isInstance);
    mapped = chain.stream().anyMatch(InternalError.class::isInstance);
    messages = String.join("\n", chain.stream().map(Throwable::toString).toList());
  }

  static FailureFiles of(Ignite ignite, Throwable error) throws IOException {
    Set<Throwable> chain = Collections.newSetFromMap(new IdentityHashMap<>());
    collect(error, chain);
    return new FailureFiles(NodeStorage.of(ignite), chain);
  }

  private static void collect(Throwable error, Set<Throwable> chain) {
    if (error != null && chain.add(error)) {
      collect(error.getCause(), chain);
      for (Throwable suppressed : error.getSuppressed()) {
        collect(suppressed, chain);
      }
    }
  }

  /** The files with bad blocks that the failure's messages name. */
  List<StorageFile> named() throws IOException {
    List<StorageFile> bad = new ArrayList<>();
    for (StorageDirectory directory : directories) {
      if (messages.contains(directory.path().toString())) {
        for (Path file : namedIn(directory)) {
          StorageDirectory only = new StorageDirectory(file, directory.role(), 0);
          bad.addAll(scan(List.of(only)));
        }
      }
    }
    return bad;
  }

  private List<Path> namedIn(StorageDirectory directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory.path())) {
      return files
          .filter(file -> messages.contains(file.toString()))
          .filter(Files::isRegularFile)
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** All files with bad blocks, if the failure is one of reading or writing files. */
  List<StorageFile> others() {
    return inputOutput || mapped ? scan(directories) : List.of();
  }

  private List<StorageFile> scan(List<StorageDirectory> where) {
    BooleanSupplier over = () -> System.nanoTime() - begin > LIMIT_NANOS;
    return new NodeScan(BadBlockScanner.local(), over, files -> {}).badFiles(where);
  }
}
