package io.github.pmem2j.libpmem2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.ScriptedNdctl;
import io.github.pmem2j.internal.jni.NoLiveHandles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Opens and closes many times over, and memory stays as it is: a leak of 64 bytes a cycle would be
 * 3.2 MB in 50,000. {@code -Dpmem2j.cycles=1000000} does more.
 */
@Tag("slow")
@Tag("jdk")
class CyclesTest {
  private static final int CYCLES =
      Integer.parseInt(System.getProperty("io.github.pmem2j.test.cycles"));

  /** Of this machine's noise and half of such a leak. */
  private static final long LIMIT = (512L << 10) + 32L * CYCLES;

  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  @Test
  @Timeout(900)
  void memoryStaysFlat() throws IOException {
    Path file = ndctl.file("file", 4);
    ndctl.script("bus b\nregion 0\nnamespace fsdax block @disk size 1048576G"); // no log
    ndctl.bad(file, 0, ScriptedNdctl.PAGE);
    String output =
        new ChildJvm()
            // All memory of the JVM's own that may be resident later is so from the start.
            .options("-XX:+UseSerialGC", "-Xms32m", "-Xmx32m", "-Xmn16m", "-XX:+AlwaysPreTouch")
            .options("-XX:TieredStopAtLevel=1")
            .env("MALLOC_ARENA_MAX", "1")
            .run(Main.class, file.toString())
            .ok();
    System.out.println(output.strip());
    String sanitizer = System.getenv("ASAN_OPTIONS"); // keeps what is freed, in quarantine
    long grown = Long.parseLong(output.replaceAll("(?s).*grown by (-?\\d+) bytes.*", "$1"));
    assertTrue(grown < LIMIT || sanitizer != null, output);
  }

  static final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]);
      cycles(file, CYCLES / 10);
      System.gc();
      long before = resident();
      long begin = System.nanoTime();
      cycles(file, CYCLES);
      double micros = (System.nanoTime() - begin) / 1e3 / CYCLES;
      System.gc();
      long after = resident();
      assertEquals(0, NoLiveHandles.total(), NoLiveHandles.live());
      System.out.printf(
          "%,d cycles of %.0f microseconds: resident memory, %d bytes, has grown by %d bytes%n",
          CYCLES, micros, before, after - before);
    }

    private static void cycles(Path file, int count) throws IOException {
      Optional<ByteRange> expected = Optional.of(new ByteRange(0, ScriptedNdctl.PAGE));
      for (int i = 0; i < count; i++) {
        try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
          if (!badBlocks.next().equals(expected)) {
            throw new AssertionError("cycle " + i);
          }
        }
      }
    }

    private static long resident() throws IOException {
      String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
      return Long.parseLong(pages) * ScriptedNdctl.PAGE;
    }
  }
}
