package io.github.pmem2j.libpmem2;

import static io.github.pmem2j.ScriptedNdctl.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.PackagedJarTest;
import io.github.pmem2j.Pmem2Error;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.ScriptedNdctl;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class Pmem2SourceTest {
  private static final int O_CLOEXEC = 02000000;

  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  private static Pmem2Exception refused(Path path) {
    return assertThrows(Pmem2Exception.class, () -> Pmem2Source.open(path));
  }

  private static Pmem2Exception refused(Path path, StandardOpenOption... access) {
    return assertThrows(Pmem2Exception.class, () -> Pmem2Source.open(path, access));
  }

  @Test
  void whatAFileIs() throws IOException {
    Path file = ndctl.file("file", 3);
    try (Pmem2Source source = Pmem2Source.open(file)) {
      assertEquals(3 * PAGE, source.size());
      assertEquals(4096, source.alignment());
      assertEquals("8089-a2-1837-00000018089-a2-1837-0000002", source.deviceId());
      assertEquals(3 + 4, source.deviceUnsafeShutdownCount());
      assertEquals("Pmem2Source of " + file, source.toString());
    }
  }

  @Test
  void aFileOnNoPersistentMemoryHasNoModules() throws IOException {
    Path file = ndctl.file("file", 1);
    ndctl.noDevice();
    try (Pmem2Source source = Pmem2Source.open(file)) {
      Pmem2Exception e = assertThrows(Pmem2Exception.class, source::deviceUnsafeShutdownCount);
      assertEquals(Pmem2Error.PMEM2_E_NOSUPP, e.error());
      assertEquals("pmem2_source_device_usc", e.operation());
      e = assertThrows(Pmem2Exception.class, source::deviceId);
      assertEquals(Pmem2Error.PMEM2_E_NOSUPP, e.error());
      assertEquals("libpmem2 finds no NVDIMM with an identity below it", e.errorMessage());
    }
  }

  @Test
  void anAnonymousSourceHasASizeAndNoBadBlocks() throws IOException {
    try (Pmem2Source source = Pmem2Source.anonymous(5 * PAGE)) {
      assertEquals(5 * PAGE, source.size());
      Pmem2Exception e = assertThrows(Pmem2Exception.class, () -> Pmem2BadBlocks.open(source));
      assertEquals(Pmem2Error.PMEM2_E_NOSUPP, e.error());
      assertEquals("pmem2_badblock_context_new", e.operation());
      assertEquals("an anonymous Pmem2Source", source.toString());
    }
    assertThrows(IllegalArgumentException.class, () -> Pmem2Source.anonymous(-1));
  }

  @Test
  void whatIsNoFileIsRefused() throws IOException {
    Path fifo = ndctl.directory().resolve("fifo");
    ScriptedNdctl.run("mkfifo", fifo.toString());
    for (Path path : List.of(ndctl.directory(), fifo, Path.of("/dev/null"))) {
      Pmem2Exception e = refused(path);
      assertEquals(Pmem2Error.PMEM2_E_INVALID_FILE_TYPE, e.error(), path.toString());
      assertEquals("pmem2_source_from_fd", e.operation());
      assertEquals(Optional.of(path), e.path());
      assertNotEquals("", e.errorMessage(), path.toString());
    }
  }

  @Test
  void aBlockDeviceIsRefused() throws IOException {
    Path disk = null;
    try (Stream<Path> devices = Files.list(Path.of("/sys/class/block"))) {
      for (Path device : devices.sorted().toList()) {
        Path node = Path.of("/dev").resolve(device.getFileName().toString());
        if (disk == null && Files.isReadable(node)) {
          disk = node;
        }
      }
    }
    assumeTrue(disk != null, "this user may read no block device here");
    Pmem2Exception e = refused(disk, StandardOpenOption.READ);
    assertEquals(Pmem2Error.PMEM2_E_INVALID_FILE_TYPE, e.error());
  }

  @Test
  void aMissingFile() {
    Path missing = ndctl.directory().resolve("missing");
    NoSuchFileException e =
        assertThrows(NoSuchFileException.class, () -> Pmem2BadBlocks.open(missing));
    assertEquals(missing.toString(), e.getFile());
    Pmem2Exception cause = assertInstanceOf(Pmem2Exception.class, e.getCause());
    assertEquals("open", cause.operation());
    assertEquals("ENOENT", cause.errnoName());
    assertEquals(Optional.of(missing), cause.path());
  }

  @Test
  void otherErrorsOfOpen() throws IOException {
    Path file = ndctl.file("file", 1);
    assertEquals("ENOTDIR", refused(file.resolve("below")).errnoName());
    assertEquals("ENAMETOOLONG", refused(Path.of("x".repeat(256))).errnoName());
    Path loop = ndctl.directory().resolve("loop");
    Files.createSymbolicLink(loop, loop);
    assertEquals("ELOOP", refused(loop).errnoName());
  }

  /** The modes of sysctl files hold for root too. */
  @Test
  void aFileWithoutWritePermissionIsOpenedReadOnly() throws IOException {
    Path readOnly = Path.of("/proc/sys/kernel/ostype");
    AccessDeniedException e =
        assertThrows(
            AccessDeniedException.class,
            () -> Pmem2Source.open(readOnly, StandardOpenOption.READ, StandardOpenOption.WRITE));
    assertEquals(readOnly.toString(), e.getFile());
    assertInstanceOf(Pmem2Exception.class, e.getCause());
    try (Pmem2Source source = Pmem2Source.open(readOnly)) {
      assertEquals(false, source.descriptor().writable());
    }
  }

  @Test
  void aFileWithoutReadPermissionIsRefused() {
    Path writeOnly = Path.of("/proc/sys/vm/compact_memory");
    AccessDeniedException e =
        assertThrows(AccessDeniedException.class, () -> Pmem2Source.open(writeOnly));
    assertEquals(writeOnly.toString(), e.getFile());
  }

  @Test
  void aRunningProgramIsOpenedToRead() throws Exception {
    Path program = ndctl.directory().resolve("cat");
    Files.copy(Path.of("/bin/cat"), program);
    Process running = new ProcessBuilder(program.toString()).start();
    try {
      assertEquals(
          "ETXTBSY",
          refused(program, StandardOpenOption.READ, StandardOpenOption.WRITE).errnoName());
      try (Pmem2Source source = Pmem2Source.open(program)) {
        assertEquals(Files.size(program), source.size());
      }
    } finally {
      running.getOutputStream().close(); // its end
      running.waitFor();
    }
  }

  @Test
  void theAccessIsTheOneAskedFor() throws IOException {
    Path file = ndctl.file("file", 1);
    try (Pmem2Source source = Pmem2Source.open(file, StandardOpenOption.READ)) {
      assertEquals(false, source.descriptor().writable());
    }
    try (Pmem2Source source = Pmem2Source.open(file)) {
      assertEquals(true, source.descriptor().writable());
    }
    assertEquals(
        Pmem2Error.PMEM2_E_INVALID_FILE_HANDLE, refused(file, StandardOpenOption.WRITE).error());
    assertThrows(
        IllegalArgumentException.class,
        () -> Pmem2Source.open(file, StandardOpenOption.READ, StandardOpenOption.APPEND));
    assertThrows(
        IllegalArgumentException.class, () -> Pmem2Source.open(file, new StandardOpenOption[0]));
  }

  /** Java's own way to start a process closes what it inherits; C code in the process may not. */
  @Test
  void aChildProcessInheritsNoDescriptor() throws IOException {
    Path file = ndctl.file("file", 1);
    try (Pmem2Source source = Pmem2Source.open(file)) {
      assertEquals(PAGE, source.size());
      int found = 0;
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        for (Path descriptor : descriptors.toList()) {
          if (Files.isSymbolicLink(descriptor)
              && Files.readSymbolicLink(descriptor).equals(file.toRealPath())) {
            Path info = Path.of("/proc/self/fdinfo").resolve(descriptor.getFileName());
            String flags = Files.readString(info).replaceAll("(?s).*flags:\\s*(\\d+).*", "$1");
            assertEquals(O_CLOEXEC, Integer.parseInt(flags, 8) & O_CLOEXEC, flags);
            found++;
          }
        }
      }
      assertEquals(1, found);
    }
  }

  @Test
  void namesAreBytes() throws IOException {
    for (String name : List.of("ü €", "a b", "100%", "x+y?#", "\u65e5\u672c")) {
      String encoding = System.getProperty("sun.jnu.encoding");
      assumeTrue(
          Charset.forName(encoding).newEncoder().canEncode(name),
          "file names here are " + encoding);
      Path file = ndctl.file(name, 1);
      ndctl.bad(file, 0, PAGE);
      try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
        assertEquals(List.of(new ByteRange(0, PAGE)), badBlocks.remaining());
      }
      Path relative = Path.of("").toAbsolutePath().relativize(file);
      try (Pmem2Source source = Pmem2Source.open(relative)) {
        assertEquals(PAGE, source.size());
      }
    }
  }

  @Test
  void aPathInAnArchiveIsRefused() throws IOException {
    URI archive = URI.create("jar:" + PackagedJarTest.jar().toUri());
    try (FileSystem inside = FileSystems.newFileSystem(archive, Map.of())) {
      assertThrows(
          IllegalArgumentException.class, () -> Pmem2Source.open(inside.getPath("/META-INF")));
    }
  }
}
