package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in the README compile and run. */
class ReadmeTest {
  private static final Pattern PROGRAM =
      Pattern.compile("```java\n(.*?public class (\\w+).*?)```", Pattern.DOTALL);

  private static final Path ROOT = Path.of(System.getProperty("io.github.pmem2j.test.root"));

  @Test
  void itsProgramsRun(@TempDir Path directory) throws Exception {
    Path file = Files.write(directory.resolve("file"), new byte[8192]);
    List<String> names = new ArrayList<>();
    Matcher program = PROGRAM.matcher(Files.readString(ROOT.resolve("README.md")));
    while (program.find()) {
      names.add(program.group(2));
      Path source = directory.resolve(program.group(2) + ".java");
      String output = run(directory, Files.writeString(source, program.group(1)), file);
      assertTrue(
          output.contains(program.group(2).equals("Check") ? "NOT_PMEM" : "cannot tell"), output);
    }
    assertEquals(List.of("Check", "ListBadBlocks"), names);
  }

  /** Compiles and runs one, as java does with a source file. */
  private static String run(Path directory, Path source, Path argument)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                System.getProperty("java.class.path"),
                source.toString(),
                argument.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
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
