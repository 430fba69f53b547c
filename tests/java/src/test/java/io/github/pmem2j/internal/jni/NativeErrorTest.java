package io.github.pmem2j.internal.jni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.pmem2j.Pmem2Error;
import io.github.pmem2j.Pmem2ErrorTest;
import io.github.pmem2j.Pmem2Exception;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NativeErrorTest {
  private static final Path FILE = Path.of("/mnt/pmem/file");
  private static final Pattern ERRNO = Pattern.compile("(?m)^#define\\s+(E\\w+)\\s+(\\d+)");

  @BeforeAll
  static void load() throws IOException {
    NativeLibrary.require();
  }

  private static Pmem2Exception failure(int code) {
    IOException exception = NativeError.exception("pmem2_call", FILE, code, "it said so");
    return assertInstanceOf(Pmem2Exception.class, exception);
  }

  @Test
  void everyCodeOfTheHeader() throws IOException {
    for (Map.Entry<String, Integer> entry : Pmem2ErrorTest.header().entrySet()) {
      Pmem2Exception exception = failure(entry.getValue());
      assertEquals(Pmem2Error.valueOf(entry.getKey()), exception.error());
      assertEquals(entry.getValue(), exception.code());
      assertEquals(entry.getKey(), exception.errorName());
      assertEquals(0, exception.errno());
      assertEquals("", exception.errnoName());
      assertEquals("pmem2_call", exception.operation());
      assertEquals(Optional.of(FILE), exception.path());
      assertEquals("it said so", exception.errorMessage());
      assertEquals(
          FILE
              + ": pmem2_call failed: "
              + entry.getKey()
              + " ("
              + entry.getValue()
              + "): it said so",
          exception.getMessage());
    }
  }

  @Test
  void anUnknownCode() {
    Pmem2Exception exception = failure(-123_456);
    assertEquals(Pmem2Error.UNKNOWN, exception.error());
    assertEquals(-123_456, exception.code());
    assertEquals("", exception.errorName());
    assertEquals(FILE + ": pmem2_call failed: code -123456: it said so", exception.getMessage());
  }

  /** Against the kernel's own headers, where two names for one value are left out. */
  @Test
  void everyErrno() throws IOException {
    Map<Integer, String> names = new TreeMap<>();
    for (String header : new String[] {"errno-base.h", "errno.h"}) {
      String text = Files.readString(Path.of("/usr/include/asm-generic", header));
      for (MatchResult match : ERRNO.matcher(text).results().toList()) {
        names.put(Integer.parseInt(match.group(2)), match.group(1));
      }
    }
    assertTrue(names.size() > 130, names.toString());
    assertEquals("EIO", names.get(5));
    names.forEach(
        (errno, name) -> {
          IOException exception = NativeError.exception("call", FILE, -errno, "");
          assertEquals(name, NativeError.errnoName(exception));
        });
  }

  @Test
  void anErrnoWithoutAnExceptionOfItsOwn() {
    Pmem2Exception exception = failure(-5);
    assertEquals(Pmem2Error.ERRNO, exception.error());
    assertEquals(-5, exception.code());
    assertEquals(5, exception.errno());
    assertEquals("EIO", exception.errnoName());
    assertEquals("EIO", exception.errorName());
    assertEquals(FILE + ": pmem2_call failed: EIO (-5): it said so", exception.getMessage());
    assertNull(exception.getCause());
  }

  @Test
  void anErrnoThatHasNoName() {
    Pmem2Exception exception = failure(-4000);
    assertEquals(4000, exception.errno());
    assertEquals("", exception.errnoName());
    assertTrue(exception.getMessage().contains("code -4000"), exception.getMessage());
  }

  private static void checkJdk(
      Class<? extends FileSystemException> expected, String operation, int errno, String name) {
    IOException exception = NativeError.exception(operation, FILE, -errno, "it said so");
    FileSystemException jdk = assertInstanceOf(expected, exception);
    assertEquals(FILE.toString(), jdk.getFile());
    assertTrue(jdk.getMessage().contains(operation), jdk.getMessage());
    assertTrue(jdk.getMessage().contains("it said so"), jdk.getMessage());
    Pmem2Exception cause = assertInstanceOf(Pmem2Exception.class, jdk.getCause());
    assertEquals(-errno, cause.code());
    assertEquals(name, cause.errnoName());
    assertEquals(name, NativeError.errnoName(jdk));
  }

  @Test
  void theJdksOwnExceptions() {
    checkJdk(NoSuchFileException.class, "open", 2, "ENOENT");
    checkJdk(AccessDeniedException.class, "open", 13, "EACCES");
    checkJdk(AccessDeniedException.class, "open", 1, "EPERM");
    checkJdk(AccessDeniedException.class, "pmem2_badblock_context_new", 13, "EACCES");
  }

  /** An open file exists, even if libpmem2 found nothing below it. */
  @Test
  void onlyOpenSaysThatTheFileIsMissing() {
    IOException exception = NativeError.exception("pmem2_badblock_context_new", FILE, -2, "");
    assertEquals("ENOENT", assertInstanceOf(Pmem2Exception.class, exception).errnoName());
  }

  @Test
  void withoutAPathThereIsNoFileToName() {
    IOException exception = NativeError.exception("pmem2_source_from_anon", null, -13, "");
    Pmem2Exception own = assertInstanceOf(Pmem2Exception.class, exception);
    assertEquals(Optional.empty(), own.path());
    assertEquals("pmem2_source_from_anon failed: EACCES (-13)", own.getMessage());
  }

  @Test
  void checkThrowsOnFailureAlone() throws IOException {
    byte[] message = "text\0rest".getBytes(StandardCharsets.UTF_8);
    NativeError.check(0, "call", FILE, message);
    IOException exception =
        assertThrows(IOException.class, () -> NativeError.check(-5, "call", FILE, message));
    assertEquals(FILE + ": call failed: EIO (-5): text", exception.getMessage());
  }

  @Test
  void anExceptionCanBeSerialized() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(failure(-5));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      Pmem2Exception copy = (Pmem2Exception) in.readObject();
      assertEquals(-5, copy.code());
      assertEquals("EIO", copy.errnoName());
      assertEquals(failure(-5).getMessage(), copy.getMessage());
    }
  }

  /** A user's exception, in a package whose name begins like ours. */
  private static final class ReplicaException extends IOException {
    private static final long serialVersionUID = 1L;

    ReplicaException(String message) {
      super(message);
    }
  }

  @Test
  void aCauseHasANameUnlessItsMessageSaysWhatFailed() {
    assertEquals("no page 7", NativeError.cause(new IOException("no page 7")));
    assertEquals(failure(-5).getMessage(), NativeError.cause(failure(-5)));
    assertEquals("NoSuchFileException: /a", NativeError.cause(new NoSuchFileException("/a")));
    assertEquals("ReplicaException: 7", NativeError.cause(new ReplicaException("7")));
    assertEquals("EOFException", NativeError.cause(new EOFException()));
  }

  @Test
  void knowsEveryExceptionOfTheLibrary() {
    Set<Class<?>> all = new HashSet<>();
    URL jar = NativeError.class.getProtectionDomain().getCodeSource().getLocation();
    for (JavaClass type : new ClassFileImporter().importUrl(jar)) {
      if (type.getPackageName().equals("io.github.pmem2j")
          && Exception.class.isAssignableFrom(type.reflect())) {
        all.add(type.reflect());
      }
    }
    assertEquals(NativeError.EXPLAINED, all);
  }
}
