package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ChildJvm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A large file in the place of a map is refused at its first bad line, in little memory. */
@Tag("slow")
class SalvageLargeMapTest extends SalvageTestCase {
  private static final String GOOD = "# Mapfile\\n0x0 ? 1\\n0x0 0x1000 +\\n";

  /** Between begin and end is a hole, which reads as one line of zero bytes. */
  @ParameterizedTest
  @CsvSource({
    "3221225472, '', '', 1",
    "3221225472, '" + GOOD + "', '', 4",
    "314572800, '" + GOOD + "#', '\\n0x1000 0x1000 ?\\nno block\\n', 6",
    "314572800, '" + GOOD + "', '\\nno block\\n', 4"
  })
  void isRefused(long size, String begin, String end, int line) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(map.toFile(), "rw")) {
      open.write(bytes(begin));
      open.setLength(size);
      open.seek(size - bytes(end).length);
      open.write(bytes(end));
    }
    String output =
        new ChildJvm()
            .options("-Xmx32m")
            .run(Salvaging.class, file.toString(), copy.toString())
            .ok();
    assertTrue(output.startsWith(map + ": it is no mapfile of ddrescue (line " + line), output);
    assertTrue(output.length() < 1000);
    assertFalse(Files.exists(copy));
    assertEquals(size, Files.size(map));
  }

  private static byte[] bytes(String text) {
    return text.replace("\\n", "\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Prints why a salvage was refused. */
  static final class Salvaging {
    public static void main(String[] args) {
      try {
        Salvage.of(Path.of(args[0]), Path.of(args[1])).run();
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
