package io.github.pmem2j.cli;

import io.github.pmem2j.Pmem2Exception;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Why something could not be done, as JSON has it.
 *
 * @param code what libpmem2 or the kernel returned; 0 if this program itself refused
 * @param name the code's symbol
 * @param message the file, the operation and the code in words
 */
record Failure(int code, String name, String message) {
  private static final String REFUSED = "REFUSED";

  /** Why something could not be done with a path. */
  static Failure of(Exception e, Path path) {
    Failure failure = of(e);
    return new Failure(failure.code, failure.name, PathConverter.inMessage(failure.message, path));
  }

  /** Why something could not be done. */
  static Failure of(Exception e) {
    Throwable own = e instanceof FileSystemException && e.getCause() != null ? e.getCause() : e;
    String message = own.getMessage() == null ? own.toString() : own.getMessage();
    if (own instanceof Pmem2Exception pmem2) {
      return new Failure(pmem2.code(), pmem2.errorName(), message);
    }
    // The JDK's own, whose message is a bare path.
    if (own instanceof NotDirectoryException) {
      return new Failure(-20, "ENOTDIR", message + ": it is no directory");
    }
    if (own instanceof NoSuchFileException) {
      return new Failure(-2, "ENOENT", message + ": no such file or directory");
    }
    if (own instanceof AccessDeniedException) {
      return new Failure(-13, "EACCES", message + ": permission denied");
    }
    return refused(message);
  }

  /** A refusal of ours. */
  static Failure refused(String message) {
    return new Failure(0, REFUSED, message);
  }

  /** What to do next. */
  String advice() {
    return switch (name) {
      case "ENOENT" -> "Check the path: there is no such file.";
      case "EACCES", "EPERM" -> "Run as a user who has that access to the file, such as root.";
      case "EISDIR", "ENOTDIR", "ELOOP" -> "Check the path: something else is expected there.";
      case "EROFS" -> "Remount the file system to write, or list instead of clearing.";
      case "ENOSPC", "EDQUOT" -> "Give the file system room.";
      case "PMEM2_E_INVALID_FILE_TYPE" ->
          "Name a regular file or a dax device such as /dev/dax0.0; scan, verify and salvage take a"
              + " block device, and scan --recursive a directory.";
      case "PMEM2_E_CANNOT_READ_BOUNDS" ->
          "Where a dax device lies is told to root only (the resource files in sysfs): run as root"
              + " or with the capability CAP_DAC_READ_SEARCH.";
      case "PMEM2_E_NOSUPP", "PMEM2_E_DAX_REGION_NOT_FOUND" ->
          "Run the command doctor: it says what is missing.";
      case "EIO", "ENXIO", "ENODEV" -> "See the kernel's log (dmesg) for what the device reported.";
      case REFUSED -> "";
      default -> "Run the command doctor, and see the kernel's log (dmesg).";
    };
  }
}
