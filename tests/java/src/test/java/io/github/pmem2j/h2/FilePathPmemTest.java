package io.github.pmem2j.h2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Properties;
import java.util.stream.Stream;
import org.h2.Driver;
import org.h2.message.DbException;
import org.h2.store.fs.FilePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases on this machine's own disk, by the file system pmem:. */
class FilePathPmemTest {
  @TempDir Path directory;

  @AfterEach
  void forgetThePolicy() {
    System.clearProperty(FilePathPmem.POLICY);
  }

  private Connection connect(String scheme) throws SQLException {
    return DriverManager.getConnection("jdbc:h2:" + scheme + ":" + directory.resolve("db"));
  }

  /** Not by DriverManager: a failure of the last driver that it tries would hide H2's own. */
  private SQLException refused(String scheme) {
    String url = "jdbc:h2:" + scheme + ":" + directory.resolve("db");
    FilePathPmem.register();
    return assertThrows(
        SQLException.class, () -> new Driver().connect(url, new Properties()).close());
  }

  @ParameterizedTest
  @ValueSource(strings = {"refuse", "salvage"})
  void aDatabaseIsWrittenAndReadAgain(String policy) throws Exception {
    System.setProperty(FilePathPmem.POLICY, policy);
    for (int rows = 1000; rows <= 2000; rows += 1000) {
      try (Connection database = connect("pmem");
          Statement statement = database.createStatement()) {
        statement.execute("CREATE TABLE IF NOT EXISTS t(line VARCHAR)");
        for (int i = 0; i < 1000; i++) {
          statement.execute("INSERT INTO t VALUES ('" + "x".repeat(500) + "')");
        }
        ResultSet count = statement.executeQuery("SELECT COUNT(*), MIN(line) FROM t");
        assertTrue(count.next());
        assertEquals(rows, count.getInt(1));
        assertEquals("x".repeat(500), count.getString(2));
      }
    }
    try (Connection database = connect("pmem")) {
      database.createStatement().execute("SHUTDOWN DEFRAG");
    }
    try (Connection database = connect("file")) {
      ResultSet count = database.createStatement().executeQuery("SELECT COUNT(*) FROM t");
      assertTrue(count.next());
      assertEquals(2000, count.getInt(1));
    }
  }

  @Test
  void theFileIsLocked() throws Exception {
    try (Connection database = connect("pmem");
        FileChannel file =
            FileChannel.open(directory.resolve("db.mv.db"), StandardOpenOption.WRITE)) {
      assertTrue(database.isValid(1));
      assertThrows(OverlappingFileLockException.class, file::tryLock);
    }
  }

  @Test
  void itDoesNotTakePrecedenceOverAMapping() {
    SQLException e = refused("pmem:nioMapped");
    assertTrue(causes(e).contains("pmem: goes before a path of the disk"), causes(e));
  }

  @Test
  void aDatabaseMayBeInParts() throws Exception {
    try (Connection database = connect("split:pmem")) {
      database.createStatement().execute("CREATE TABLE t(line VARCHAR)");
    }
    assertTrue(Files.exists(directory.resolve("db.mv.db")));
    try (Connection database = connect("split:pmem")) {
      database.createStatement().execute("SELECT * FROM t");
    }
  }

  @Test
  void anUnknownPolicyIsNamed() {
    System.setProperty(FilePathPmem.POLICY, "ignore");
    SQLException e = refused("pmem");
    assertTrue(causes(e).contains("pmem2j.h2.policy is ignore"), causes(e));
  }

  @ParameterizedTest
  @ValueSource(strings = {"refuse", "salvage"})
  void zerosOfAnInterruptedRepairAreNotReadAsData(String policy) throws Exception {
    System.setProperty(FilePathPmem.POLICY, policy);
    connect("pmem").close();
    Path file = directory.resolve("db.mv.db");
    Path journal = file.resolveSibling(".db.mv.db.pmem2j-repair"); // is missing
    Files.setAttribute(
        file, "user:pmem2j.repair", ByteBuffer.wrap(journal.toString().getBytes(UTF_8)));
    SQLException e = refused("pmem");
    assertTrue(causes(e).contains("an interrupted repair may have left zeros"), causes(e));
    assertTrue(causes(e).contains(journal.toString()), causes(e));
    FilePath name = FilePath.get("pmem:" + file);
    DbException backup = assertThrows(DbException.class, () -> name.newInputStream().close());
    assertTrue(backup.getMessage().contains("an interrupted repair may have left zeros"));
  }

  /** As the tool Backup reads a database. */
  @Test
  void aStreamFollowsThePolicyToo() throws Exception {
    FilePathPmem.register();
    byte[] content = "0123456789abcdef".repeat(1024).getBytes(UTF_8);
    Path file = Files.write(directory.resolve("file"), content);
    FilePath name = FilePath.get("pmem:" + file);
    try (InputStream in = name.newInputStream()) {
      assertArrayEquals(content, in.readAllBytes());
    }
    try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      pmem.damage(file, 8192, 512);
      assertThrows(DbException.class, () -> name.newInputStream().close());
      System.setProperty(FilePathPmem.POLICY, "salvage");
      try (InputStream in = name.newInputStream()) {
        assertArrayEquals(Arrays.copyOf(content, 4096), in.readNBytes(4096));
        assertThrows(IOException.class, in::readAllBytes);
      }
    }
    assertThrows(NoSuchFileException.class, () -> FilePath.get("pmem:/none").newInputStream());
  }

  /** Under the policy that reads what is left. */
  private Path fileToSalvage() throws IOException {
    System.setProperty(FilePathPmem.POLICY, "salvage");
    FilePathPmem.register();
    return Files.write(directory.resolve("file"), new byte[16_384]);
  }

  @Test
  void whatIsCutOffIsNotLostWhenTheFileGrowsAgain() throws Exception {
    Path file = fileToSalvage();
    try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      pmem.damage(file, 8192, 512);
      try (FileChannel channel = FilePath.get("pmem:" + file).open("rw")) {
        ByteBuffer page = ByteBuffer.allocate(4096);
        assertThrows(IOException.class, () -> channel.read(page, 8192));
        channel.truncate(4096);
        channel.write(ByteBuffer.allocate(4096), 12_288);
        assertEquals(4096, channel.read(page.clear(), 8192));
      }
    }
  }

  /** An interrupt of the thread closes the file below: whoever holds the channel must see that. */
  @Test
  void anInterruptClosesTheChannelAndItsReader() throws Exception {
    Path file = fileToSalvage();
    try (FileChannel channel = FilePath.get("pmem:" + file).open("rw")) {
      assertEquals(2, descriptors(file)); // That of the reader, too.
      channel.tryLock(0, Long.MAX_VALUE, false);
      Thread.currentThread().interrupt();
      assertThrows(
          ClosedByInterruptException.class, () -> channel.read(ByteBuffer.allocate(4096), 0));
      assertTrue(Thread.interrupted());
      assertFalse(channel.isOpen());
      assertThrows(ClosedChannelException.class, channel::size);
      assertEquals(0, descriptors(file));
    }
  }

  @Test
  void aReadOfLostBytesAfterTheEndFindsTheChannelClosed() throws Exception {
    Path file = fileToSalvage();
    try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      pmem.damage(file, 8192, 512);
      FileChannel channel = FilePath.get("pmem:" + file).open("r");
      channel.close();
      ByteBuffer rest = ByteBuffer.allocate(512);
      assertThrows(ClosedChannelException.class, () -> channel.read(rest, 8704));
      assertThrows(ClosedChannelException.class, () -> channel.read(rest, 8192));
    }
  }

  /** H2 reopens the file and locks it: no descriptor of before may be closed after that. */
  @Test
  void aFileReopenedAfterAnInterruptIsLocked() throws Exception {
    Path file = fileToSalvage();
    try (FileChannel channel = FilePath.get("retry:pmem:" + file).open("rw")) {
      channel.tryLock(0, Long.MAX_VALUE, false);
      Thread.currentThread().interrupt();
      assertEquals(4096, channel.read(ByteBuffer.allocate(4096), 0));
      assertEquals(2, descriptors(file));
    }
  }

  static long descriptors(Path file) throws IOException {
    Path real = file.toRealPath();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(each -> real.equals(target(each))).count();
    }
  }

  /** Null if it was closed meanwhile. */
  private static Path target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor);
    } catch (IOException e) {
      return null;
    }
  }

  static String causes(Throwable error) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      text.append(cause).append('\n');
    }
    return text.toString();
  }
}
