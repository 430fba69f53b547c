package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Sysfs;
import io.github.pmem2j.testkit.FakeSysfs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A device that is replaced by another of the same name when a scan has read its start, and not its
 * size yet: a pipe in place of the size shows when it is read.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplacedDeviceTest {
  /** The one sector that is bad: behind the old device and before the new one. */
  private static final int BAD = 150;

  @TempDir private Path temporary;

  private FakeSysfs sysfs;
  private StackResolver resolver;
  private final AtomicInteger reads = new AtomicInteger();

  @BeforeEach
  void make() throws IOException {
    sysfs = new FakeSysfs(temporary.resolve("sys"));
    resolver = new StackResolver(Host.local().withSys(sysfs.root()));
  }

  /** Resolves a device; when its size is read, its start becomes another, and so does the size. */
  private DeviceStack resolve(Path size, Path start, String newStart, Callable<DeviceStack> device)
      throws Exception {
    Files.delete(size);
    makePipe(size);
    AtomicBoolean resolved = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              while (!resolved.get()) {
                // Opens once it is open to be read. The next reading has a pipe of its own.
                try (OutputStream out = Files.newOutputStream(size)) {
                  makePipe(size);
                  Files.writeString(start, newStart + "\n");
                  reads.incrementAndGet();
                  out.write("102400\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    writer.start();
    try {
      return device.call();
    } finally {
      resolved.set(true);
      // Lets the writer open its pipe a last time.
      try (RandomAccessFile reader = new RandomAccessFile(size.toFile(), "rw")) {
        assertTrue(reader.getFD().valid());
        writer.join();
      }
    }
  }

  /** Puts a new pipe in the place of a file. */
  private static void makePipe(Path path) throws IOException {
    Path made = path.resolveSibling("pipe");
    try {
      assertEquals(0, new ProcessBuilder("mkfifo", made.toString()).start().waitFor());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aPartition() throws Exception {
    sysfs.disk("259:0", "pmem0", BAD + " 1\n");
    Path part = sysfs.partition("259:1", "pmem0", "pmem0p1", 100, 20);
    DeviceStack stack =
        resolve(
            part.resolve("size"),
            part.resolve("start"),
            "500",
            () -> resolver.resolve(Sysfs.parseDeviceNumber("259:1")));
    assertEquals(List.of(), stack.reasons());
    assertTrue(stack.bad().isEmpty(), () -> "start of the one and size of the other: " + stack);
    assertTrue(reads.get() > 2, reads::toString);
  }

  /** Whose place in its region is found in the same way. */
  @Test
  void aDaxDevice() throws Exception {
    String dax = FakeSysfs.REGION + "/dax0.0/dax0.0";
    sysfs.write(FakeSysfs.REGION + "/resource", "0x10000000\n");
    sysfs.write(FakeSysfs.REGION + "/badblocks", BAD + " 1\n");
    Path device = sysfs.device("char", "252:0", dax, "size", 20 * 512 + "\n");
    sysfs.write(dax + "/resource", resource(100) + "\n");
    DeviceStack stack =
        resolve(
            device.resolve("size"),
            device.resolve("resource"),
            resource(500),
            () -> resolver.resolveDax(Sysfs.parseDeviceNumber("252:0")));
    assertEquals(List.of(), stack.reasons());
    assertTrue(stack.bad().isEmpty(), () -> "start of the one and size of the other: " + stack);
    assertTrue(reads.get() > 2, reads::toString);
  }

  private static String resource(long sector) {
    return "0x" + Long.toHexString(0x10000000 + sector * 512);
  }
}
