package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;

/** A file, and where its copy and the map go. */
abstract class SalvageTestCase {
  static final int SIZE = 100_000;
  Path root;
  Path file;
  Path copy;
  Path map;
  byte[] content;

  @BeforeEach
  void make() throws IOException {
    root = FakeDisk.newDirectory("overwrite");
    content = random(SIZE, 1);
    file = Files.write(root.resolve("file"), content);
    copy = root.resolve("copy");
    map = root.resolve("copy.map");
  }

  static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  Salvage salvage() {
    return Salvage.of(file, copy);
  }

  static String refused(Salvage salvage) {
    return assertThrows(IOException.class, () -> salvage.run()).getMessage();
  }

  List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  static boolean run(Object... words) throws IOException, InterruptedException {
    List<String> command = Arrays.stream(words).map(Object::toString).toList();
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }
}
