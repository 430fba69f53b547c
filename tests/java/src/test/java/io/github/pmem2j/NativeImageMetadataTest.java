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

  /** What finds a class, a method, a field or a service in Java by its name. */
  private static final Pattern REFLECTION =
      Pattern.compile(
          "Class\\.forName|loadClass\\(|\\.get(Declared)?(Method|Field|Constructor)s?\\("
              + "|newProxyInstance|ServiceLoader|Lookup\\(\\)");

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

  /** The file for GraalVM for JDK 23 and newer, which has globs, is the same as the older one. */
  @Test
  void theNewerFileSaysTheSame() throws IOException {
    try (JarFile jar = new JarFile(PackagedJarTest.jar().toFile())) {
      String newer = text(jar, FOLDER + "reachability-metadata.json");
      List<String> globs = values(newer, "glob");
      assertEquals(
          values(text(jar, FOLDER + "resource-config.json"), "pattern").stream()
              .map(pattern -> pattern.replace("[a-z0-9_]+", "*").replace("\\\\", ""))
              .toList(),
          globs);
      List<String> types = values(newer, "type");
      List<String> beans =
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.endsWith("MXBean.class"))
              .map(name -> name.replace(".class", "").replace('/', '.'))
              .toList();
      assertEquals(beans, types, "JMX looks at these by reflection, and nothing else does");
      assertEquals(types, values(text(jar, FOLDER + "reflect-config.json"), "name"));
    }
  }

  /** What JMX does not do, nobody does: no class, method or service is looked up by its name. */
  @Test
  void nothingIsLookedUpByName() throws IOException {
    Path sources =
        Path.of(System.getProperty("io.github.pmem2j.test.root"), "java/core/src/main/java");
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        assertEquals(
            List.of(),
            REFLECTION.matcher(Files.readString(file)).results().map(MatchResult::group).toList(),
            file + " needs an entry in reachability-metadata.json");
      }
    }
  }

  private static List<String> values(String json, String key) {
    return Pattern.compile("\"" + key + "\": \"([^\"]+)\"")
        .matcher(json)
        .results()
        .map(found -> found.group(1))
        .toList();
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
