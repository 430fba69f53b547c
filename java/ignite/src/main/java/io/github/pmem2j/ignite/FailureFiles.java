package io.github.pmem2j.ignite;

import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.ignite.Ignite;

/** Finds the files with bad blocks that caused the failure of a node. */
final class FailureFiles {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final List<StorageDirectory> directories;
  private final boolean mayBeMedium;
  private final String messages;
  private final long begin = System.nanoTime();

  private FailureFiles(List<StorageDirectory> directories, Set<Throwable> chain) {
    this.directories = directories;
    mayBeMedium = chain.stream().anyMatch(FailureFiles::mayBeMedium);
    messages = String.join("\n", chain.stream().map(Throwable::toString).toList());
  }

  static FailureFiles of(Ignite ignite, Throwable error) {
    Set<Throwable> chain = Collections.newSetFromMap(new IdentityHashMap<>());
    collect(error, chain);
    return new FailureFiles(NodeStorage.of(ignite).directories(), chain);
  }

  /**
   * Whether an error may come from a bad block: of a read or a mapping, or of a page whose first
   * read had failed, which Ignite calls corrupted.
   */
  private static boolean mayBeMedium(Throwable error) {
    return error instanceof IOException
        || error instanceof InternalError
        || error.getClass().getSimpleName().startsWith("Corrupted");
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
          bad.addAll(scan().badFiles(directory, file));
        }
      }
    }
    return bad;
  }

  private List<Path> namedIn(StorageDirectory directory) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        directory.path(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (messages.contains(file.toString()) && Files.isRegularFile(file)) {
              files.add(file);
            }
            return over() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE; // removed meanwhile, or itself unreadable
          }

          @Override
          public FileVisitResult postVisitDirectory(Path ended, IOException failure) {
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  /** All files with bad blocks, if one of them may have caused the failure. */
  List<StorageFile> others() {
    return mayBeMedium ? scan().badFiles(directories) : List.of();
  }

  private NodeScan scan() {
    return new NodeScan(BadBlockScanner.local(), this::over, files -> {});
  }

  private boolean over() {
    return System.nanoTime() - begin > LIMIT_NANOS;
  }
}
