package io.github.pmem2j.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.h2.FilePathPmem;
import io.github.pmem2j.lucene.BadFilePolicy;
import io.github.pmem2j.lucene.PmemDirectory;
import io.github.pmem2j.lucene.UnknownFilePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.h2.Driver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The adapters lose what the test kit damages, as they are. */
@ExtendWith(PmemExtension.class)
class AdaptersTest {
  private static final int ROWS = 200;

  @AfterEach
  void forgetThePolicy() {
    System.clearProperty(FilePathPmem.POLICY);
  }

  private static Connection connect(SimulatedPmem pmem) throws SQLException {
    // Not by DriverManager: a failure of the last driver that it tries would hide H2's own.
    return new Driver().connect("jdbc:h2:pmem:" + pmem.directory().resolve("db"), new Properties());
  }

  private static int readableRows(Connection database) {
    int readable = 0;
    for (int i = 0; i < ROWS; i++) {
      try (Statement statement = database.createStatement();
          ResultSet row = statement.executeQuery("SELECT line FROM t WHERE id = " + i)) {
        readable += row.next() ? 1 : 0;
      } catch (SQLException e) {
        assertTrue(e.getMessage().contains("lost: "), e.getMessage());
      }
    }
    return readable;
  }

  @Test
  void aDatabaseOfH2(SimulatedPmem pmem) throws Exception {
    FilePathPmem.register();
    try (Connection database = connect(pmem);
        Statement statement = database.createStatement()) {
      statement.execute("CREATE TABLE t(id INT PRIMARY KEY, line VARCHAR)");
      for (int i = 0; i < ROWS; i++) {
        statement.execute("INSERT INTO t VALUES (" + i + ", '" + random(i) + "')");
      }
      statement.execute("SHUTDOWN");
    }
    Path file = pmem.directory().resolve("db.mv.db");
    int row = Files.readString(file, ISO_8859_1).lastIndexOf(random(20));
    assertTrue(row > 0);
    pmem.damage(file, row, 512);
    SQLException refused = assertThrows(SQLException.class, () -> connect(pmem));
    assertTrue(refused.getMessage().contains("has lost"), refused.getMessage());

    System.setProperty(FilePathPmem.POLICY, "salvage");
    try (Connection database = connect(pmem)) {
      int readable = readableRows(database);
      assertTrue(readable > 0 && readable < ROWS, readable + " rows");
    }
    pmem.heal(file);
    try (Connection database = connect(pmem)) {
      assertEquals(ROWS, readableRows(database));
    }
  }

  private static String random(int seed) {
    return new Random(seed)
        .ints(1000, 'a', 'z' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static PmemDirectory open(SimulatedPmem pmem, BadFilePolicy policy) throws IOException {
    return new PmemDirectory(FSDirectory.open(pmem.directory()), policy, UnknownFilePolicy.REFUSE);
  }

  @Test
  void aDirectoryOfLucene(SimulatedPmem pmem) throws Exception {
    BlockingQueue<String> damaged = new LinkedBlockingQueue<>();
    byte[] read = new byte[4096];
    try (PmemDirectory directory = open(pmem, BadFilePolicy.REFUSE)) {
      directory.watch((name, report) -> damaged.add(name + " " + report.lost()));
      try (IndexOutput output = directory.createOutput("file", IOContext.DEFAULT)) {
        output.writeBytes(new byte[12_288], 12_288);
      }
      directory.openInput("file", IOContext.DEFAULT).close();
      pmem.damage(pmem.directory().resolve("file"), 5000, 1);
      assertEquals("file [4608+512]", damaged.poll(10, TimeUnit.SECONDS));
      CorruptIndexException e =
          assertThrows(
              CorruptIndexException.class, () -> directory.openInput("file", IOContext.DEFAULT));
      assertTrue(e.getMessage().contains("lost [4608+512]"), e.getMessage());
    }
    try (PmemDirectory directory = open(pmem, BadFilePolicy.SALVAGE);
        IndexInput input = directory.openInput("file", IOContext.DEFAULT)) {
      input.readBytes(read, 0, read.length);
      assertThrows(CorruptIndexException.class, input::readByte);
      input.seek(8192);
      input.readBytes(read, 0, read.length);
    }
  }
}
