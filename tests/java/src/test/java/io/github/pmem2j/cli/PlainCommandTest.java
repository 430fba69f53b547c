package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command without options is the same as through picocli, and loads no more than it needs. */
@Tag("slow")
class PlainCommandTest {
  private static final String PICOCLI = "picocli.CommandLine ";

  @TempDir private Path directory;

  /** An argument {@code --} changes nothing, but takes the way through picocli. */
  private static void assertSame(List<String> before, List<Object> paths) throws IOException {
    List<Object> plain = new ArrayList<>(before);
    plain.addAll(paths);
    List<Object> through = new ArrayList<>(plain);
    through.add(before.size(), "--");
    Result expected = FatJar.run(through.toArray());
    Result result = FatJar.run(plain.toArray());
    assertEquals(expected, result, plain::toString);
  }

  @Test
  void isTheSameAsThroughPicocli() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[4096]);
    Path missing = directory.resolve("missing");
    assertSame(List.of("scan"), List.of(file));
    assertSame(List.of("scan"), List.of(file, missing, "scan"));
    assertSame(List.of("scan", "--json"), List.of(file, missing));
    assertSame(List.of("--json", "scan"), List.of(directory));
    assertSame(List.of("verify"), List.of(file, missing, directory));
    assertSame(List.of("verify", "--json"), List.of(file, missing));
  }

  private static String loaded(Object... arguments) throws IOException {
    return FatJar.run(Map.of(), List.of("-Xlog:class+load"), arguments).out();
  }

  @Test
  void leavesOptionsToPicocli() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[4096]);
    for (List<Object> arguments :
        List.<List<Object>>of(
            List.of("scan", "--", file),
            List.of("scan", file, "--trust-lists"),
            List.of("scan", ""),
            List.of("scan"),
            List.of("verify", file, "--html", directory.resolve("page")),
            List.of("--json", "--json", "scan", file))) {
      assertTrue(loaded(arguments.toArray()).contains(PICOCLI), arguments::toString);
    }
  }

  @Test
  void loadsNoMoreThanItNeeds() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[4096]);
    String loaded = loaded("scan", file);
    assertTrue(loaded.contains("io.github.pmem2j.cli.ScanCommand "), loaded);
    for (String name :
        List.of(
            PICOCLI,
            "com.google.gson.",
            "me.tongfei.progressbar.ProgressBar ",
            "org.slf4j.",
            "java.util.Formatter ",
            " jdk.jfr.",
            "java.lang.runtime.ObjectMethods ")) {
      assertTrue(!loaded.contains(name), () -> "loads " + name);
    }
    loaded = loaded("verify", file);
    assertTrue(loaded.contains("io.github.pmem2j.cli.VerifyCommand "), loaded);
    assertTrue(!loaded.contains(PICOCLI), "verify loads picocli");
  }
}
