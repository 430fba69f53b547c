package io.github.pmem2j.cli;

import io.github.pmem2j.cli.html.Page;
import io.github.pmem2j.cli.json.ScanJson;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code demo [DIRECTORY]}: the other commands, on a file whose bad blocks are simulated. */
@Command(
    name = "demo",
    description = {
      "Shows scan, salvage and repair on a temporary file, and leaves a page that shows the damage."
          + " The device is simulated: no persistent memory and no root are needed."
    },
    footer = {"", "Exit code: 2 if it failed, else 0.", "", "Examples:", "  pmem2j demo"})
final class DemoCommand extends PmemCommand {
  private static final int PAGE = 4096;
  private static final int PAGES = 256;
  private static final int SECTOR = 512;
  private static final List<Integer> BAD_PAGES = List.of(40, 41, 150);

  @Parameters(
      paramLabel = "DIRECTORY",
      arity = "0..1",
      description =
          "Where to make the file: on ext4 or XFS. Without it, in the directory for temporary files,"
              + " else in this directory, else in /var/tmp.")
  private Path directory;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      defaultValue = "pmem2j-demo.html",
      description = "Replace this file by the page; ${DEFAULT-VALUE} if not given.")
  private Path page;

  /** Whether the place for the files is good, and the first command has been shown. */
  private boolean playing;

  @Override
  boolean hasJson() {
    return false;
  }

  @Override
  void run() throws IOException {
    if (json()) {
      throw usage("demo prints text for people, no JSON");
    }
    if (!new OutputFile(page, Page.BEGIN).ready(this, ScanJson::failed)) {
      err().println("Name another FILE with --html: the demo writes a page there.");
      return;
    }
    List<Path> places =
        directory != null
            ? List.of(directory)
            : List.of(
                Path.of(System.getProperty("java.io.tmpdir")), Path.of(""), Path.of("/var/tmp"));
    IOException failure = null;
    for (Path place : places) {
      Path scratch;
      try {
        scratch = Files.createTempDirectory(place.toAbsolutePath(), "pmem2j-demo");
      } catch (IOException e) {
        failure = e;
        continue;
      }
      try (SimulatedPmem pmem = SimulatedPmem.open(scratch)) {
        show(pmem);
        return;
      } catch (IOException e) {
        failure = e;
      } finally {
        delete(scratch);
      }
      if (playing) {
        break;
      }
    }
    printError(Failure.of(failure, places.get(0)), failure);
    if (!playing) {
      err().println("Name a DIRECTORY on ext4 or XFS that this user can write to.");
    }
    end(ExitCode.ERROR);
  }

  private void show(SimulatedPmem pmem) throws IOException {
    Path file = pmem.directory().resolve("ledger.db");
    Path backup = pmem.directory().resolve("backup.db");
    Path copy = pmem.directory().resolve("copy.db");
    byte[] content = new byte[PAGES * PAGE];
    new Random(PAGES).nextBytes(content);
    Files.write(file, content);
    Files.write(backup, content);
    for (int bad : BAD_PAGES) {
      pmem.damage(file, (long) bad * PAGE, SECTOR);
    }
    playing = true;
    say(
        "The device of this demo is SIMULATED: a file on this machine's own disk, and a list of bad");
    say("sectors in this process. ci/demo of the sources shows the same on the kernel's drivers.");
    say("Three sectors of a database file are lost to media errors:");
    play(ExitCode.BAD_BLOCKS, "scan", "--html", page, file);
    say("The page shows them: open " + page.toAbsolutePath() + " in a browser.");
    say(
        "Copy what can be read. On a simulated device a page with a bad sector is lost as a whole:");
    play(ExitCode.BAD_BLOCKS, "salvage", file, copy);
    say("Restore what is lost from the backup, and only that:");
    play(ExitCode.OK, "repair", "--yes", "--from", backup, file);
    play(ExitCode.OK, "scan", file);
    if (Files.mismatch(file, backup) != -1) {
      throw new IOException(file + ": not the same as its backup after the repair");
    }
    say("The file is the same as its backup again. The temporary files are removed.");
  }

  private void say(String text) {
    out().println("# " + Text.printable(text));
  }

  /** Runs a command as if it had been typed. */
  private void play(ExitCode expected, Object... words) throws IOException {
    String[] args = Stream.of(words).map(Object::toString).toArray(String[]::new);
    out().println("$ " + RootCommand.NAME + " " + Text.printable(String.join(" ", args)));
    int code = Main.execute(args, out(), err());
    if (code != expected.code()) {
      throw new IOException(args[0] + " ended with " + code + ", not with " + expected.code());
    }
    out().println();
  }

  private static void delete(Path scratch) throws IOException {
    List<Path> paths;
    try (Stream<Path> below = Files.walk(scratch)) {
      paths = below.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
