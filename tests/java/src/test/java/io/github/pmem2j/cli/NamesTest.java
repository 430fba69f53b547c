package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command finds files by names that are rare, and shows them safely. */
@Tag("slow")
class NamesTest {
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java") + " -XX:TieredStopAtLevel=1 -jar ";

  @TempDir private Path directory;

  /** With names of 240 and 255 bytes, of a line's end, of no UTF-8, like options and @ files. */
  @BeforeEach
  void makeFiles() throws IOException {
    String script =
        """
        n=$(printf '%0240d' 0); echo 1 >$n; echo 1 >"${n}012345678901234"
        echo 1 >"$(printf 'a\\nb')"; echo 1 >"$(printf 'caf\\351')"; echo 1 >--json; echo 1 >@a
        """;
    assertEquals("", sh(script).err());
  }

  private Result sh(String script) throws IOException {
    return FatJar.execute(
        Map.of("LC_ALL", "C.UTF-8", "LD_LIBRARY_PATH", ""),
        List.of("sh", "-c", "cd " + directory + "\n" + script));
  }

  @ParameterizedTest
  @ValueSource(strings = {"scan", "verify", "list", "watch"})
  void commandsOfManyPaths(String command) throws IOException {
    Result result = sh(JAVA + FatJar.path() + " " + command + " --json -- *");
    assertEquals(6, result.lines().size(), result.out() + result.err());
    for (String name :
        List.of("\"--json\"", "\"@a\"", "\"a\\nb\"", "\"caf\\udce9\"", "012345678901234\"")) {
      assertTrue(result.out().contains("\"path\":" + name) || result.out().contains(name), name);
    }
    assertFalse(result.out().contains("\"error\""), result.out());
    assertFalse(result.out().contains("\uFFFD"), result.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"repair --zero --yes", "clear --yes"})
  void commandsOfOnePath(String command) throws IOException {
    String loop =
        "for f in *; do " + JAVA + FatJar.path() + " " + command + " --json -- \"$f\"; done";
    Result result = sh(loop);
    assertEquals(6, result.lines().size(), result.out() + result.err());
    assertFalse(result.out().contains("\"error\""), result.out());
  }

  @Test
  void salvage() throws IOException {
    Result result =
        sh(
            "for f in *json ?a a* caf* *0; do %s salvage -- \"$f\" \"copy of $f\" && cmp -- \"$f\" \"copy of $f\"; done"
                .formatted(JAVA + FatJar.path()));
    assertEquals(
        5,
        result.out().lines().filter(l -> l.contains("can be read")).count(),
        result.out() + result.err());
    assertEquals("", result.err());
  }

  /** Also of a file that exists: a library that joins the names finds it, the kernel does not. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "scan PATH",
        "scan -r PATH",
        "scan --html PATH @a",
        "scan --mapfile PATH @a",
        "scan --openmetrics PATH @a",
        "verify PATH",
        "list PATH",
        "watch PATH",
        "status PATH",
        "scrub PATH",
        "clear --yes PATH",
        "repair --zero --yes PATH",
        "repair --yes --from PATH @a",
        "repair --zero --yes --journal PATH @a",
        "salvage PATH copy",
        "salvage @a PATH",
        "salvage @a copy --map PATH"
      })
  void aPathOverTheLimit(String command) throws IOException {
    for (String name : List.of("@a", "none")) {
      Path path = directory.resolve("./".repeat(2500) + name);
      Object[] words =
          Stream.of(command.split(" "))
              .map(word -> word.replaceAll("^PATH$", path.toString()))
              .map(word -> word.matches("@a|copy") ? directory.resolve(word) : word)
              .toArray();
      Result result = FatJar.run(words);
      assertEquals(ExitCodes.ERROR, result.code(), result.out());
      assertTrue(result.err().matches("(?s).*(ENAMETOOLONG|File name too long).*"), result.err());
      assertTrue(result.err().contains("A name may have 255 bytes, and a path 4095"), result.err());
      assertFalse(Files.exists(directory.resolve("copy")), command);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify",
        "list",
        "repair --zero --yes",
        "clear --yes",
        "scan",
        "watch",
        "status",
        "scrub",
        "salvage",
        "repair --yes --from"
      })
  void aSocket(String command) throws IOException {
    Path socket = directory.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      List<Object> words = new ArrayList<>(List.of(command.split(" ")));
      words.add(socket);
      if (command.equals("salvage") || command.endsWith("--from")) {
        words.add(directory.resolve("@a"));
      }
      Result result = FatJar.run(words.toArray());
      int code = command.equals("watch") ? ExitCodes.UNKNOWN : ExitCodes.ERROR;
      assertEquals(code, result.code(), result.err());
      assertTrue(result.err().contains("ame a regular file"), result.err());
    }
  }

  @Test
  void aPipeIsNotWatched() throws IOException {
    assertEquals(0, sh("mkfifo pipe").code());
    Path pipe = directory.resolve("pipe");
    Result result = FatJar.run("watch", pipe);
    String expected = "may miss errors: %s: finding its device: name a ".formatted(pipe);
    assertTrue(result.err().startsWith(expected), result.err());
    assertEquals(ExitCodes.UNKNOWN, result.code());
  }

  /** A limit below the copy's size, and above that of the native library. */
  @Test
  void aCopyAboveTheFileSizeLimit() throws IOException {
    Result result =
        sh(
            "head -c 9M /dev/zero >big; ulimit -f 4000; "
                + JAVA
                + FatJar.path()
                + " salvage big copy");
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains("EFBIG"), result.err());
    assertTrue(result.err().contains("ulimit -f"), result.err());
  }

  @Test
  void aMessageIsCutShort() throws IOException {
    Result result = FatJar.run("scan", "--", "x".repeat(100_000));
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().length() < 11_000, "printed whole");
    assertTrue(result.err().contains("xx [...] xx"), "cut");
  }

  /** Where the locale has digits of its own, they are for people who write, not for files. */
  @Test
  void numbersAreAscii() throws IOException {
    String java =
        JAVA.replace(" -jar ", " -Duser.language=ar -Duser.country=EG -jar ") + FatJar.path();
    Result result =
        sh(
            "%s salvage @a copy && cat copy.map && %s repair --dry-run --zero @a && %s scan -r ."
                .formatted(java, java, java));
    assertTrue(result.out().contains("0x00000000"), result.out() + result.err());
    assertTrue(result.out().codePoints().noneMatch(c -> c >= 0x660 && c <= 0x669), result.out());
  }
}
