package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All that the exported packages export has a Javadoc comment, which says each thing once. */
@Tag("no-native")
class JavadocTest {
  private static final Path JAVA =
      Path.of(System.getProperty("io.github.pmem2j.test.root"), "java");

  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  @Test
  void thePublicApiIsDocumented() throws IOException {
    assumeTrue(COMPILER != null, "this Java has no compiler");
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(JAVA)) {
      all.filter(JavadocTest::exported).forEach(files::add);
    }
    assertTrue(files.size() > 100, files::toString);
    assertEquals(
        List.of(),
        JavadocGaps.of(
            COMPILER,
            COMPILER.getStandardFileManager(null, null, null).getJavaFileObjectsFromPaths(files)));
  }

  private static boolean exported(Path file) {
    String name = JAVA.relativize(file).toString();
    return name.matches("[^/]*/src/main/java/io/.*[.]java")
        && !name.startsWith("cli/")
        && !name.contains("/internal/");
  }

  @Test
  void findsEachGap() throws IOException {
    assumeTrue(COMPILER != null, "this Java has no compiler");
    JavaFileObject source =
        new SimpleJavaFileObject(URI.create("mem:/All.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return """
                /** A type. */
                public class All {
                  public static final int NUMBER = 1;
                  int hidden;

                  /** Whether it is so. */
                  public boolean is() { return true; }

                  /** {@return whether {@code one} is so} */
                  public boolean is(int one, int two) { return true; }

                  /** @param one a number */
                  protected void two(int one, int two) throws java.io.IOException {}

                  @Override
                  public String toString() { return ""; }

                  /**
                   * A record.
                   *
                   * @param x a number
                   */
                  public record Pair<T>(int x, T y) {
                    /**
                     * Makes one.
                     *
                     * @param x a number
                     */
                    public Pair {}
                  }

                  interface Hidden { void method(); }

                  /** An enumeration. */
                  public enum Kind { ONE }

                  /** An interface. */
                  public interface Listener { void called(); }
                }
                """;
          }
        };
    assertEquals(
        List.of(
            "All: its constructor has no comment",
            "All.NUMBER: no comment",
            "All.is: no @return",
            "All.is: no @param two",
            "All.two: no comment",
            "All.two: no @param two",
            "All.two: no @throws java.io.IOException",
            "Pair: no @param T",
            "Pair: no @param y",
            "Pair.<init>: @param x is one too many",
            "Kind.ONE: no comment",
            "Listener.called: no comment"),
        JavadocGaps.of(COMPILER, List.of(source)));
  }
}
