package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ChildJvm;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.List;
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

  /** Only a map with a finished block vouches for a copy; without one the user is asked. */
  private CopyResult continued(boolean killed) throws IOException {
    try {
      return salvage().run();
    } catch (FileAlreadyExistsException e) {
      assertTrue(killed && e.getMessage().contains("use --restart"), e.getMessage());
      return salvage().withRestart().run();
    }
  }
}
