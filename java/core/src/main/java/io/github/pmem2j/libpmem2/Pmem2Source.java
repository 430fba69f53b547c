package io.github.pmem2j.libpmem2;

import io.github.pmem2j.Pmem2Error;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.internal.jni.Handle;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.jni.Pmem2;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A file or dax device for libpmem2: {@code struct pmem2_source}, see <a
 * href="https://pmem.io/pmdk/manpages/linux/v1.11/libpmem2/pmem2_source_from_fd.3/">pmem2_source_from_fd(3)</a>.
 * It owns its file descriptor.
 *
 * <p>Thread-safe; one call at a time reaches C. Closing it closes every {@link Pmem2BadBlocks} that
 * was opened on it, and waits for calls in progress. After that, every method except {@code close}
 * throws {@link IllegalStateException}. An abandoned source is closed once it and everything opened
 * on it are unreachable.
 */
public final class Pmem2Source implements AutoCloseable {
  /** The errors of open(2) after which a read-only open may succeed. */
  private static final Set<String> NOT_WRITABLE =
      Set.of("EACCES", "EPERM", "EROFS", "EISDIR", "ETXTBSY");

  /** Null for an anonymous source. */
  private final Descriptor descriptor;

  private final Handle handle;

  private Pmem2Source(Descriptor descriptor, Handle handle) {
    this.descriptor = descriptor;
    this.handle = handle;
  }

  /**
   * Opens a regular file or a dax device for reading and writing, or only for reading if writing is
   * not permitted.
   *
   * @param path the file
   * @return the source
   * @throws Pmem2Exception if libpmem2 cannot use it: {@code PMEM2_E_INVALID_FILE_TYPE} for a
   *     directory, a block device or a pipe; {@code PMEM2_E_NOSUPP} on a platform without a native
   *     library
   * @throws java.nio.file.NoSuchFileException if it does not exist
   * @throws java.nio.file.AccessDeniedException if permission to read it is denied
   * @throws IOException if it cannot be opened
   */
  public static Pmem2Source open(Path path) throws IOException {
    Objects.requireNonNull(path, "path");
    try {
      return open(path, Descriptor.Mode.READ, Descriptor.Mode.WRITE);
    } catch (IOException e) {
      if (!NOT_WRITABLE.contains(NativeError.errnoName(e))) {
        throw e;
      }
      return open(path, Descriptor.Mode.READ);
    }
  }

  /**
   * Opens a regular file or a dax device with exactly the requested access.
   *
   * @param path the file
   * @param access {@link StandardOpenOption#READ}, {@link StandardOpenOption#WRITE}, or both;
   *     libpmem2 refuses a source that cannot be read, and {@link Pmem2BadBlocks#clear} needs one
   *     that can be written
   * @return the source
   * @throws IllegalArgumentException if no access or any other option is requested
   * @throws Pmem2Exception as {@link #open(Path)}, and {@code PMEM2_E_INVALID_FILE_HANDLE} for
   *     write access alone
   * @throws java.nio.file.NoSuchFileException if it does not exist
   * @throws java.nio.file.AccessDeniedException if permission for this access is denied
   * @throws IOException if it cannot be opened
   */
  public static Pmem2Source open(Path path, OpenOption... access) throws IOException {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(access, "access");
    boolean read = false;
    boolean write = false;
    for (OpenOption option : access) {
      if (option == StandardOpenOption.READ) {
        read = true;
      } else if (option == StandardOpenOption.WRITE) {
        write = true;
      } else {
        throw new IllegalArgumentException(
            path + ": a source is opened with READ, WRITE or both, not with " + option);
      }
    }
    if (!read && !write) {
      throw new IllegalArgumentException(path + ": open it with READ, WRITE or both");
    }
    return read && write
        ? open(path, Descriptor.Mode.READ, Descriptor.Mode.WRITE)
        : open(path, read ? Descriptor.Mode.READ : Descriptor.Mode.WRITE);
  }

  private static Pmem2Source open(Path path, Descriptor.Mode first, Descriptor.Mode... more)
      throws IOException {
    Descriptor descriptor = Descriptor.open(path, first, more);
    try {
      return new Pmem2Source(
          descriptor, Pmem2.sourceFromFd(descriptor.handle(), descriptor.path()));
    } catch (IOException | RuntimeException e) {
      descriptor.close();
      throw e;
    }
  }

  /**
   * Makes a source without a file. It has a size and no bad blocks: opening a context on it fails
   * with {@code PMEM2_E_NOSUPP}.
   *
   * @param size its size in bytes
   * @return the source
   * @throws IllegalArgumentException if {@code size} is negative
   * @throws Pmem2Exception if libpmem2 refuses
   * @throws IOException never otherwise
   */
  public static Pmem2Source anonymous(long size) throws IOException {
    if (size < 0) {
      throw new IllegalArgumentException("an anonymous source needs a size of 0 or more: " + size);
    }
    return new Pmem2Source(null, Pmem2.sourceFromAnon(size));
  }

  /**
   * The size of the file or device ({@code pmem2_source_size}).
   *
   * @return bytes
   * @throws Pmem2Exception if libpmem2 fails; {@code PMEM2_E_NOSUPP} for a dax device that is not
   *     on the nd bus
   * @throws IOException as above
   * @throws IllegalStateException if this is closed
   */
  public long size() throws IOException {
    requireDevice("pmem2_source_size");
    return handle.use(source -> Pmem2.sourceSize(source, path()));
  }

  /**
   * The unit to which the offsets and lengths of mappings must be aligned ({@code
   * pmem2_source_alignment}).
   *
   * @return bytes
   * @throws Pmem2Exception if libpmem2 fails; {@code PMEM2_E_NOSUPP} for a dax device that is not
   *     on the nd bus
   * @throws IOException as above
   * @throws IllegalStateException if this is closed
   */
  public long alignment() throws IOException {
    requireDevice("pmem2_source_alignment");
    return handle.use(source -> Pmem2.sourceAlignment(source, path()));
  }

  /**
   * The identity of the memory modules below ({@code pmem2_source_device_id}), which changes if a
   * pool moves to other modules.
   *
   * @return an opaque text, "" if the modules have no identity
   * @throws Pmem2Exception if libpmem2 fails, and {@code PMEM2_E_NOSUPP} if libndctl is missing or
   *     the source is not on persistent memory
   * @throws IOException as above
   * @throws IllegalStateException if this is closed
   */
  public String deviceId() throws IOException {
    return handle.use(source -> Pmem2.sourceDeviceId(source, path()));
  }

  /**
   * The unsafe shutdown count of the modules below ({@code pmem2_source_device_usc}): it increases
   * when power is lost before their buffers are flushed.
   *
   * @return the sum of the counts of the modules
   * @throws Pmem2Exception if libpmem2 fails, and {@code PMEM2_E_NOSUPP} if libndctl is missing or
   *     the source is not on persistent memory
   * @throws IOException as above
   * @throws IllegalStateException if this is closed
   */
  public long deviceUnsafeShutdownCount() throws IOException {
    return handle.use(source -> Pmem2.sourceDeviceUsc(source, path()));
  }

  /**
   * Checks that libpmem2 finds a dax device on the nd bus: if not, its functions for the size and
   * alignment crash the process.
   */
  private void requireDevice(String operation) throws IOException {
    if (descriptor == null || descriptor.status().type() != FileStatus.Type.CHARACTER_DEVICE) {
      return;
    }
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(this)) {
      if (!badBlocks.deviceMatched()) {
        throw new Pmem2Exception(
            operation,
            Optional.of(path()),
            Pmem2Error.PMEM2_E_NOSUPP.code(),
            0,
            "",
            "libpmem2 finds no namespace for this dax device on the nd bus");
      }
    } catch (Pmem2Exception e) {
      // The namespace was found; only its address is hidden, which this call does not need.
      if (e.error() != Pmem2Error.PMEM2_E_CANNOT_READ_BOUNDS) {
        throw e;
      }
    }
  }

  /** The path it was opened with, or null. */
  Path path() {
    return descriptor == null ? null : descriptor.path();
  }

  /** The open file, or null. */
  Descriptor descriptor() {
    return descriptor;
  }

  /** The guard of the native object. */
  Handle handle() {
    return handle;
  }

  /**
   * First closes the contexts opened on it, then the source. Idempotent; waits for calls in
   * progress.
   */
  @Override
  public void close() {
    if (descriptor != null) {
      descriptor.close();
    } else {
      handle.close();
    }
  }

  /** {@return a text for messages: the type and the path} */
  @Override
  public String toString() {
    return descriptor == null ? "an anonymous Pmem2Source" : "Pmem2Source of " + path();
  }
}
