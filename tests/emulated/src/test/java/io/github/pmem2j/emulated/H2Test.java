package io.github.pmem2j.emulated;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A real database from a media error to the recovery of all rows. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class H2Test {
  private static final int ROWS = 5_000;
  private static final String ALL = ROWS + " of " + ROWS + " rows are intact\n";
  private static final Pattern EACH =
      Pattern.compile(
          "(\\d+) of " + ROWS + " rows are intact, (\\d+) cannot be read: (.*)\n", Pattern.DOTALL);
  private static final String POLICY = "pmem2j.h2.policy";

  /** What tests/emulated/compile has created: an emulated machine is slow at that. */
  private static final Path BACKUP = Command.JAR.resolveSibling(Accounts.file("accounts"));

  private Path database;
  private Path file;
  private long lost;

  private void create(Machine machine) throws IOException {
    database = machine.ext4(machine.disks().get(0).device()).resolve("accounts");
    file = Path.of(Accounts.file(database.toString()));
    Files.copy(BACKUP, file);
    Command.run("sync", file);
  }

  /** The medium loses a sector in the middle of the database. */
  private void strike(Machine machine) throws IOException {
    long page = Files.size(file) / 2 / Sectors.PAGE;
    lost = page * Sectors.PAGE + 2 * Sectors.SIZE;
    machine.disks().get(0).inject(new Sectors(FileExtent.page(file, page).first() + 2, 1));
  }

  private void repair() throws IOException {
    Command.Result repair = CommandLine.runAsProcess("repair", "--yes", "--from", BACKUP, file);
    // Restored, but nothing looks for other errors of this disk.
    assertEquals(3, repair.exitCode(), repair::output);
    assertEquals(-1, Files.mismatch(BACKUP, file));
    assertEquals(3, CommandLine.run("scan", file).exitCode());
    assertEquals(0, CommandLine.run("scan", "--trust-lists", file).exitCode());
    assertEquals(0, CommandLine.run("verify", file).exitCode());
  }

  @Test
  void mappedItFailsWithAnInternalError(Machine machine) throws IOException {
    create(machine);
    strike(machine);
    Command.Result failure = mapped("read");
    assertEquals(1, failure.exitCode(), failure::output);
    assertTrue(failure.output().contains("InternalError"), failure.output());

    Command.Result scan = CommandLine.run("scan", file);
    assertEquals(1, scan.exitCode(), scan::output);
    assertTrue(scan.output().contains(file + ": BAD, 512 bytes"), scan.output());
    assertTrue(scan.output().contains("the first at " + lost), scan.output());

    repair();
    assertEquals(ALL, mapped("read").output());
  }

  @Test
  void theDatabaseNamesWhatIsLostAndGetsItBack(Machine machine) throws IOException {
    create(machine);
    strike(machine);
    Command.Result refused = accounts("read");
    System.out.println(refused);
    assertEquals(1, refused.exitCode(), refused::output);
    String named = file + " has lost [" + lost + "+512]; restore that with: pmem2j repair --from";
    assertTrue(refused.output().lines().findFirst().orElse("").contains(named), refused.output());

    Command.Result salvaged = salvaging("each");
    System.out.println(salvaged);
    Matcher each = EACH.matcher(salvaged.output());
    assertTrue(each.matches(), salvaged.output());
    int missing = Integer.parseInt(each.group(2));
    assertEquals(ROWS, Integer.parseInt(each.group(1)) + missing);
    assertTrue(missing > 0 && missing < 400, salvaged.output());
    assertTrue(each.group(3).contains("lost: [" + lost + "+512]"), salvaged.output());

    repair();
    assertEquals(ALL, accounts("read").output());
  }

  @Test
  @Tag("nightly")
  void aSalvagedDatabaseCanBeWrittenTo(Machine machine) throws IOException {
    create(machine);
    strike(machine);
    for (int lines = 1000; lines <= 2000; lines += 1000) {
      Command.Result written = salvaging("write");
      System.out.println(written);
      assertEquals(0, written.exitCode(), written::toString);
      assertEquals(lines + " lines are written\n", written.output());
    }
    Matcher each = EACH.matcher(salvaging("each").output());
    assertTrue(each.matches());
    int missing = Integer.parseInt(each.group(2));
    assertEquals(ROWS, Integer.parseInt(each.group(1)) + missing);
    assertTrue(missing > 0 && missing < 400, missing + " rows are missing");
  }

  /** In this JVM, by the scheme pmem. */
  private Command.Result accounts(String what) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String[] words = {what, database.toString(), "pmem"};
    boolean good = Accounts.run(new PrintStream(out, true, UTF_8), words);
    return new Command.Result(List.of(words), good ? 0 : 1, out.toString(UTF_8), "");
  }

  private Command.Result salvaging(String what) {
    System.setProperty(POLICY, "salvage");
    try {
      return accounts(what);
    } finally {
      System.clearProperty(POLICY);
    }
  }

  /** In a JVM of its own, which may die of it, by a mapping. */
  private Command.Result mapped(String what) {
    List<Object> words = new ArrayList<>(Command.JAVA);
    words.addAll(List.of(Accounts.class.getName(), what, database, "nioMapped"));
    return Command.attempt(words.toArray());
  }
}
