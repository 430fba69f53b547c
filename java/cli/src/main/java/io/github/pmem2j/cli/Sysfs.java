package io.github.pmem2j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads the kernel's tree of devices. Entries that are missing or cannot be read are empty.
 *
 * @param root /sys, or a copy of it
 */
record Sysfs(Path root) {
  /** The entries of a directory whose names match; none where there is no such directory. */
  List<Path> entries(Path directory, String glob) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(root.resolve(directory), glob)) {
      stream.forEach(entries::add);
    } catch (IOException | DirectoryIteratorException e) {
      return entries;
    }
    entries.sort(Comparator.comparing((Path p) -> p.toString().length()).thenComparing(p -> p));
    return entries;
  }

  /** The content of a file, without the newline. */
  static String content(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
  }

  /** {@link #content}, if there is any. */
  Optional<String> read(Path file) {
    try {
      return Optional.of(content(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The number in a file. */
  Optional<Long> number(Path file) {
    return read(file).filter(text -> text.matches("\\d{1,18}")).map(Long::valueOf);
  }

  /** The target of a link of the bus: the device's directory in the tree. */
  Path place(Path link) {
    try {
      return link.toRealPath();
    } catch (IOException e) {
      return link;
    }
  }
}
