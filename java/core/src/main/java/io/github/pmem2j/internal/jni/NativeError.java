package io.github.pmem2j.internal.jni;

import io.github.pmem2j.CancelledException;
import io.github.pmem2j.NotBadException;
import io.github.pmem2j.Pmem2Error;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.UnreadableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Chooses the exception for a code that a native method returned. */
public final class NativeError {
  private static final int MESSAGE_SIZE = 512;

  /** What a JVM that forbids native access needs. */
  private static final String PERMIT =
      "start Java with --enable-native-access="
          + Objects.requireNonNullElse(NativeError.class.getModule().getName(), "ALL-UNNAMED");

  /** The exceptions whose messages say what failed. */
  static final Set<Class<? extends IOException>> EXPLAINED =
      Set.of(
          CancelledException.class,
          NotBadException.class,
          Pmem2Exception.class,
          RepairJournalException.class,
          UnreadableException.class);

  private NativeError() {}

  /** An array for a native method's {@code errormsg}. */
  public static byte[] newMessage() {
    return new byte[MESSAGE_SIZE];
  }

  /** The text in an array that a native method filled. */
  public static String text(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  /** Throws the {@link #exception} for {@code code} unless that is success. */
  public static void check(int code, String operation, Path path, byte[] errormsg)
      throws IOException {
    if (code != 0) {
      throw exception(operation, path, code, text(errormsg));
    }
  }

  /**
   * The exception for a failure: the JDK's own for a missing file and for missing permission, with
   * a {@link Pmem2Exception} as its cause, else that one.
   */
  public static IOException exception(String operation, Path path, int code, String message) {
    int errno = Pmem2Error.of(code) == Pmem2Error.ERRNO ? -code : 0;
    byte[] name = newMessage();
    Native.errnoName(errno, name);
    Pmem2Exception exception =
        new Pmem2Exception(operation, Optional.ofNullable(path), code, errno, text(name), message);
    if (path == null || exception.error() != Pmem2Error.ERRNO) {
      return exception;
    }
    String reason = operation + (message.isEmpty() ? "" : ": " + message);
    FileSystemException known =
        switch (exception.errnoName()) {
          // Other calls have the file open: they miss something else.
          case "ENOENT" ->
              operation.equals("open") || operation.equals("getxattr")
                  ? new NoSuchFileException(path.toString(), null, reason)
                  : null;
          case "EACCES", "EPERM" -> new AccessDeniedException(path.toString(), null, reason);
          default -> null;
        };
    if (known == null) {
      return exception;
    }
    known.initCause(exception);
    return known;
  }

  /** The symbol of the errno behind one of our exceptions, or "". */
  public static String errnoName(IOException exception) {
    Throwable own = exception instanceof FileSystemException ? exception.getCause() : exception;
    return own instanceof Pmem2Exception pmem2 ? pmem2.errnoName() : "";
  }

  /**
   * The cause to quote in a message. An exception of the JDK or of a user's code gets its name in
   * front, because the message often lacks what happened: many are just a path.
   */
  public static String cause(Exception e) {
    boolean explained =
        e.getClass() == IOException.class
            || e.getClass() == FileSystemException.class
            || EXPLAINED.stream().anyMatch(type -> type.isInstance(e));
    if (explained) {
      return e.getMessage();
    }
    String name = e.getClass().getSimpleName();
    return e.getMessage() == null ? name : name + ": " + e.getMessage();
  }

  /** The same failure, with what to do about it. */
  public static IOException advised(IOException failure, String advice) {
    Throwable own = failure instanceof FileSystemException ? failure.getCause() : failure;
    IOException advised =
        own instanceof Pmem2Exception pmem2
            ? copy(pmem2, pmem2.path(), advice)
            : new IOException(cause(failure) + ": " + advice);
    advised.initCause(failure);
    return advised;
  }

  /** The same failure, with the path by which the user knows the file. */
  public static Pmem2Exception named(Pmem2Exception failure, Path path) {
    Pmem2Exception named = copy(failure, Optional.of(path), failure.errorMessage());
    named.initCause(failure);
    return named;
  }

  /**
   * A failure of a JDK call, with the path by which the user knows the file. For some errors the
   * JDK has no reason, only a class.
   */
  public static FileSystemException named(
      FileSystemException failure, String operation, Path path) {
    String reason =
        failure.getReason() == null ? failure.getClass().getSimpleName() : failure.getReason();
    FileSystemException named =
        new FileSystemException(path.toString(), null, operation + ": " + reason);
    named.initCause(failure);
    return named;
  }

  private static Pmem2Exception copy(Pmem2Exception of, Optional<Path> path, String message) {
    return new Pmem2Exception(of.operation(), path, of.code(), of.errno(), of.errnoName(), message);
  }

  /** The exception for a file of a type that an operation does not accept. */
  public static FileSystemException invalidType(String operation, Path path, String message) {
    return new FileSystemException(path.toString(), null, operation + ": " + message);
  }

  /** The exception for every call on a platform or machine where the native cannot be loaded. */
  public static Pmem2Exception unsupported(Throwable cause) {
    Pmem2Exception exception =
        new Pmem2Exception(
            "loading the native library",
            Optional.empty(),
            Pmem2Error.PMEM2_E_NOSUPP.code(),
            0,
            "",
            cause.getMessage() + (cause instanceof IllegalCallerException ? "; " + PERMIT : ""));
    exception.initCause(cause);
    return exception;
  }
}
