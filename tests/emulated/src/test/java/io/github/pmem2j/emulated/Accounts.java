package io.github.pmem2j.emulated;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A program on H2, which knows what its rows should be: {@code create FILE} or {@code read FILE}.
 * The database maps its file ({@code nioMapped}), as one does on persistent memory.
 */
public final class Accounts {
  private static final int ROWS = 20_000;
  private static final String FILL = "x".repeat(80);

  private Accounts() {}

  /** What H2 keeps a database in. */
  public static String file(String database) {
    return database + ".mv.db";
  }

  /** Its exit code is 1 if the rows cannot be read, or are not what they were. */
  public static void main(String[] args) {
    // Read-only, so that not even H2's own tidying up makes the file differ from its backup.
    String access = args[0].equals("create") ? "" : ";ACCESS_MODE_DATA=r";
    String url = "jdbc:h2:nioMapped:" + args[1] + access;
    try (Connection database = DriverManager.getConnection(url)) {
      if (args[0].equals("create")) {
        create(database);
      }
      read(database);
      if (args[0].equals("create")) {
        // Leaves no unused pages, so that each page in the middle of the file holds rows.
        database.createStatement().execute("SHUTDOWN COMPACT");
      }
    } catch (SQLException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        System.out.println(cause);
      }
      System.exit(1);
    }
  }

  private static void create(Connection database) throws SQLException {
    database
        .createStatement()
        .execute("CREATE TABLE account(id INT PRIMARY KEY, amount BIGINT, note VARCHAR)");
    database.setAutoCommit(false);
    try (PreparedStatement insert =
        database.prepareStatement("INSERT INTO account VALUES (?, ?, ?)")) {
      for (int id = 0; id < ROWS; id++) {
        insert.setInt(1, id);
        insert.setLong(2, amount(id));
        insert.setString(3, FILL);
        insert.addBatch();
        if (id % 1000 == 999) {
          insert.executeBatch();
        }
      }
    }
    database.commit();
  }

  private static void read(Connection database) throws SQLException {
    int intact = 0;
    try (ResultSet row =
        database.createStatement().executeQuery("SELECT id, amount, note FROM account")) {
      while (row.next()) {
        boolean same = row.getLong(2) == amount(row.getInt(1)) && row.getString(3).equals(FILL);
        intact += same ? 1 : 0;
      }
    }
    System.out.println(intact + " of " + ROWS + " rows are intact");
    if (intact != ROWS) {
      throw new SQLException("rows are missing or wrong");
    }
  }

  private static long amount(int id) {
    return Long.reverse(id * 0x9E3779B97F4A7C15L) ^ id;
  }
}
