package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever Java there is in the README and below docs is a program that compiles and runs. */
@Tag("slow")
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("public class (\\w+)");

  private static final Path ROOT = Path.of(System.getProperty("io.github.pmem2j.test.root"));

  /** Each program, and what it says of a file on no persistent memory. */
  private static final Map<String, String> PROGRAMS =
      Map.of(
          "Check", "NOT_PMEM",
          "DamageTest", "1 tests successful",
          "ListBadBlocks", "unknown",
          "MeterWatch", "bad ranges: 0.0",
          "OpenDatabase", "open: jdbc:h2:pmem:",
          "ReadPage", "mapped: ",
          "Restore", "NOT_PMEM",
          "ScanCluster", "1 node: NOT_PMEM",
          "SearchIndex", "1 documents, left out: {}");

  private static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs)
          .filter(document -> document.toString().endsWith(".md"))
          .toList();
    }
  }

  @Test
  void thePrograms(@TempDir Path directory) throws Exception {
    Path file = Files.write(directory.resolve("file"), new byte[8192]);
    Map<String, String> sources = new TreeMap<>();
    for (Path document : documents()) {
      Matcher block = BLOCK.matcher(Files.readString(document));
      while (block.find()) {
        Matcher name = NAME.matcher(block.group(1));
        assertTrue(name.find(), () -> document + " has Java that is no program: " + block.group(1));
        sources.put(name.group(1), block.group(1));
        Files.writeString(directory.resolve(name.group(1) + ".java"), block.group(1));
      }
    }
    assertEquals(PROGRAMS.keySet(), sources.keySet());
    compile(directory);
    for (Map.Entry<String, String> source : sources.entrySet()) {
      String name = source.getKey();
      String output =
          source.getValue().contains("@Test")
              ? run(directory, ChildTests.class.getName(), name)
              : run(directory, name, file.toString());
      assertTrue(output.contains(PROGRAMS.get(name)), output);
    }
  }

  private static void compile(Path directory) throws IOException {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("-cp", System.getProperty("java.class.path")));
    options.addAll(List.of("-d", directory.toString()));
    try (Stream<Path> files = Files.list(directory)) {
      files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(options::add);
    }
    ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
    assertEquals(0, javac.run(System.out, System.err, options.toArray(String[]::new)));
  }

  private static String run(Path directory, String program, String argument)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add("-Dslf4j.internal.verbosity=ERROR");
    command.add("-DIGNITE_LOCAL_HOST=127.0.0.1"); // no cluster with others
    command.addAll(List.of(System.getProperty("io.github.pmem2j.test.igniteOptions").split(" ")));
    command.add("-Dio.github.pmem2j.testkit.directory=" + ChildJvm.target());
    command.add("-cp");
    command.add(System.getProperty("java.class.path") + File.pathSeparator + directory);
    command.addAll(List.of(program, argument));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().remove("LD_LIBRARY_PATH"); // the machine's own libndctl
    Process process = builder.start();
    assertEquals(0, process.waitFor(), () -> read(output));
    return read(output);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
