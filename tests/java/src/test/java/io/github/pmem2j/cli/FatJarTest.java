package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.cli.FatJar.Result;
import io.github.pmem2j.internal.jni.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the jar, and that it needs nothing beside it. */
@Tag("slow")
@Tag("jdk")
class FatJarTest {
  private static final int SIZE_LIMIT = 3_000_000;

  @Test
  void manifestSaysHowToRunIt() throws IOException {
    try (JarFile jar = new JarFile(FatJar.path().toFile())) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertEquals("io.github.pmem2j.cli.Main", manifest.getValue("Main-Class"));
      assertEquals("ALL-UNNAMED", manifest.getValue("Enable-Native-Access"));
      assertEquals("io.github.pmem2j", manifest.getValue("Automatic-Module-Name"));
    }
  }

  @Test
  void bundlesLicensesAndNoModuleDescriptor() throws IOException {
    try (JarFile jar = new JarFile(FatJar.path().toFile())) {
      for (String name :
          List.of(
              "libpmem2",
              "native-lib-loader",
              "slf4j-api",
              "picocli",
              "gson",
              "progressbar",
              "jline")) {
        assertNotNull(jar.getEntry("META-INF/licenses/" + name + ".txt"), name);
      }
      assertNotNull(jar.getEntry("META-INF/LICENSE"));
      assertNotNull(jar.getEntry("META-INF/natives/" + Platform.name() + "/libpmem2j.so"));
      List<String> names = jar.stream().map(ZipEntry::getName).toList();
      assertEquals(List.of(), names.stream().filter(n -> n.endsWith("module-info.class")).toList());
      assertEquals(names.size(), names.stream().distinct().count(), "entries twice");
    }
    assertTrue(Files.size(FatJar.path()) < SIZE_LIMIT, "it has grown");
  }

  @Test
  void worksAloneAndIsSilentOnStandardError(@TempDir Path directory) throws IOException {
    Path copy = Files.copy(FatJar.path(), directory.resolve("p.jar"));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Result result =
        FatJar.execute(
            Map.of("LD_LIBRARY_PATH", ""),
            List.of(java.toString(), "-jar", copy.toString(), "list", copy.toString()));
    assertEquals("", result.err());
    assertEquals(ExitCodes.UNKNOWN, result.code(), result.out());
  }

  @Test
  void helpHasExamplesAndExitCodes() throws IOException {
    Result help = FatJar.run("--help");
    assertEquals(ExitCodes.OK, help.code());
    for (String text : List.of("list", "clear", "doctor", "Exit codes:", "Examples:")) {
      assertTrue(help.out().contains(text), text);
    }
    for (String command : List.of("list", "clear", "doctor")) {
      Result result = FatJar.run(command, "--help");
      assertEquals(ExitCodes.OK, result.code());
      assertTrue(result.out().contains("Exit code:"), command);
      assertTrue(result.out().contains("Examples:"), command);
    }
  }

  @Test
  void versionIsTheJars() throws IOException {
    Result result = FatJar.runProcess("--version");
    try (JarFile jar = new JarFile(FatJar.path().toFile())) {
      String version = jar.getManifest().getMainAttributes().getValue("Implementation-Version");
      assertEquals("pmem2j " + version + "\n", result.out());
    }
    assertEquals(ExitCodes.OK, result.code());
  }

  @Test
  void wrongUsageIsTwoAndSaysWhereToLook() throws IOException {
    for (List<String> args :
        List.of(
            List.<String>of(),
            List.of("lisst"),
            List.of("list"),
            List.of("list", ""),
            List.of("list", "--nope", "f"),
            List.of("clear"),
            List.of("clear", "a", "b"),
            List.of("clear", "--offset", "1", "f"),
            List.of("clear", "--offset", "-1", "--length", "1", "f"),
            List.of("clear", "--offset", "1", "--length", "0", "f"),
            List.of("clear", "--json", "f"),
            List.of("repair", "--zero", "--from", "a", "f"))) {
      Result result = FatJar.run(args.toArray());
      assertEquals(ExitCodes.ERROR, result.code(), args::toString);
      assertEquals("", result.out(), args::toString);
      assertTrue(result.err().startsWith("pmem2j: "), result.err());
      assertFalse(result.err().contains("Error"), result.err());
      assertTrue(result.err().contains("--help"), result.err());
    }
  }

  @Test
  void lostOutputIsAnError() throws IOException {
    assertEquals(ExitCodes.ERROR, FatJar.runInFull("--version").code());
  }

  /** script(1) makes a terminal; /proc has files enough for the bar to be drawn. */
  @Test
  void progressIsForATerminalAlone() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String scan = java + " -jar " + FatJar.path() + " scan -r /sys/devices";
    Result result = FatJar.execute(Map.of(), List.of("script", "-qec", scan, "/dev/null"));
    assertTrue(result.out().contains("\r\033[K"), result.out());
    assertTrue(result.out().matches("(?s).*scan .*[0-9]+/\\? files.*"), result.out());
    String drawn = result.out().replaceAll("\033\\[\\?7l[^\r\n]*?\033\\[\\?7h", "");
    assertFalse(drawn.contains("/? files"), "wraps on a narrow terminal: " + result.out());
    assertEquals(List.of(), result.out().lines().filter(l -> l.contains("\tat ")).toList());
    String files = "[0-9]+ files? not on persistent memory: nothing is known of errors there\n";
    result = FatJar.runProcess("scan", "-r", "/sys/class/block");
    assertTrue(result.err().isEmpty() || result.err().matches(files), result.err());
  }
}
