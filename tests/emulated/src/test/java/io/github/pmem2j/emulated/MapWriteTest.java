package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.internal.jni.Handle;
import io.github.pmem2j.internal.jni.Pmem2;
import io.github.pmem2j.internal.linux.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Where the kernel answers a page fault with SIGBUS, reads and writes through our mapping are an
 * error, and the JVM survives.
 */
@ExtendWith(MachineExtension.class)
class MapWriteTest {
  /** The memory of nfit_test's dax device is made up: each fault of a mapping fails. */
  @Tag("nfit")
  @Test
  void ofADaxDeviceThatHasLostItsMemory() throws IOException {
    assertFails(NfitTest.devdax().device(), 0);
  }

  @Tag("stock")
  @Test
  void ofAFileWithABadBlock(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), 16);
    disk.inject(FileExtent.page(file.path(), 3));
    assertFails(file.path(), 3L * Sectors.PAGE);
    byte[] written = new byte[Sectors.PAGE];
    write(file.path(), 4L * Sectors.PAGE, written);
    assertArrayEquals(written, file.read(4));
    assertArrayEquals(file.page(2), file.read(2));
  }

  private static void assertFails(Path path, long offset) {
    byte[] bytes = new byte[Sectors.PAGE];
    Pmem2Exception write = assertThrows(Pmem2Exception.class, () -> write(path, offset, bytes));
    assertEquals("EFAULT", write.errnoName(), write::toString);
    Pmem2Exception read = assertThrows(Pmem2Exception.class, () -> read(path, offset, bytes));
    assertEquals("EFAULT", read.errnoName(), read::toString);
  }

  private static void write(Path path, long offset, byte[] bytes) throws IOException {
    transfer(path, source -> Pmem2.mapWrite(source, ByteBuffer.wrap(bytes), offset, path));
  }

  private static void read(Path path, long offset, byte[] bytes) throws IOException {
    transfer(path, source -> Pmem2.mapRead(source, bytes, offset, path));
  }

  private interface Transfer {
    void with(long source) throws IOException;
  }

  /** A mapping can be written to even where it is only read. */
  private static void transfer(Path path, Transfer transfer) throws IOException {
    try (Descriptor open = Descriptor.open(path, Descriptor.Mode.READ, Descriptor.Mode.WRITE);
        Handle source = Pmem2.sourceFromFd(open.handle(), path)) {
      source.use(
          pointer -> {
            transfer.with(pointer);
            return null;
          });
    }
  }
}
