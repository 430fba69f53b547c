package io.github.pmem2j.ignite;

import io.github.pmem2j.h2.FilePathPmem;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.jdbcx.JdbcDataSource;

/** Prints what refuses to open a database of H2 that has lost bytes, in a directory. */
final class RefusedDatabase {
  private RefusedDatabase() {}

  /** Asks H2 alone, then all of the drivers that there are. */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]).toRealPath();
    FilePathPmem.register();
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:pmem:" + directory.resolve("db"));
    try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t(id INT)");
        statement.execute("SHUTDOWN");
      }
      pmem.damage(directory.resolve("db.mv.db"), 0, 512);
      print("JdbcDataSource", database::getConnection);
      print("DriverManager", () -> DriverManager.getConnection(database.getURL()));
    }
  }

  private interface Connector {
    Connection connect() throws SQLException;
  }

  private static void print(String what, Connector connector) {
    try (Connection connection = connector.connect()) {
      System.out.println(what + ": connected to " + connection);
    } catch (SQLException | LinkageError e) {
      System.out.println(what + ": " + e);
    }
  }
}
