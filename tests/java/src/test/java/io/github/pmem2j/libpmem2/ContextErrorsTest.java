package io.github.pmem2j.libpmem2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.Pmem2Error;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.ScriptedNdctl;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every error of pmem2_badblock_context_new(3), from Java. */
class ContextErrorsTest {
  static final Path EXAMPLES = ChildJvm.root().resolve("tests/native/scripted_ndctl/examples");

  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  /** The exception that opening a context gives, with all that it must always say. */
  static Pmem2Exception openFails(Path file) {
    IOException thrown = assertThrows(IOException.class, () -> Pmem2BadBlocks.open(file));
    Throwable cause = thrown instanceof AccessDeniedException ? thrown.getCause() : thrown;
    Pmem2Exception e = assertInstanceOf(Pmem2Exception.class, cause);
    assertEquals("pmem2_badblock_context_new", e.operation());
    assertEquals(Optional.of(file), e.path());
    String said = file + ": pmem2_badblock_context_new failed: " + e.errorName();
    assertTrue(e.getMessage().startsWith(said + " (" + e.code() + ")"), e.getMessage());
    return e;
  }

  @ParameterizedTest
  @CsvSource({
    "new-no-memory,         -12,     ENOMEM, ndctl_new",
    "open-fails,            -2,      ENOENT, open",
    "read-fails,            -21,     EISDIR, read",
    "region-resource-fails, -5,      EIO,    cannot read offset of the region",
    "syntax-error,          -22,     EINVAL, ndctl_new",
    "offset-unreadable,     -100028, PMEM2_E_CANNOT_READ_BOUNDS, cannot read offset",
    "size-unreadable,       -100028, PMEM2_E_CANNOT_READ_BOUNDS, cannot read size",
  })
  void examples(String example, int code, String name, String message) throws IOException {
    Path file = ndctl.file("file", 1);
    Files.createDirectories(ndctl.directory().resolve("unreadable/dev"));
    ndctl.script(Files.readString(EXAMPLES.resolve(example + ".script")));
    Pmem2Exception e = openFails(file);
    assertEquals(code, e.code());
    assertEquals(name, e.errorName());
    assertEquals(code > -4096 ? -code : 0, e.errno());
    assertEquals(code > -4096 ? name : "", e.errnoName());
    assertEquals(code > -4096 ? Pmem2Error.ERRNO : Pmem2Error.valueOf(name), e.error());
    assertTrue(e.errorMessage().contains(message), e.errorMessage());
  }

  @Test
  void permissionDeniedIsAnAccessDeniedException() throws IOException {
    Path file = ndctl.file("file", 1);
    ndctl.script(Files.readString(EXAMPLES.resolve("new-fails.script")));
    AccessDeniedException e =
        assertThrows(AccessDeniedException.class, () -> Pmem2BadBlocks.open(file));
    assertEquals(file.toString(), e.getFile());
    assertEquals("EACCES", openFails(file).errnoName());
  }

  @Test
  void anInvalidDeviceNumber() throws IOException {
    Path file = ndctl.file("file", 1);
    Files.writeString(ndctl.directory().resolve("disk/dev"), "");
    assertEquals(Pmem2Error.PMEM2_E_INVALID_DEV_FORMAT, openFails(file).error());
  }

  @Test
  void filesInMemoryHaveNoExtents() throws IOException {
    Path memory = Path.of("/dev/shm");
    assumeTrue(
        Files.isWritable(memory) && Files.getFileStore(memory).type().equals("tmpfs"),
        "there is no tmpfs on /dev/shm");
    Path file = Files.createTempFile(memory, "pmem2j", "");
    try {
      Files.write(file, new byte[1]);
      ndctl.place(file);
      Pmem2Exception e = openFails(file);
      assertEquals("EOPNOTSUPP", e.errnoName());
      assertTrue(e.errorMessage().contains("fiemap"), e.errorMessage());
    } finally {
      Files.delete(file);
    }
  }

  /** A failure after a failure has its own message. */
  @Test
  void messagesAreNotMixedUp() throws IOException {
    Path file = ndctl.file("file", 1);
    ndctl.script(Files.readString(EXAMPLES.resolve("offset-unreadable.script")));
    String first = openFails(file).errorMessage();
    ndctl.script(Files.readString(EXAMPLES.resolve("new-no-memory.script")));
    String second = openFails(file).errorMessage();
    assertTrue(first.contains("offset"), first);
    assertTrue(!second.contains("offset"), second);
    Pmem2Exception third =
        assertThrows(Pmem2Exception.class, () -> Pmem2Source.open(ndctl.directory()));
    assertTrue(!third.errorMessage().contains("ndctl_new"), third.errorMessage());
  }

  /** What libpmem2 makes of a list that cannot be read: an empty one. */
  @Test
  void aListThatCannotBeReadLooksEmpty() throws IOException {
    Path file = ndctl.file("file", 8);
    for (int page = 0; page < 8; page += 2) {
      ndctl.bad(file, page * ScriptedNdctl.PAGE, ScriptedNdctl.PAGE);
    }
    ndctl.add("fail ndctl_namespace_get_next_badblock EIO after 2");
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertEquals(3, badBlocks.remaining().size());
      assertTrue(badBlocks.deviceMatched());
    }
    ndctl.add("fail ndctl_namespace_get_first_badblock EACCES");
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertEquals(0, badBlocks.remaining().size());
      assertTrue(badBlocks.deviceMatched());
    }
  }

  @Test
  void whatOnlyADaxDeviceShows() throws IOException {
    DaxDevice.assume();
    DaxDevice.tests(DaxDeviceChecks.class);
  }
}
