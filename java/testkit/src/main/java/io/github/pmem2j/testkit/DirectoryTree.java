package io.github.pmem2j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory with all that is below it. */
final class DirectoryTree {
  private DirectoryTree() {}

  /** Deletes the directory and all that is in it. */
  static void delete(Path directory) throws IOException {
    List<Path> paths;
    try (Stream<Path> below = Files.walk(directory)) {
      paths = below.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
