package io.github.pmem2j.internal.jni;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.libpmem2.Pmem2Source;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.scijava.nativelib.NativeLibraryUtil;

/** Which library is loaded, and the error if none is. */
@Tag("slow")
@Tag("jdk")
class NativeLibraryTest extends NativeLibraryTestCase {
  @Test
  void outOfTheJarLeavingNothingBehind() throws IOException {
    String output = load(new ChildJvm().options(DIRECTORY + directory));
    assertLoaded(output);
    assertTrue(
        output.contains(
            "META-INF/natives/"
                + Platform.name()
                + "/libpmem2j.so of the jar, unpacked in "
                + directory.toRealPath()),
        output);
    assertEquals(List.of(), leftBehind());
  }

  /** An embedder without a provider for it would be told so on standard error. */
  @Test
  void slf4jIsNotStarted() throws IOException {
    String output = load(new ChildJvm().options("-Xlog:class+load"));
    assertLoaded(output);
    assertTrue(output.contains("io.github.pmem2j.libpmem2.Pmem2Source source:"), output);
    assertFalse(output.contains("org.slf4j.LoggerFactory"), output);
  }

  @Test
  void anInstalledLibrary() throws IOException {
    Path library = unpacked();
    String output = load(new ChildJvm().options(LIBRARY + library));
    assertLoaded(output);
    assertTrue(output.contains(library + " (-D" + NativeLibrary.LIBRARY_PROPERTY), output);
  }

  @Test
  void anInstalledLibraryThatIsMissing() throws IOException {
    Path missing = directory.resolve("missing.so");
    String output = load(new ChildJvm().options(LIBRARY + missing));
    assertUnsupported(output, missing.toString());
    assertUnsupported(output, NativeLibrary.LIBRARY_PROPERTY);
    assertTrue(output.contains("UnsatisfiedLinkError"), output);
  }

  @Test
  void anInstalledFileThatIsNoLibrary() throws IOException {
    Path broken = Files.writeString(directory.resolve("broken.so"), "text");
    assertUnsupported(load(new ChildJvm().options(LIBRARY + broken)), "file too short");
  }

  @Test
  void anInstalledLibraryThatIsAnothers() throws IOException {
    String another = Path.of(System.getProperty("java.home"), "lib/libverify.so").toString();
    String output = load(new ChildJvm().options(LIBRARY + another));
    assertUnsupported(output, another);
    assertUnsupported(output, NativeLibrary.LIBRARY_PROPERTY);
  }

  @Test
  void anEmptyNameIsNoInstalledLibrary() throws IOException {
    assertLoaded(load(new ChildJvm().options(LIBRARY, DIRECTORY + directory)));
  }

  /** Such as the one of the last build, below classes with another signature of a native method. */
  @Test
  void aLibraryBuiltFromAnotherNative() throws IOException {
    Path library = unpacked();
    byte[] version = new byte[128];
    Native.version(version);
    String bytes = Files.readString(library, ISO_8859_1);
    String loaded = NativeError.text(version);
    assertTrue(bytes.contains(loaded), loaded);
    char last = loaded.charAt(loaded.length() - 1);
    String other = loaded.substring(0, loaded.length() - 1) + (last == '0' ? '1' : '0');
    Files.writeString(library, bytes.replace(loaded, other), ISO_8859_1);
    assertUnsupported(
        load(new ChildJvm().options(LIBRARY + library)),
        library + " was built from another commit of pmem2j " + loaded.split(" ")[0]);
  }

  /** The JVM's own message lacks the option. */
  @Test
  void aJvmThatForbidsNativeAccess() throws IOException {
    assumeTrue(Runtime.version().feature() >= 24, "this JVM has no such option");
    String output =
        load(
            new ChildJvm()
                .options("--illegal-native-access=deny", "--enable-native-access=java.base"));
    assertUnsupported(output, "Illegal native access from an unnamed module");
    assertUnsupported(output, "; start Java with --enable-native-access=ALL-UNNAMED");
  }

  @ParameterizedTest
  @CsvSource({
    "os.name, Windows 10",
    "os.name, Mac OS X",
    "os.name, FreeBSD",
    "os.arch, ppc64le",
    "os.arch, s390x",
    "os.arch, x86"
  })
  void aPlatformWithoutANative(String property, String value) throws IOException {
    String output = load(new ChildJvm().options("-D" + property + "=" + value));
    assertUnsupported(output, "pmem2j has no native library for ");
    assertUnsupported(output, value);
  }

  /** OSGi and the module path have only what is required. */
  @Test
  void aPlatformWithoutANativeAndNoNativeLibLoader() throws IOException {
    String path =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("native-lib-loader"))
            .collect(Collectors.joining(File.pathSeparator));
    String output = load(new ChildJvm().where("-cp", path).options("-Dos.arch=s390x"));
    assertUnsupported(output, "pmem2j has no native library for Linux on s390x");
  }

  @Test
  void twoClassLoaders() throws Exception {
    List<URL> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (entry.endsWith(".jar")) {
        jars.add(Path.of(entry).toUri().toURL());
      }
    }
    URL[] urls = jars.toArray(new URL[0]);
    ClassLoader parent = ClassLoader.getPlatformClassLoader();
    assumeTrue(
        System.getProperty(NativeLibrary.LIBRARY_PROPERTY) == null,
        "one library file belongs to one class loader, and this run names one");
    try (URLClassLoader one = new URLClassLoader(urls, parent);
        URLClassLoader two = new URLClassLoader(urls, parent)) {
      List<Class<?>> classes = new ArrayList<>();
      for (ClassLoader loader : List.of(one, two)) {
        Class<?> type = loader.loadClass("io.github.pmem2j.libpmem2.Pmem2Source");
        assertNotSame(Pmem2Source.class, type);
        classes.add(type);
        try (AutoCloseable source =
            (AutoCloseable) type.getMethod("anonymous", long.class).invoke(null, 8192L)) {
          assertEquals(8192L, type.getMethod("size").invoke(source));
          Pmem2Source.anonymous(4096).close();
        }
      }
      assertNotSame(classes.get(0), classes.get(1));
    }
  }

  @Test
  void theOriginIsNamed() throws IOException {
    assertFalse(NativeLibrary.origin().isEmpty());
    Map<String, String> names =
        Map.of("amd64", "linux_64", "aarch64", "linux_arm64", "riscv64", "linux_riscv64");
    assertEquals(names.get(System.getProperty("os.arch")), Platform.name());
    assertEquals(NativeLibraryUtil.getPlatformLibraryPath(""), Platform.name() + "/");
  }
}
