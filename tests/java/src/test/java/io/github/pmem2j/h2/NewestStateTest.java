package io.github.pmem2j.h2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.testkit.SimulatedPmem;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that has lost a page, whichever, is never opened in an older state. */
class NewestStateTest {
  private static final int STATES = 4;
  private static final int ROWS = 60;
  private static final String NEWEST = STATES * ROWS + " rows of state " + STATES;

  @TempDir Path directory;

  @AfterEach
  void forgetThePolicy() {
    System.clearProperty(FilePathPmem.POLICY);
  }

  private Connection connect(String name) throws SQLException {
    return connect("pmem", name);
  }

  private Connection connect(String scheme, String name) throws SQLException {
    FilePathPmem.register();
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:" + scheme + ":" + directory.resolve(name));
    return database.getConnection();
  }

  /** Leaves several states in the file, as a power cut does if {@code killed}. */
  private Path write(boolean killed) throws Exception {
    Path file = directory.resolve("db.mv.db");
    Path copy = directory.resolve("copy");
    for (int state = 1; state <= STATES; state++) {
      try (Connection database = connect("db");
          Statement statement = database.createStatement()) {
        statement.execute(
            "CREATE TABLE IF NOT EXISTS t(id INT PRIMARY KEY, state INT, pad VARCHAR)");
        for (int i = 0; i < ROWS; i++) {
          int id = state * 1000 + i;
          statement.execute("INSERT INTO t VALUES(" + id + ", 0, '" + "x".repeat(200) + "')");
        }
        statement.execute("UPDATE t SET state = " + state);
        statement.execute("CHECKPOINT SYNC");
        if (killed && state == STATES) {
          Files.copy(file, copy);
        }
        statement.execute(state < STATES ? "SHUTDOWN IMMEDIATELY" : "SHUTDOWN");
      }
    }
    return killed ? copy : Files.move(file, copy);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isFoundOrTheDatabaseIsRefused(boolean killed) throws Exception {
    Path source = write(killed);
    System.setProperty(FilePathPmem.POLICY, "salvage");
    int refused = 0;
    int opened = 0;
    for (long page = 0; page < Files.size(source); page += 4096) {
      Path file = Files.copy(source, directory.resolve("page" + page + ".mv.db"));
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true); // Gives it its blocks.
      }
      try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
        pmem.damage(file, page, 4096);
        try {
          assertEquals(NEWEST, state("page" + page), "without page " + page);
          opened++;
        } catch (SQLException e) {
          assertTrue(FilePathPmemTest.causes(e).contains(file + " has lost ["), e::toString);
          refused++;
        }
      }
      assertEquals(0, FilePathPmemTest.descriptors(file), "after the loss of page " + page);
    }
    assertTrue(opened > 0 && refused > 0, opened + " and " + refused);
  }

  @Test
  void theOtherPartsOfARefusedDatabaseAreClosed() throws Exception {
    String scheme = "split:13:pmem"; // parts of 8 KiB
    connect(scheme, "db").close();
    Path first = directory.resolve("db.mv.db");
    Path second = directory.resolve("db.mv.db.1.part");
    System.setProperty(FilePathPmem.POLICY, "salvage");
    try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      pmem.damage(first, 0, 512);
      SQLException e = assertThrows(SQLException.class, () -> connect(scheme, "db").close());
      assertTrue(e.getMessage().contains(first + " has lost [0+512]"), e::toString);
      assertEquals(0, FilePathPmemTest.descriptors(second));
    }
  }

  private String state(String name) throws SQLException {
    try (Connection database = connect(name);
        Statement statement = database.createStatement();
        ResultSet found = statement.executeQuery("SELECT COUNT(*), MIN(state) FROM t")) {
      assertTrue(found.next());
      return found.getInt(1) + " rows of state " + found.getInt(2);
    }
  }
}
