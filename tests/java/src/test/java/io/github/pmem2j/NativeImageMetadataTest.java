package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The jar's metadata for GraalVM's native-image matches what it contains and does. */
class NativeImageMetadataTest {
  private static final String FOLDER = "META-INF/native-image/io.github.pmem2j/pmem2j/";

  /** The JNI functions that find a class, a method or a field by its name. */
  private static final Pattern LOOKUP =
      Pattern.compile("->\\s*(FindClass|DefineClass|Get(Static)?(Method|Field)ID)\\b");

  @Test
  void everyResourceThatIsLoadedIsNamed() throws IOException {
    try (JarFile jar = new JarFile(PackagedJarTest.jar().toFile())) {
      List<Pattern> patterns =
          Pattern.compile("\"pattern\": \"([^\"]+)\"")
              .matcher(text(jar, FOLDER + "resource-config.json"))
              .results()
              .map(found -> Pattern.compile(found.group(1).replace("\\\\", "\\")))
              .toList();
      List<String> resources =
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.endsWith(".so") || name.equals("META-INF/pmem2j.version"))
              .toList();
      assertTrue(resources.size() >= 2, resources.toString());
      for (String resource : resources) {
        assertTrue(matches(patterns, resource), "native-image would leave out " + resource);
      }
      for (Pattern pattern : patterns) {
        assertTrue(
            resources.stream().anyMatch(name -> matches(List.of(pattern), name)),
            "the jar has nothing like " + pattern);
      }
    }
  }

  @Test
  void nothingInJavaIsLookedUpFromC() throws IOException {
    try (JarFile jar = new JarFile(PackagedJarTest.jar().toFile())) {
      assertEquals("[]", text(jar, FOLDER + "jni-config.json").strip());
    }
    Path sources = Path.of(System.getProperty("io.github.pmem2j.test.root"), "native");
    try (Stream<Path> files = Files.list(sources)) {
      List<Path> ours = files.filter(file -> file.toString().matches(".*\\.[ch]")).toList();
      assertFalse(ours.isEmpty());
      for (Path file : ours) {
        List<String> lookups =
            LOOKUP.matcher(Files.readString(file)).results().map(MatchResult::group).toList();
        assertEquals(List.of(), lookups, file + " needs an entry in jni-config.json");
      }
    }
  }

  private static boolean matches(List<Pattern> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
  }

  private static String text(JarFile jar, String name) throws IOException {
    return new String(
        jar.getInputStream(jar.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
  }
}
