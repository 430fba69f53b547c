import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A database in miniature: fixed rows in a mapped file, each with its number and a check sum. */
public final class Ledger {
  private static final int ROW = 64;
  private static final int ROWS = 1 << 16;

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[1]);
    switch (args[0]) {
      case "create" -> create(file);
      case "read" -> read(file);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static long checksum(long number) {
    return Long.reverse(number * 0x9E3779B97F4A7C15L) ^ number;
  }

  private static void create(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      MappedByteBuffer rows = channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) ROW * ROWS);
      for (int i = 0; i < ROWS; i++) {
        rows.putLong(i * ROW, i + 1L);
        rows.putLong(i * ROW + 8, checksum(i + 1L));
      }
      rows.force();
      System.out.println(ROWS + " rows written");
    }
  }

  private static void read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MappedByteBuffer rows = channel.map(FileChannel.MapMode.READ_ONLY, 0, (long) ROW * ROWS);
      int good = 0;
      for (int i = 0; i < ROWS; i++) {
        long number = rows.getLong(i * ROW);
        good += number == i + 1L && rows.getLong(i * ROW + 8) == checksum(number) ? 1 : 0;
      }
      System.out.println(good + " of " + ROWS + " rows are intact");
    }
  }
}
