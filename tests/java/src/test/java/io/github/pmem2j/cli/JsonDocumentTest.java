package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.ScriptedNdctl;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.device.BadBlockOwner;
import io.github.pmem2j.repair.RepairedRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/json.md says what the commands print, and the commands print what it says. */
class JsonDocumentTest {
  private static final Pattern EXAMPLE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ROW =
      Pattern.compile("^\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$", Pattern.MULTILINE);

  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  private final JsonTypes types = new JsonTypes();
  private final Map<String, String> sections = new LinkedHashMap<>();

  @BeforeEach
  void read() throws IOException {
    Path root = Path.of(System.getProperty("io.github.pmem2j.test.root", "."));
    String text = Files.readString(root.resolve("docs/json.md"));
    for (String section : text.split("(?m)^## ")) {
      sections.put(section.lines().findFirst().orElse("").strip(), section);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scan", "list", "clear", "verify", "salvage", "repair", "watch", "scrub", "doctor"
      })
  void everyFieldIsDocumented(String command) {
    Map<String, String> absent = new LinkedHashMap<>();
    for (Matcher row = ROW.matcher(sections.get(command)); row.find(); ) {
      assertFalse(absent.containsKey(row.group(1)), row.group(1) + " twice");
      absent.put(row.group(1), row.group(4));
    }
    Map<String, Boolean> fields = types.fields(command);
    assertEquals(fields.keySet(), new TreeSet<>(absent.keySet()));
    fields.forEach(
        (field, always) -> {
          if (always) {
            assertEquals("never", absent.get(field), field + " is always there");
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scan", "list", "clear", "verify", "salvage", "repair", "watch", "scrub", "doctor"
      })
  void theExamplesAreOfTheTypes(String command) {
    int examples = 0;
    for (Matcher example = EXAMPLE.matcher(sections.get(command)); example.find(); examples++) {
      String compact = types.compact(example.group(1));
      assertEquals(compact, types.compact(types.throughType(compact, command)));
    }
    assertTrue(examples > 0, command);
  }

  @Test
  void theWordsAreAllNamed() {
    assertNames(Verdict.values(), "scan", "repair");
    assertNames(IncompleteReason.Code.values(), "scan");
    assertNames(BadRange.Kind.values(), "scan");
    assertNames(ErrorSource.Kind.values(), "scan");
    assertNames(RepairedRange.Outcome.values(), "repair");
    assertNames(BadBlockOwner.Kind.values(), "status");
  }

  private void assertNames(Enum<?>[] words, String... commands) {
    for (Enum<?> word : words) {
      for (String command : commands) {
        assertTrue(sections.get(command).contains("`" + word + "`"), word + " of " + command);
      }
    }
  }

  @Test
  void theCommandsPrintTheTypes() throws IOException {
    Path file = ndctl.file("f", 16);
    ndctl.bad(file, 8192, 512);
    Path none = ndctl.directory().resolve("none");
    Path copy = ndctl.directory().resolve("copy");
    List<List<Object>> commands = new ArrayList<>();
    commands.add(List.of("scan", file, none));
    commands.add(List.of("list", file, none));
    commands.add(List.of("clear", "--dry-run", file));
    commands.add(List.of("clear", "--yes", file));
    commands.add(List.of("clear", "--yes", none));
    commands.add(List.of("verify", file, none));
    commands.add(List.of("salvage", file, copy));
    commands.add(List.of("salvage", file, copy));
    commands.add(List.of("salvage", none, copy));
    commands.add(List.of("repair", "--dry-run", file));
    commands.add(List.of("repair", "--dry-run", none));
    commands.add(List.of("watch", "/proc/version"));
    commands.add(List.of("watch", none));
    commands.add(List.of("scrub", "/proc/version"));
    commands.add(List.of("status", "/proc/version"));
    commands.add(List.of("doctor"));
    for (List<Object> command : commands) {
      List<Object> arguments = new ArrayList<>(command);
      arguments.add("--json");
      List<String> lines = FatJar.run(arguments.toArray()).lines();
      assertFalse(lines.isEmpty(), command::toString);
      for (String line : lines) {
        assertEquals(line, types.throughType(line, (String) command.get(0)), command::toString);
      }
    }
  }

  @Test
  void theOptionMayStandBeforeTheCommand() throws IOException {
    assertEquals(
        FatJar.run("scan", "--json", "/proc/version").out(),
        FatJar.run("--json", "scan", "/proc/version").out());
  }
}
