package io.github.pmem2j.internal.jni;

import io.github.pmem2j.Pmem2Exception;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/**
 * Loads libpmem2j, once, from where {@link #LIBRARY_PROPERTY} says or else out of the jar. Not by
 * native-lib-loader's extractor, whose constructor follows links and deletes everything with a
 * matching name in {@code java.io.tmpdir}, where any user can create files; its directory is
 * predictable, and its error hides the original one.
 *
 * <p>A first call in a JVM's life should be fast. So files are read by FileInputStream, which every
 * JVM has loaded already, and not by a channel.
 */
public final class NativeLibrary {
  /** The path of an installed libpmem2j, to be used instead of the one in the jar. */
  public static final String LIBRARY_PROPERTY = "io.github.pmem2j.library";

  /** The directory to unpack in, instead of {@code java.io.tmpdir}. */
  public static final String DIRECTORY_PROPERTY = "io.github.pmem2j.tmpdir";

  private static final String OTHER_PLACE =
      "name another directory with -D"
          + DIRECTORY_PROPERTY
          + ", or an installed library with -D"
          + LIBRARY_PROPERTY;

  /** Not a package name, so that a named module does not hide it from native-lib-loader. */
  private static final String RESOURCES = "META-INF/natives/";

  /** The version of the Java classes and the hash of Native.java: see pom.xml. */
  private static final String VERSION = "META-INF/pmem2j.version";

  private static final Path MAPS = Path.of("/proc/self/maps");
  private static final String FILE = "libpmem2j.so";
  private static final String DIRECTORY_PREFIX = "pmem2j-";

  /** In parts, so that a tool that renames the package does not rename it here. */
  private static final String PACKAGE = String.join(".", "io", "github", "pmem2j", "");

  /** Where it was loaded from; null until it is. */
  private static volatile String origin;

  /** Why it was not loaded, if another attempt would fail too. */
  private static Throwable failure;

  private NativeLibrary() {}

  /**
   * Loads the library unless it is loaded. Every call of a native method goes through here.
   *
   * @throws Pmem2Exception with {@code PMEM2_E_NOSUPP} if there is none for this machine; the
   *     message says why
   */
  public static void require() throws Pmem2Exception {
    if (origin == null) {
      loadOnce();
    }
  }

  /** A failure to unpack it is not remembered: space or a descriptor may be free next time. */
  private static synchronized void loadOnce() throws Pmem2Exception {
    if (origin != null) {
      return;
    }
    if (failure != null) {
      throw NativeError.unsupported(failure);
    }
    try {
      origin = load();
    } catch (IOException | LinkageError | RuntimeException e) {
      failure = e instanceof IOException ? null : e;
      throw NativeError.unsupported(e);
    }
  }

  /** Where the library was loaded from, for messages. */
  public static String origin() throws Pmem2Exception {
    require();
    return origin;
  }

  private static String load() throws IOException {
    String installed = System.getProperty(LIBRARY_PROPERTY);
    if (installed != null && !installed.isEmpty()) {
      return loadInstalled(installed);
    }
    String resource = RESOURCES + Platform.name() + "/" + FILE;
    checkName(Native.class.getName());
    byte[] content = read(resource);
    String given = System.getProperty(DIRECTORY_PROPERTY, "");
    String parent = given.isEmpty() ? System.getProperty("java.io.tmpdir") : given;
    try {
      unpackAndLoad(content, Path.of(parent));
    } catch (UnsatisfiedLinkError e) {
      throw explained(e, "; if " + parent + " is mounted noexec, " + OTHER_PLACE);
    } catch (IOException | InvalidPathException e) {
      throw new IOException(
          "the native library cannot be unpacked in "
              + parent
              + ": "
              + NativeError.cause(e)
              + "; "
              + OTHER_PLACE,
          e);
    }
    checkVersion(resource);
    return resource + " of the jar, unpacked in " + parent;
  }

  private static String loadInstalled(String library) throws IOException {
    String advice = "; -D" + LIBRARY_PROPERTY + " names it: correct that, or leave it out";
    try {
      System.load(Path.of(library).toAbsolutePath().toString());
    } catch (UnsatisfiedLinkError e) {
      throw explained(e, advice);
    } catch (InvalidPathException e) {
      throw new IOException(e.getMessage() + advice, e);
    }
    checkVersion(library);
    return library + " (-D" + LIBRARY_PROPERTY + ")";
  }

  private static void unpackAndLoad(byte[] content, Path parent) throws IOException {
    // Resolved once: a link may change after the check.
    Path real = parent.toRealPath();
    SafeDirectory.checkAncestors(real);
    Path directory = newDirectory(real);
    Path file = directory.resolve(FILE);
    try {
      SafeDirectory.checkOwned(directory);
      try (OutputStream out = new FileOutputStream(file.toFile())) {
        out.write(content);
      }
      try (InputStream in = new FileInputStream(file.toFile())) {
        if (!Arrays.equals(content, in.readAllBytes())) {
          throw new IOException(
              file + " is not what was unpacked from the jar: something changed it");
        }
      }
      System.load(file.toString());
    } finally {
      // Linux keeps mapped files. Nothing is left on disk, even after a crash.
      remove(file);
      remove(directory);
    }
  }

  /** May fail on a network file system, which only renames a file in use. */
  private static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The directory is private. The library, or an earlier error, matters more.
    }
  }

  /**
   * Creates a directory with an unpredictable name that is private from the start. Reads random
   * bytes from the kernel, because the JDK's SecureRandom takes longer than everything else here.
   */
  private static Path newDirectory(Path parent) throws IOException {
    byte[] random = new byte[16];
    try (InputStream in = new FileInputStream("/dev/urandom")) {
      if (in.readNBytes(random, 0, random.length) != random.length) {
        throw new IOException("/dev/urandom returned too few bytes");
      }
    }
    ByteBuffer halves = ByteBuffer.wrap(random);
    String name =
        DIRECTORY_PREFIX + Long.toHexString(halves.getLong()) + Long.toHexString(halves.getLong());
    return Files.createDirectory(
        parent.resolve(name),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** The same error with what to do about it. */
  private static UnsatisfiedLinkError explained(UnsatisfiedLinkError cause, String advice)
      throws IOException {
    String message = cause.getMessage() + advice;
    if (onMusl(Files.readString(MAPS, StandardCharsets.ISO_8859_1))) {
      message =
          "this JVM runs on the musl C library (Alpine), and pmem2j needs glibc 2.28 or later: "
              + cause.getMessage();
    }
    UnsatisfiedLinkError error = new UnsatisfiedLinkError(message);
    error.initCause(cause);
    return error;
  }

  /**
   * Whether a process with these mappings (/proc/PID/maps) runs on musl. Its library and its loader
   * are one file, named like the one or the other; glibc's are libc.so.6 or libc-2.31.so.
   */
  static boolean onMusl(String maps) {
    return maps.lines().anyMatch(line -> line.contains("/ld-musl-") || line.endsWith("/libc.so"));
  }

  /** Another version, or another Native.java, may have other functions by the same names. */
  private static void checkVersion(String library) throws IOException {
    byte[] bytes = new byte[128];
    try {
      Native.version(bytes);
    } catch (UnsatisfiedLinkError e) { // Its message names only the function.
      throw new UnsatisfiedLinkError(
          library + " is not pmem2j's: correct -D" + LIBRARY_PROPERTY + ", or leave it out");
    }
    checkVersion(
        library,
        NativeError.text(bytes),
        new String(read(VERSION), StandardCharsets.UTF_8).strip());
  }

  /** Compares what the library and the jar say: a version, a space, the hash of Native.java. */
  static void checkVersion(String library, String loaded, String wanted) {
    if (loaded.equals(wanted)) {
      return;
    }
    String libraryVersion = loaded.split(" ")[0];
    String classVersion = wanted.split(" ")[0];
    throw new UnsatisfiedLinkError(
        libraryVersion.equals(classVersion)
            ? library
                + " was built from another commit of pmem2j "
                + classVersion
                + " than the Java classes: build both together, with ci/build"
            : library
                + " is of pmem2j "
                + libraryVersion
                + ", and the Java classes are of "
                + classVersion
                + ": use both of one version");
  }

  /** The functions of the library are named for the class that declares them. */
  private static void checkName(String className) {
    if (!className.startsWith(PACKAGE)) {
      throw new UnsatisfiedLinkError(
          "pmem2j's classes have been renamed ("
              + className
              + "), so that its native library does not fit them any more: exclude "
              + PACKAGE
              + "** from the relocation (of the Maven shade plug-in, of Gradle's shadow)");
    }
  }

  private static byte[] read(String resource) throws IOException {
    byte[] content = JarResource.read(resource);
    if (content == null) {
      throw new UnsatisfiedLinkError(missing(resource));
    }
    return content;
  }

  private static String missing(String resource) throws IOException {
    String keep = "keep " + RESOURCES + "** and " + VERSION + " in it";
    if (JarResource.read(VERSION) == null) {
      return "the jar was packed without pmem2j's resources: " + keep;
    }
    return "there is no "
        + resource
        + " in the jar: pmem2j has no native library for "
        + System.getProperty("os.name")
        + " on "
        + System.getProperty("os.arch")
        + ", or the jar was packed without it: "
        + keep;
  }
}
