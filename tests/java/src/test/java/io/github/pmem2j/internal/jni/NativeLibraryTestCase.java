package io.github.pmem2j.internal.jni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.ScriptedNdctl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Other JVMs, which load the library. */
abstract class NativeLibraryTestCase {
  static final String LIBRARY = "-D" + NativeLibrary.LIBRARY_PROPERTY + "=";
  static final String DIRECTORY = "-D" + NativeLibrary.DIRECTORY_PROPERTY + "=";
  static final int CALLS = 7;
  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();
  @TempDir Path directory;
  Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = ndctl.file("file", 1);
  }

  String load(ChildJvm jvm) throws IOException {
    return jvm.fromJar().run(LoaderMain.class, file.toString()).ok();
  }

  static void assertLoaded(String output) {
    assertEquals(CALLS, count(output, " -> ok "), output);
  }

  /** Every entry point fails alike, and a class that refers to ours loads. */
  static void assertUnsupported(String output, String why) {
    assertTrue(output.contains("embedder: ByteRange[offset=0, length=4096]"), output);
    assertEquals(CALLS, count(output, " -> PMEM2_E_NOSUPP "), output);
    for (String line : output.lines().filter(each -> each.contains(" -> ")).toList()) {
      assertTrue(line.contains(why), line);
    }
  }

  static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  List<Path> leftBehind() throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.filter(path -> !path.equals(directory)).toList();
    }
  }

  Path unpacked() throws IOException {
    Path library = directory.resolve("installed.so");
    Files.copy(
        ChildJvm.root().resolve("build/natives/" + Platform.name() + "/libpmem2j.so"), library);
    return library;
  }
}
