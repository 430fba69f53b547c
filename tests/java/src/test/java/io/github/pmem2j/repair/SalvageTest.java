package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reading and copying files that are whole; damaged ones are on the emulated machine. */
class SalvageTest {
  private static final int HOLE = 8 << 20;

  private Path file;
  private Path copy;
  private byte[] content;

  @BeforeEach
  void make() throws IOException {
    Path root = FakeDisk.newDirectory("salvage");
    file = root.resolve("file");
    copy = root.resolve("copy");
    content = new byte[2 * HOLE + 700_001];
    new Random(1).nextBytes(content);
    Arrays.fill(content, 300_000, HOLE, (byte) 0);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content, 0, 300_000));
      channel.write(ByteBuffer.wrap(content, HOLE, content.length - HOLE), HOLE);
    }
  }

  @Test
  void readsAnyRangeToAnyBuffer() throws IOException {
    try (SalvageReader reader = SalvageReader.open(file)) {
      for (ByteBuffer buffer :
          List.of(ByteBuffer.allocate(600_000), ByteBuffer.allocateDirect(600_000))) {
        buffer.position(7);
        assertEquals(new ReadResult(599_993, RangeSet.empty()), reader.read(HOLE + 13, buffer));
        byte[] read = new byte[599_993];
        buffer.flip().position(7).get(read);
        assertArrayEquals(Arrays.copyOfRange(content, HOLE + 13, HOLE + 13 + read.length), read);
      }
      assertEquals(1, reader.readFully(content.length - 1, ByteBuffer.allocate(10)));
      assertEquals(0, reader.readFully(content.length, ByteBuffer.allocate(10)));
      assertThrows(IllegalArgumentException.class, () -> reader.read(-1, ByteBuffer.allocate(1)));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      assertEquals(content.length, reader.transferTo(0, Long.MAX_VALUE, all).length());
      assertArrayEquals(content, all.toByteArray());
    }
  }

  @Test
  void reportsNothingOnceClosed() throws IOException {
    SalvageReader reader = SalvageReader.open(file);
    assertEquals(content.length, reader.size());
    reader.close();
    assertThrows(IllegalStateException.class, reader::size);
    assertThrows(IllegalStateException.class, () -> reader.read(0, ByteBuffer.allocate(1)));
  }

  @Test
  void copiesAndLeavesHoles() throws IOException {
    Salvage salvage = Salvage.of(file, copy);
    assertEquals(
        new SalvageResult(content.length, RangeSet.empty(), Optional.empty()), salvage.run());
    assertArrayEquals(content, Files.readAllBytes(copy));
    long blocks = allocated(copy);
    assertTrue(blocks < content.length - HOLE / 2, () -> "allocated " + blocks);
    List<String> map = Files.readAllLines(salvage.mapFile());
    assertTrue(map.contains("0x00000000  0x%08X  +".formatted(content.length)), map.toString());
  }

  private static long allocated(Path path) throws IOException {
    try {
      Process du = new ProcessBuilder("du", "-B1", path.toString()).start();
      return Long.parseLong(new String(du.getInputStream().readAllBytes()).split("\\s")[0]);
    } catch (NumberFormatException e) {
      throw new IOException(e);
    }
  }

  @Test
  void goesOnWhereItWas() throws IOException {
    Salvage salvage = Salvage.of(file, copy);
    salvage.run();
    byte[] other = new byte[content.length];
    Files.write(copy, other);
    Files.write(
        salvage.mapFile(),
        List.of(
            "# by hand",
            "0x0 ? 1",
            "0x0 0x1000 ?",
            "0x1000 0x1000 +",
            "0x2000 0x1000 -",
            "0x3000 " + (content.length - 0x3000) + " ?"));
    salvage.withForeignMap().run();
    byte[] expected = content.clone();
    Arrays.fill(expected, 0x1000, 0x2000, (byte) 0);
    assertArrayEquals(expected, Files.readAllBytes(copy));
  }

  /** Whatever the map says of it. */
  @Test
  void copiesAgainWhatTheCopyHasLost() throws IOException {
    Salvage salvage = Salvage.of(file, copy);
    for (long left : new long[] {-1, 0, content.length - 1000}) {
      salvage.run();
      if (left < 0) {
        Files.delete(copy);
      } else {
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
          channel.truncate(left);
        }
      }
      salvage.run();
      assertArrayEquals(content, Files.readAllBytes(copy));
    }
  }

  @Test
  void overwritesNothing() throws IOException {
    Files.writeString(copy, "precious");
    assertThrows(FileAlreadyExistsException.class, () -> Salvage.of(file, copy).run());
    assertThrows(FileAlreadyExistsException.class, () -> Salvage.of(file, file).run());
    assertEquals("precious", Files.readString(copy));
  }

  @Test
  void goesOnWithNoOtherFile() throws IOException {
    Salvage.of(file, copy).run();
    Path other = Files.write(file.resolveSibling("other"), new byte[content.length]);
    Salvage ofOther = Salvage.of(other, copy);
    String map = Files.readString(ofOther.mapFile());
    String why = assertThrows(FileAlreadyExistsException.class, () -> ofOther.run()).getMessage();
    assertTrue(why.contains("inode was"), why);
    assertEquals(map, Files.readString(ofOther.mapFile()));
    assertArrayEquals(content, Files.readAllBytes(copy));
    Files.write(ofOther.mapFile(), map.replaceAll("# Source.*\n", "").getBytes());
    assertEquals(RangeSet.empty(), ofOther.withForeignMap().run().lost());
  }

  @Test
  void aTruncatedEndIsNotAHole() throws IOException {
    Salvage salvage = Salvage.of(file, copy);
    ProgressListener cut = progress -> truncate();
    IOException refused = assertThrows(IOException.class, () -> salvage.run(cut));
    assertTrue(refused.getMessage().contains("is shorter now"), refused.getMessage());
    assertFalse(Files.exists(copy));
    assertFalse(Files.exists(salvage.mapFile()));
  }

  /** A copy from which a repair would restore zeros there. */
  @Test
  void aTruncatedEndIsNotFinishedInTheSavedMap() throws IOException {
    Salvage salvage = Salvage.of(file, copy);
    ProgressListener cut =
        progress -> {
          if (progress.done() == HOLE) {
            truncate();
          }
        };
    IOException refused = assertThrows(IOException.class, () -> salvage.run(cut));
    assertTrue(refused.getMessage().contains("is shorter now"), refused.getMessage());
    List<String> map = Files.readAllLines(salvage.mapFile());
    assertTrue(map.get(map.size() - 1).endsWith("?"), map::toString);
  }

  private void truncate() {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(HOLE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
