package io.github.pmem2j.internal.jni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where the library is unpacked to, and what somebody else may do to it there. */
@Tag("slow")
@Tag("jdk")
class NativeLibraryDirectoryTest extends NativeLibraryTestCase {
  @Test
  void theTemporaryDirectoryIsTheDefault() throws IOException {
    int mode = (int) Files.getAttribute(directory, "unix:mode");
    Files.setAttribute(directory, "unix:mode", mode & 07777 | 02000); // a new one inherits it
    String output = load(new ChildJvm().options("-Djava.io.tmpdir=" + directory));
    assertLoaded(output);
    assertTrue(output.contains("unpacked in " + directory), output);
    assertEquals(List.of(), leftBehind());
  }

  /**
   * native-lib-loader's own extractor would delete what another user named for it, and links to.
   */
  @Test
  void nothingElseInTheTemporaryDirectoryIsTouched() throws IOException {
    Path victim = Files.createDirectories(directory.resolve("home/victim"));
    Path theirs = Files.writeString(victim.resolve("file"), "of another program");
    Path tmp = Files.createDirectories(directory.resolve("tmp"));
    Path bait = Files.createDirectories(tmp.resolve("nativelib-loader_1"));
    Path link = Files.createSymbolicLink(bait.resolve("link"), victim);
    Files.setLastModifiedTime(bait, FileTime.fromMillis(0));
    assertLoaded(load(new ChildJvm().options("-Djava.io.tmpdir=" + tmp)));
    assertTrue(Files.exists(theirs), "deleted through " + link);
    assertEquals(
        Set.of(victim.getParent(), victim, theirs, tmp, bait, link), Set.copyOf(leftBehind()));
  }

  /** As the name of an installed library: a variable of the script that starts Java is not set. */
  @Test
  void anEmptyNameIsTheDefault() throws IOException {
    String output =
        load(new ChildJvm().options(DIRECTORY, "-Djava.io.tmpdir=" + directory.toRealPath()));
    assertLoaded(output);
    assertTrue(output.contains(", unpacked in " + directory.toRealPath()), output);
  }

  /** The options are in a file, because this JVM may be unable to pass their characters, too. */
  @Test
  void aNameThatTheLocaleDoesNotHave() throws IOException {
    for (String option : List.of(DIRECTORY, LIBRARY)) {
      Path options = Files.writeString(directory.resolve("options"), option + "/tmp/ünï");
      String output = load(new ChildJvm().env("LC_ALL", "C").options("@" + options));
      assertUnsupported(output, "unmappable characters");
      assertUnsupported(output, option.substring(0, option.length() - 1));
    }
  }

  @Test
  void aDirectoryThatIsMissing() throws IOException {
    Path missing = directory.resolve("missing");
    String output = load(new ChildJvm().options(DIRECTORY + missing));
    assertUnsupported(output, "NoSuchFileException: " + missing);
    assertUnsupported(output, NativeLibrary.DIRECTORY_PROPERTY);
  }

  /** A directory that is full or missing, or a lack of descriptors, may be temporary. */
  @Test
  void aDirectoryThatIsMissingAtFirst() throws IOException {
    Path later = directory.resolve("later");
    String output =
        new ChildJvm()
            .fromJar()
            .options(DIRECTORY + later)
            .run(LoadedLater.class, later.toString())
            .ok();
    assertTrue(output.contains("first: loading the native library failed"), output);
    assertTrue(output.contains("then: META-INF/natives/"), output);
  }

  @Test
  void aDirectoryThatOthersMayWrite() throws IOException {
    Path below = Files.createDirectories(directory.resolve("open/below"));
    Path open = directory.resolve("open");
    for (String mode : new String[] {"rwxrwxrwx", "rwxrwx---", "rwx----w-"}) {
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(mode));
      for (Path path : List.of(open, below)) {
        String output = load(new ChildJvm().options(DIRECTORY + path));
        assertUnsupported(
            output, "below " + open.toRealPath() + ", where others can rename files: run chmod ");
        assertUnsupported(output, NativeLibrary.DIRECTORY_PROPERTY);
      }
    }
    assertEquals(List.of(open, below), leftBehind());
  }

  @Test
  void aDirectoryThatOthersMayWriteButNotRename() throws IOException {
    Path sticky = Files.createDirectories(directory.resolve("sticky"));
    Files.setAttribute(sticky, "unix:mode", 01777);
    assertLoaded(load(new ChildJvm().options(DIRECTORY + sticky)));
    assertEquals(List.of(sticky), leftBehind());
  }

  /** A directory like /tmp, and in it one of another user. */
  private Path besideSomebodyElse() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root may be somebody else");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path sticky = Files.createDirectory(directory.resolve("sticky"));
    Files.setAttribute(sticky, "unix:mode", 01777);
    somebodyElse("mkdir -m 755 theirs theirs/below", sticky);
    return sticky;
  }

  private static Process startSomebodyElse(String script, Path where) throws IOException {
    return new ProcessBuilder(
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", script)
        .directory(where.toFile())
        .inheritIO()
        .start();
  }

  private static void somebodyElse(String script, Path where) throws IOException {
    try {
      assertEquals(0, startSomebodyElse(script, where).waitFor(), script);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aDirectoryOfSomebodyElse() throws IOException {
    Path theirs = besideSomebodyElse().resolve("theirs");
    // Others can replace our directory in it.
    Files.setAttribute(theirs.resolve("below"), "unix:uid", 0);
    for (Path path : List.of(theirs, theirs.resolve("below"))) {
      String output = load(new ChildJvm().options(DIRECTORY + path));
      assertUnsupported(output, "below " + theirs.toRealPath() + ", which belongs to user 65534");
      assertUnsupported(output, NativeLibrary.DIRECTORY_PROPERTY);
    }
  }

  @Test
  void aLinkOfSomebodyElse() throws IOException {
    Path sticky = besideSomebodyElse();
    somebodyElse("ln -s theirs link && chmod 1777 theirs", sticky);
    String output = load(new ChildJvm().options(DIRECTORY + sticky.resolve("link")));
    assertUnsupported(
        output, "below " + sticky.toRealPath().resolve("theirs") + ", which belongs to user 65534");
    somebodyElse("ln -sfn ../open link", sticky);
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.setAttribute(open, "unix:mode", 0777);
    output = load(new ChildJvm().options(DIRECTORY + sticky.resolve("link")));
    assertUnsupported(
        output, "below " + open.toRealPath() + ", where others can rename files: run chmod ");
    assertEquals(5, leftBehind().size(), leftBehind()::toString);
  }

  /** Somebody else sees our directory in theirs, and tries all that would change what is loaded. */
  @Test
  void somebodyElseWhileItIsUnpacked() throws IOException {
    Path sticky = besideSomebodyElse();
    String attack =
        """
        while :; do
          for ours in pmem2j-*; do
            [ -e "$ours" ] || continue
            echo saw >>theirs/log
            mv "$ours" theirs/gone && echo moved >>theirs/log
            cp theirs/log "$ours/libpmem2j.so" && echo replaced >>theirs/log
            ln -sf ../theirs/log "$ours/libpmem2j.so" && echo linked >>theirs/log
            rm -r "$ours" && echo removed >>theirs/log
          done
        done 2>/dev/null
        """;
    Process attacker = startSomebodyElse(attack, sticky);
    Path log = sticky.resolve("theirs/log");
    try {
      for (int i = 0; i < 20 && !Files.exists(log); i++) {
        assertLoaded(load(new ChildJvm().options(DIRECTORY + sticky)));
      }
    } finally {
      attacker.destroyForcibly();
    }
    assertEquals(Set.of("saw"), Set.copyOf(Files.readAllLines(log)));
  }

  /** What keeps a child from seeing the mounts of the others, or null if that is not permitted. */
  private static String[] mountNamespace() throws IOException {
    for (String flag : new String[] {"-m", "-rm"}) {
      Process probe =
          new ProcessBuilder("unshare", flag, "mount", "-t", "tmpfs", "tmpfs", "/mnt").start();
      try {
        if (probe.waitFor() == 0) {
          return new String[] {"unshare", flag, "sh", "-c"};
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return null;
  }

  @Test
  void aDirectoryWithoutPermissionToExecute() throws IOException {
    String[] namespace = mountNamespace();
    assumeTrue(namespace != null, "this user may not make a mount namespace here");
    String output =
        load(
            new ChildJvm()
                .under(namespace)
                .under("mount -t tmpfs -o noexec,mode=0755 tmpfs " + directory + " && exec \"$@\"")
                .under("sh")
                .options(DIRECTORY + directory));
    assertUnsupported(output, "failed to map segment from shared object");
    assertUnsupported(output, "if " + directory.toRealPath() + " is mounted noexec");
    assertUnsupported(output, NativeLibrary.DIRECTORY_PROPERTY);
    assertUnsupported(output, NativeLibrary.LIBRARY_PROPERTY);
  }
}
