package io.github.pmem2j.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** How the jar reacts to users' tools and machines. */
@Tag("slow")
class PackagingTest {
  private static final String MAIN = "io.github.pmem2j.cli.Main";
  private static final String SCANNED = "/proc/version";

  @TempDir(factory = TempDirFactory.Standard.class)
  private Path directory;

  private Result scan(Path jar, String main, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", jar.toString(), main, "scan", SCANNED));
    return FatJar.execute(Map.of(), command);
  }

  /** The jar with some of its entries, and the package with another name of the same length. */
  private Path repacked(Predicate<String> wanted, String packageRoot) throws IOException {
    Path copy = directory.resolve("repacked.jar");
    try (JarFile jar = new JarFile(FatJar.path().toFile());
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(copy))) {
      for (JarEntry entry : jar.stream().filter(e -> wanted.test(e.getName())).toList()) {
        String content = new String(jar.getInputStream(entry).readAllBytes(), ISO_8859_1);
        boolean ours = entry.getName().startsWith("io/");
        out.putNextEntry(
            new JarEntry(ours ? renamed(entry.getName(), packageRoot) : entry.getName()));
        out.write((ours ? renamed(content, packageRoot) : content).getBytes(ISO_8859_1));
      }
    }
    return copy;
  }

  private static String renamed(String text, String root) {
    return text.replace("io/github/pmem2j", root + "/github/pmem2j")
        .replace("io.github.pmem2j", root + ".github.pmem2j");
  }

  private void assertAdvised(String advice, Result result) {
    assertTrue(result.err().contains(advice), result.err());
    assertTrue(result.err().contains("PMEM2_E_NOSUPP"), result.err());
    assertEquals(ExitCodes.ERROR, result.code());
  }

  @Test
  void withoutNatives() throws IOException {
    Path jar = repacked(name -> !name.startsWith("META-INF/natives"), "io");
    assertAdvised("or the jar was packed without it: keep META-INF/natives/**", scan(jar, MAIN));
  }

  @Test
  void withoutAnyResources() throws IOException {
    Path jar = repacked(name -> name.endsWith(".class"), "io");
    assertAdvised("the jar was packed without pmem2j's resources: keep", scan(jar, MAIN));
  }

  @Test
  void relocated() throws IOException {
    Path jar = repacked(name -> true, "oi");
    assertAdvised(
        "exclude io.github.pmem2j.** from the relocation", scan(jar, "oi.github.pmem2j.cli.Main"));
  }

  @Test
  void inADirectoryThatEndsInAnExclamationMark() throws IOException {
    Path odd = Files.createDirectory(directory.resolve("odd!"));
    Path jar = Files.copy(FatJar.path(), odd.resolve("pmem2j.jar"));
    Result result = scan(jar, MAIN);
    assertEquals(ExitCodes.OK, result.code(), result.err());
  }

  @Test
  void aTemporaryDirectoryOfAGroup() throws IOException {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxr-x"));
    Result result = scan(FatJar.path(), MAIN, "-Dio.github.pmem2j.tmpdir=" + shared);
    assertAdvised("run chmod g-w " + shared.toRealPath(), result);
  }

  /** There, all that root owns outside seems to belong to the overflow user. */
  @Test
  void inAUserNamespace() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root may be somebody else");
    Path jar = Files.copy(FatJar.path(), directory.resolve("pmem2j.jar"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"));
    command.addAll(List.of("unshare", "--user", "--map-root-user"));
    Result possible = FatJar.execute(Map.of(), with(command, "true"));
    assumeTrue(possible.code() == 0, "no user namespaces here: " + possible.err());
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Result result =
        FatJar.execute(Map.of(), with(command, java, "-jar", jar.toString(), "scan", SCANNED));
    assertEquals(ExitCodes.OK, result.code(), result.err());
    // What somebody has made where everybody may is not believed.
    Path theirs = Files.createDirectory(directory.resolve("theirs"));
    String option = "-Dio.github.pmem2j.tmpdir=" + theirs;
    result =
        FatJar.execute(
            Map.of(), with(command, java, option, "-jar", jar.toString(), "scan", SCANNED));
    assertAdvised("which belongs to user 65534", result);
  }

  private static List<String> with(List<String> command, String... more) {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of(more));
    return whole;
  }
}
