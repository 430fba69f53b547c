package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a plain directory, in which no files appear by themselves; the emulated machine has more. */
class TraceInstanceTest {
  @TempDir Path tracing;

  @Test
  void whatNobodyUsesIsRemovedAndNothingElse() throws IOException {
    Path instances = Files.createDirectory(tracing.resolve("instances"));
    String unused = "pmem2j-0123456789abcdef0123456789abcdef";
    String used = "pmem2j-ffffffffffffffffffffffffffffffff";
    List<String> others =
        List.of(
            "mine",
            "pmem2j-",
            "pmem2j-0123456789abcdef0123456789abcdef0",
            "pmem2j-0123456789ABCDEF0123456789ABCDEF");
    Files.createDirectory(instances.resolve(unused));
    // As little as one in use can be removed.
    Files.createDirectories(instances.resolve(used).resolve("events"));
    for (String other : others) {
      Files.createDirectory(instances.resolve(other));
    }
    assertThrows(FileNotFoundException.class, () -> TraceInstance.open(tracing));
    try (Stream<Path> left = Files.list(instances)) {
      assertEquals(
          Stream.concat(others.stream(), Stream.of(used)).sorted().toList(),
          left.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void withoutTracefs() {
    assertThrows(NoSuchFileException.class, () -> TraceInstance.open(tracing));
  }
}
