package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.ChildJvm;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a killed salvage has left is its own, and the next one continues with it. */
@Tag("slow")
class KilledSalvageTest extends SalvageTestCase {
  @Test
  void isContinuedWhereverItWasKilled() throws IOException {
    Files.write(file, content = random(24 << 20, 7));
    int count = 1;
    for (boolean killed = true; killed; count++) {
      Files.deleteIfExists(copy);
      Files.deleteIfExists(map);
      ChildJvm.Result child =
          new ChildJvm()
              .options("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
              .run(
                  KilledSalvage.class.getName(),
                  file.toString(),
                  copy.toString(),
                  String.valueOf(count));
      killed = child.exit() == 137;
      assertTrue(killed || child.exit() == 0, child.output());
      assertTrue(continued(killed).complete());
      assertArrayEquals(content, Files.readAllBytes(copy), "killed at report " + count);
      assertEquals(List.of("copy", "copy.map", "file"), names());
    }
    assertTrue(count > 3, "only " + count + " reports");
  }

  /**
   * After a power cut, the map of the copy before must not come back: it says that all is finished.
   */
  @Test
  void theMapOfARestartIsOnTheMediumBeforeTheCopyIsCut() throws Exception {
    assumeTrue(run("strace", "-o", "/dev/null", "true"), "strace may not trace here");
    salvage().run();
    Path trace = root.resolve("trace");
    new ChildJvm()
        .under("strace", "-f", "-y", "--seccomp-bpf", "-o", trace.toString())
        .under("-e", "trace=rename,renameat,renameat2,fsync,ftruncate")
        .run(Restarting.class, file.toString(), copy.toString())
        .ok();
    List<String> calls =
        Files.readAllLines(trace).stream().filter(line -> line.contains("(")).toList();
    int renamed = indexOf(calls, "rename", "copy.map\"");
    int synced = indexOf(calls, "fsync(", "<" + root + ">");
    int cut = indexOf(calls, "ftruncate(", "<" + copy + ">, 0)");
    assertTrue(0 <= renamed && renamed < synced && synced < cut, calls::toString);
  }

  private static int indexOf(List<String> lines, String call, String argument) {
    return IntStream.range(0, lines.size())
        .filter(i -> lines.get(i).contains(call) && lines.get(i).contains(argument))
        .findFirst()
        .orElse(-1);
  }

  /** Copies again. */
  static final class Restarting {
    public static void main(String[] args) throws IOException {
      Salvage.of(Path.of(args[0]), Path.of(args[1])).withRestart().run();
    }
  }

  /** Only a map with a finished block vouches for a copy; without one the user is asked. */
  private SalvageResult continued(boolean killed) throws IOException {
    try {
      return salvage().run();
    } catch (FileAlreadyExistsException e) {
      assertTrue(killed && e.getMessage().contains("use --restart"), e.getMessage());
      return salvage().withRestart().run();
    }
  }
}
