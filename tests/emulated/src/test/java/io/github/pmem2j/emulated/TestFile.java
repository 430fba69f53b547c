package io.github.pmem2j.emulated;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/**
 * A file of known content, in pages.
 *
 * @param path its path
 * @param content the bytes that were written
 */
record TestFile(Path path, byte[] content) {

  /** Writes and syncs random bytes. */
  static TestFile create(Path path, int pages) throws IOException {
    byte[] content = new byte[pages * Sectors.PAGE];
    new Random(pages).nextBytes(content);
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content));
      channel.force(true);
    }
    return new TestFile(path, content);
  }

  /** The bytes that were written to a page. */
  byte[] page(int number) {
    return Arrays.copyOfRange(content, number * Sectors.PAGE, (number + 1) * Sectors.PAGE);
  }

  /** Reads a page from the file. */
  byte[] read(int number) throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      ByteBuffer page = ByteBuffer.allocate(Sectors.PAGE);
      channel.read(page, (long) number * Sectors.PAGE);
      return page.array();
    }
  }

  /** Reads a page through a mapping of the file. */
  byte[] mappedRead(int number) throws IOException {
    return read(map(), number);
  }

  /**
   * Reads a page through a mapping, which must fail. The JVM may throw the error late, in an
   * unrelated call. So nothing else happens meanwhile: if it came during the close of a file, the
   * descriptor would leak.
   */
  InternalError mappedReadError(int number) throws IOException {
    MappedByteBuffer map = map();
    try {
      read(map, number);
      Sysfs.await("the error of a mapped read", () -> false);
      throw new AssertionError("unreachable");
    } catch (InternalError e) {
      return e;
    }
  }

  private MappedByteBuffer map() throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  private static byte[] read(MappedByteBuffer map, int number) {
    byte[] page = new byte[Sectors.PAGE];
    map.get(number * Sectors.PAGE, page);
    return page;
  }

  int pages() throws IOException {
    return Math.toIntExact(Files.size(path) / Sectors.PAGE);
  }
}
