package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node whose page store has lost a sector: who names it, and where. */
@Tag("stock")
@Tag("nightly")
@ExtendWith(MachineExtension.class)
class IgniteTest {
  private static final Pattern DAMAGED =
      Pattern.compile("^damaged: (.* lost \\[.*\\])$", Pattern.MULTILINE);

  private static final Pattern INTACT =
      Pattern.compile("^(\\d+) rows are intact$", Pattern.MULTILINE);

  private static final Path IGNITE = Command.JAR.resolveSibling("ignite");

  @Test
  void theScanAndTheFailureHandlerNameTheFileAndTheRange(Machine machine) throws IOException {
    Path mount = machine.ext4(machine.disks().get(0).device());
    Command.run("cp", "-r", IGNITE.resolve("store"), mount);
    Command.Result node = node(mount.resolve("store"));
    assertEquals(0, node.exitCode(), node::toString);
    String named = IgniteNode.DAMAGED + ", " + find(DAMAGED, node);
    String scan = "\n1 node: BAD\nnode [127.0.0.1]: BAD, SCANNED, ";
    assertTrue(node.output().contains(scan), node::toString);
    assertTrue(node.output().contains("\n  " + named + "\n"), node::toString);
    assertTrue(
        node.errors().contains("bad blocks of persistent memory caused this failure: " + named),
        node::toString);
    assertTrue(node.output().contains("\nmetric: " + named), node::toString);
    int rows = Integer.parseInt(find(INTACT, node));
    assertTrue(rows >= IgniteNode.ROWS / 2 && rows < IgniteNode.ROWS, node::toString);
    System.out.println(named + "; " + rows + " of " + IgniteNode.ROWS + " rows are intact");
  }

  private static String find(Pattern pattern, Command.Result node) {
    Matcher matcher = pattern.matcher(node.output());
    assertTrue(matcher.find(), node::toString);
    return matcher.group(1);
  }

  /** In a JVM of its own, with the options and the libraries that it needs. */
  private static Command.Result node(Path directory) throws IOException {
    List<Object> words = new ArrayList<>(Command.JAVA);
    words.set(words.size() - 1, Files.readString(IGNITE.resolve("class-path")).strip());
    words.add("-XX:SharedArchiveFile=" + IGNITE.resolve("classes.jsa"));
    words.add("@" + IGNITE.resolve("options"));
    words.addAll(List.of("-Xmx512m", "-DIGNITE_UPDATE_NOTIFIER=false"));
    words.add("-DIGNITE_DUMP_THREADS_ON_FAILURE=false");
    words.addAll(List.of(IgniteNode.class.getName(), "read", directory));
    return Command.attempt(words.toArray());
  }
}
