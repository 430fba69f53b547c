package io.github.pmem2j.internal.jni;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NativeVersionTest {
  @Test
  void aLibraryOfAnotherVersionIsRefused() {
    assertDoesNotThrow(() -> NativeLibrary.checkVersion("libpmem2j.so", "1.2.3 AB", "1.2.3 AB"));
    UnsatisfiedLinkError error =
        assertThrows(
            UnsatisfiedLinkError.class,
            () -> NativeLibrary.checkVersion("/opt/libpmem2j.so", "1.2.3 AB", "1.3.0 AB"));
    assertEquals(
        "/opt/libpmem2j.so is of pmem2j 1.2.3, and the Java classes are of 1.3.0:"
            + " use both of one version",
        error.getMessage());
  }

  @Test
  void theLibrarySaysWhichVersionItIs() throws IOException {
    NativeLibrary.require();
    byte[] version = new byte[128];
    Native.version(version);
    try (var resource = NativeLibrary.class.getResourceAsStream("/META-INF/pmem2j.version")) {
      assertEquals(new String(resource.readAllBytes()).strip(), NativeError.text(version));
    }
  }

  @Test
  void muslIsRecognized() throws IOException {
    assertTrue(
        NativeLibrary.onMusl(
            "7f0a-7f0b r--p 00000000 fe:00 1 /usr/lib/jvm/lib/server/libjvm.so\n"
                + "7f1a-7f1b r-xp 00014000 fe:00 2 /lib/ld-musl-x86_64.so.1\n"));
    assertTrue(
        NativeLibrary.onMusl(
            "7f0a-7f0b r-xp 00015000 fe:00 1 /usr/lib/x86_64-linux-musl/libc.so\n"));
    assertFalse(
        NativeLibrary.onMusl(
            "7f0a-7f0b r-xp 0002c000 fe:00 1 /lib/x86_64-linux-gnu/libc-2.31.so\n"));
    assertFalse(NativeLibrary.onMusl(Files.readString(Path.of("/proc/self/maps"))));
  }

  /** Not a JVM, of which Debian has none on musl: but the loader and the mappings are real. */
  @Test
  void muslRefusesOurLibrary() throws IOException {
    Path build = ChildJvm.root().resolve("build");
    ProcessBuilder builder =
        new ProcessBuilder(
            build.resolve("cmake/tests/native/load_on_musl").toString(),
            build.resolve("natives/" + Platform.name() + "/libpmem2j.so").toString());
    builder.environment().remove("LD_PRELOAD"); // a sanitizer for glibc
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(output.startsWith("Error loading shared library"), output);
    assertTrue(NativeLibrary.onMusl(output), output);
  }
}
