package io.github.pmem2j;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A failed call of libpmem2, or a failed system call. Thread-safe and immutable.
 *
 * <p>A missing file or permission is reported as in the JDK, with {@link
 * java.nio.file.NoSuchFileException} or {@link java.nio.file.AccessDeniedException}, whose cause is
 * a {@code Pmem2Exception}.
 */
public class Pmem2Exception extends IOException {
  private static final long serialVersionUID = 1L;

  private final String operation;
  private transient Path path;
  private final int code;
  private final int errno;
  private final String errnoName;
  private final String errorMessage;

  /**
   * Describes a failure; for the library's own use.
   *
   * @param operation the C function that failed
   * @param path the file that it was called for, if any
   * @param code its result
   * @param errno the errno of the code, or 0
   * @param errnoName the symbol of the errno, or ""
   * @param errorMessage libpmem2's message, or ""
   */
  public Pmem2Exception(
      String operation,
      Optional<Path> path,
      int code,
      int errno,
      String errnoName,
      String errorMessage) {
    super(
        describe(
            operation,
            path,
            code,
            errnoName,
            Objects.requireNonNull(errorMessage, "errorMessage")));
    this.operation = Objects.requireNonNull(operation, "operation");
    this.path = path.orElse(null);
    this.code = code;
    this.errno = errno;
    this.errnoName = Objects.requireNonNull(errnoName, "errnoName");
    this.errorMessage = errorMessage;
  }

  private static String describe(
      String operation, Optional<Path> path, int code, String errnoName, String errorMessage) {
    String name = name(code, errnoName);
    return path.map(file -> file + ": ").orElse("")
        + operation
        + " failed: "
        + (name.isEmpty() ? "code " + code : name + " (" + code + ")")
        + (errorMessage.isEmpty() ? "" : ": " + errorMessage);
  }

  private static String name(int code, String errnoName) {
    Pmem2Error error = Pmem2Error.of(code);
    return switch (error) {
      case ERRNO -> errnoName;
      case UNKNOWN -> "";
      default -> error.name();
    };
  }

  /** {@return the C function that failed, such as {@code pmem2_badblock_context_new}} */
  public String operation() {
    return operation;
  }

  /**
   * The file or device that it was called for.
   *
   * @return the path that the caller passed, or empty if there is none (an anonymous source)
   */
  public Optional<Path> path() {
    return Optional.ofNullable(path);
  }

  /** {@return the result of the function: a code of libpmem2's header, or a negated errno} */
  public int code() {
    return code;
  }

  /** {@return the constant of {@link #code()}} */
  public Pmem2Error error() {
    return Pmem2Error.of(code);
  }

  /**
   * The symbol of the code, for messages and for comparison with C.
   *
   * @return {@code PMEM2_E_...} or {@code E...}, or "" for a code that has none
   */
  public String errorName() {
    return name(code, errnoName);
  }

  /**
   * The errno of the code.
   *
   * @return a positive errno value, or 0 unless the error is {@link Pmem2Error#ERRNO}
   */
  public int errno() {
    return errno;
  }

  /** {@return the symbol of {@link #errno()}, such as {@code EIO}; "" if there is none} */
  public String errnoName() {
    return errnoName;
  }

  /** {@return libpmem2's message about the failure ({@code pmem2_errormsg}), or ""} */
  public String errorMessage() {
    return errorMessage;
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
    out.writeObject(path == null ? null : new SerializedPath(path));
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    SerializedPath read = (SerializedPath) in.readObject();
    path = read == null ? null : read.path();
  }
}
