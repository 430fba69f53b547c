package io.github.pmem2j.emulated;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A program on H2 that checks its rows: {@code create FILE SCHEME}, {@code read} the table, or
 * {@code each} row by a statement of its own, or {@code write} to another table. The scheme is
 * H2's: {@code nioMapped} maps the file, {@code pmem} does not.
 */
public final class Accounts {
  private static final int ROWS = 5_000;
  private static final String FILL = "x".repeat(80);

  private Accounts() {}

  /** The file of a database. */
  public static String file(String database) {
    return database + ".mv.db";
  }

  /** Exits with 1 if the rows cannot be read, or have changed. */
  public static void main(String[] args) {
    if (!run(System.out, args)) {
      System.exit(1);
    }
  }

  /** Runs it in this JVM; false if the rows cannot be read, or have changed. */
  static boolean run(PrintStream out, String... args) {
    boolean writes = args[0].equals("create") || args[0].equals("write");
    // Read-only, so that not even H2's own tidying up makes the file differ from its backup.
    String url = "jdbc:h2:" + args[2] + ":" + args[1] + (writes ? "" : ";ACCESS_MODE_DATA=r");
    try (Connection database = DriverManager.getConnection(url)) {
      switch (args[0]) {
        case "create" -> create(database, out);
        case "read" -> read(database, out);
        case "each" -> readEach(database, out);
        case "write" -> write(database, out);
        default -> throw new IllegalArgumentException(args[0]);
      }
      return true;
    } catch (SQLException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        out.println(cause);
      }
      return false;
    }
  }

  private static void create(Connection database, PrintStream out) throws SQLException {
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
    read(database, out);
    // Leaves no unused pages, so that each page in the middle of the file holds rows.
    database.createStatement().execute("SHUTDOWN COMPACT");
  }

  private static void read(Connection database, PrintStream out) throws SQLException {
    int intact = 0;
    try (ResultSet row =
        database.createStatement().executeQuery("SELECT id, amount, note FROM account")) {
      while (row.next()) {
        boolean same = row.getLong(2) == amount(row.getInt(1)) && row.getString(3).equals(FILL);
        intact += same ? 1 : 0;
      }
    }
    out.println(intact + " of " + ROWS + " rows are intact");
    if (intact != ROWS) {
      throw new SQLException("rows are missing or wrong");
    }
  }

  private static void readEach(Connection database, PrintStream out) throws SQLException {
    int intact = 0;
    int lost = 0;
    String error = "";
    try (PreparedStatement query =
        database.prepareStatement("SELECT amount, note FROM account WHERE id = ?")) {
      for (int id = 0; id < ROWS; id++) {
        query.setInt(1, id);
        try (ResultSet row = query.executeQuery()) {
          boolean same =
              row.next() && row.getLong(1) == amount(id) && row.getString(2).equals(FILL);
          intact += same ? 1 : 0;
        } catch (SQLException e) {
          error = e.getMessage();
          lost++;
        }
      }
    }
    out.println(intact + " of " + ROWS + " rows are intact, " + lost + " cannot be read: " + error);
  }

  /** Adds lines to a table, one per transaction, and reads them. */
  private static void write(Connection database, PrintStream out) throws SQLException {
    Statement statement = database.createStatement();
    statement.execute("CREATE TABLE IF NOT EXISTS audit(line VARCHAR)");
    for (int line = 0; line < 1000; line++) {
      statement.execute("INSERT INTO audit VALUES ('" + FILL + "')");
    }
    try (ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM audit")) {
      count.next();
      out.println(count.getInt(1) + " lines are written");
    }
  }

  private static long amount(int id) {
    return Long.reverse(id * 0x9E3779B97F4A7C15L) ^ id;
  }
}
