package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.jni.Platform;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

public class PackagedJarTest {
  private static final int SIZE_LIMIT = 750_000;

  public static Path jar() {
    try {
      return Path.of(
          Pmem2BadBlocks.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (java.net.URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theJarIsWhatIsTested() {
    assertTrue(jar().toString().endsWith(".jar"), "not the packaged jar: " + jar());
  }

  @Test
  void theJarHasTheNativeAndTheLicense() throws IOException {
    try (JarFile file = new JarFile(jar().toFile())) {
      ZipEntry library = file.getEntry("META-INF/natives/" + Platform.name() + "/libpmem2j.so");
      assertNotNull(library);
      assertEquals(0x7f, file.getInputStream(library).read(), "an ELF file");
      assertNotNull(file.getEntry("META-INF/LICENSE"));
      assertNotNull(file.getEntry("META-INF/licenses/libpmem2.txt"));
    }
  }

  @Test
  void itIsSmall() throws IOException {
    long size = Files.size(jar());
    assertTrue(size < SIZE_LIMIT, size + " bytes");
  }
}
