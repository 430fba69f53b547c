package io.github.pmem2j.internal.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettledTest {
  @TempDir private Path root;

  private void write(long resource, long size) throws IOException {
    Files.writeString(root.resolve("resource"), "0x" + Long.toHexString(resource) + "\n");
    Files.writeString(root.resolve("size"), size + "\n");
  }

  private long number(String file) throws IOException {
    return new Sysfs(root).number(".", file);
  }

  /** A namespace that is replaced by another when one of its two files has been read. */
  @Test
  void neverMixesTwoStates() throws IOException {
    write(0x1000, 10);
    AtomicInteger reads = new AtomicInteger();
    List<Long> read =
        Settled.read(
            "it",
            () -> {
              long resource = number("resource");
              if (reads.getAndIncrement() == 0) {
                write(0x9000, 20);
              }
              return List.of(resource, number("size"));
            });
    assertEquals(List.of(0x9000L, 20L), read);
    assertEquals(3, reads.get());
  }

  @Test
  void namesWhatNeverSettles() {
    AtomicInteger reads = new AtomicInteger();
    IOException e =
        assertThrows(IOException.class, () -> Settled.read("it", reads::incrementAndGet));
    assertTrue(e.getMessage().startsWith("it kept changing"), e.getMessage());
  }
}
