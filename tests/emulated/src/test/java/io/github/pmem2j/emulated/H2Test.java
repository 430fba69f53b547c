package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A whole story in a real database: an error strikes it, and it gets all of its rows back. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class H2Test {
  @Test
  void theDatabaseGetsItsRowsBack(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path database = machine.ext4(disk.device()).resolve("accounts");
    Path file = Path.of(Accounts.file(database.toString()));
    assertEquals(0, accounts("create", database).exitCode());
    Path backup = Files.copy(file, Files.createTempDirectory("backup").resolve("accounts.mv.db"));

    long page = Files.size(file) / 2 / Sectors.PAGE;
    disk.inject(new Sectors(FileExtent.page(file, page).first() + 2, 1));

    Command.Result failure = accounts("read", database);
    assertEquals(1, failure.exitCode(), failure::output);
    assertTrue(failure.output().contains("InternalError"), failure.output());

    Command.Result scan = CommandLine.run("scan", file);
    assertEquals(1, scan.exitCode(), scan::output);
    String first = "the first at " + (page * Sectors.PAGE + 2 * Sectors.SIZE);
    assertTrue(scan.output().contains(file + ": BAD, 512 bytes"), scan.output());
    assertTrue(scan.output().contains(first), scan.output());

    Command.Result repair = CommandLine.run("repair", "--yes", "--from", backup, file);
    assertEquals(0, repair.exitCode(), repair::output);

    Command.Result good = accounts("read", database);
    assertEquals(0, good.exitCode(), good::output);
    assertEquals("20000 of 20000 rows are intact\n", good.output());
    assertEquals(-1, Files.mismatch(backup, file));
    assertEquals(0, CommandLine.run("scan", file).exitCode());
  }

  /** In a JVM of its own, which may die of it. */
  private static Command.Result accounts(String what, Path database) {
    List<Object> words = new ArrayList<>(Command.JAVA);
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.addAll(List.of(Accounts.class.getName(), what, database));
    return Command.attempt(words.toArray());
  }
}
