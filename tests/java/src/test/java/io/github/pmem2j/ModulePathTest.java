package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A module that requires ours, on the module path, which may be granted native access by name. */
@Tag("slow")
@Tag("jdk")
class ModulePathTest {
  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  @TempDir Path directory;

  private static String modules() {
    List<String> jars =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.matches(".*/(slf4j-api|pmem2j-testkit)-.*\\.jar"))
            .toList();
    assertEquals(2, jars.size(), jars.toString());
    return PackagedJarTest.jar() + File.pathSeparator + String.join(File.pathSeparator, jars);
  }

  private String compile(String body) throws IOException {
    return compile("io.github.pmem2j", body);
  }

  private String compile(String required, String body) throws IOException {
    Files.writeString(
        directory.resolve("module-info.java"), "module embedder { requires " + required + "; }");
    Path source = Files.createDirectories(directory.resolve("embedder")).resolve("Main.java");
    Files.writeString(
        source,
        """
        package embedder;
        import io.github.pmem2j.libpmem2.*;
        public class Main {
          public static void main(String[] args) throws Exception {
            %s
          }
        }
        """
            .formatted(body));
    return tool(
        "javac",
        "-p",
        modules(),
        "-d",
        directory.resolve("classes").toString(),
        directory.resolve("module-info.java").toString(),
        source.toString());
  }

  private static String tool(String name, String... arguments) {
    StringWriter messages = new StringWriter();
    PrintWriter out = new PrintWriter(messages);
    ToolProvider.findFirst(name).orElseThrow().run(out, out, arguments);
    return messages.toString();
  }

  @Test
  void aNamedModuleGetsAnAnswer() throws IOException {
    Path file = ndctl.file("file", 2);
    ndctl.bad(file, 0, ScriptedNdctl.PAGE);
    assertEquals(
        "",
        compile(
            """
            try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(java.nio.file.Path.of(args[0]))) {
              System.out.println(Pmem2BadBlocks.class.getModule() + " " + badBlocks.remaining());
            }
            """));
    ChildJvm jvm =
        new ChildJvm()
            .options("--enable-native-access=io.github.pmem2j")
            .where("-p", modules() + File.pathSeparator + directory.resolve("classes"));
    if (Runtime.version().feature() >= 24) {
      jvm.options("--illegal-native-access=deny");
    }
    String output = jvm.run("-m", "embedder/embedder.Main", file.toString()).ok();
    assertTrue(
        output.contains("module io.github.pmem2j [ByteRange[offset=0, length=4096]]"), output);
    assertFalse(output.contains("restricted"), output);
  }

  /** Its image has no module but those that are required: neither JMX nor Flight Recorder. */
  @Test
  void jlinkMakesAnImage() throws IOException {
    boolean linkable =
        Files.isDirectory(Path.of(System.getProperty("java.home"), "jmods"))
            || tool("jlink", "--help").contains("Linking from run-time image enabled");
    assumeTrue(linkable, "this JDK comes without the modules that jlink needs");
    assertEquals("", compile("System.out.println(Pmem2Runtime.nativeLibrary());"));
    Path image = directory.resolve("image");
    String path = modules() + File.pathSeparator + directory.resolve("classes");
    assertEquals(
        "", tool("jlink", "-p", path, "--add-modules", "embedder", "--output", image.toString()));
    ChildJvm jvm = new ChildJvm().home(image).options("--enable-native-access=io.github.pmem2j");
    String output = jvm.where().fromJar().run("-m", "embedder/embedder.Main").ok();
    assertTrue(output.contains("libpmem2j.so of the jar"), output);
  }

  @Test
  void theTestKitNeedsNoJunit() throws IOException {
    String body = "System.out.println(io.github.pmem2j.testkit.SimulatedPmem.class.getModule());";
    assertEquals("", compile("io.github.pmem2j.testkit", body));
    String path = modules() + File.pathSeparator + directory.resolve("classes");
    String output = new ChildJvm().where("-p", path).run("-m", "embedder/embedder.Main").ok();
    assertTrue(output.contains("module io.github.pmem2j.testkit"), output);
  }

  @Test
  void whatIsInternalIsHidden() throws IOException {
    String messages = compile("io.github.pmem2j.internal.jni.NativeLibrary.require();");
    assertTrue(messages.contains("package io.github.pmem2j.internal.jni is not visible"), messages);
  }
}
