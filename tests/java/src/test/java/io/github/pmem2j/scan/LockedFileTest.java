package io.github.pmem2j.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.testkit.PmemExtension;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Closing any descriptor of a file releases the locks of fcntl(2) that the process has on it. */
@ExtendWith(PmemExtension.class)
class LockedFileTest {
  @Test
  void aScanLeavesTheLockOnAnEmptyFileAlone(SimulatedPmem pmem) throws IOException {
    // On a device without errors, no file is opened.
    Path damaged = Files.write(pmem.directory().resolve("damaged"), new byte[4096]);
    pmem.damage(damaged, 0, 512);
    Path file = pmem.directory().resolve("write.lock");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      assertNotNull(lock);
      assertTrue(isLocked(file));
      assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file).verdict());
      assertTrue(isLocked(file));
    }
  }

  private static boolean isLocked(Path file) throws IOException {
    String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
    return Files.readString(Path.of("/proc/locks")).contains(inode);
  }
}
