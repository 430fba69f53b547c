package io.github.pmem2j.cli;

import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.cli.json.ErrorJson;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Map;

/** Converts exceptions to errors, and advises what to do next. */
final class Failure {
  private static final String REFUSED = "REFUSED";

  /** The system's messages in exceptions of the JDK, which do not have the code. */
  private static final Map<String, ErrorJson> SYSTEM_ERRORS =
      Map.of(
          "Operation not permitted", new ErrorJson(-1, "EPERM", ""),
          "Not a directory", new ErrorJson(-20, "ENOTDIR", ""),
          "Input/output error", new ErrorJson(-5, "EIO", ""),
          "Too many open files", new ErrorJson(-24, "EMFILE", ""),
          "File too large", new ErrorJson(-27, "EFBIG", ""),
          "No space left on device", new ErrorJson(-28, "ENOSPC", ""),
          "Read-only file system", new ErrorJson(-30, "EROFS", ""),
          "File name too long", new ErrorJson(-36, "ENAMETOOLONG", ""),
          "Disk quota exceeded", new ErrorJson(-122, "EDQUOT", ""));

  private Failure() {}

  /** The error of an operation on a path. */
  static ErrorJson of(Exception e, Path path) {
    ErrorJson error = of(e);
    return new ErrorJson(
        error.code(), error.name(), PathConverter.inMessage(error.message(), path));
  }

  /** The error of an exception. */
  static ErrorJson of(Exception e) {
    Throwable own = e instanceof FileSystemException && e.getCause() != null ? e.getCause() : e;
    String message = own.getMessage() == null ? own.toString() : own.getMessage();
    if (own instanceof Pmem2Exception pmem2) {
      return new ErrorJson(pmem2.code(), pmem2.errorName(), message);
    }
    // The JDK's own exceptions, whose message is a bare path.
    if (own instanceof NotDirectoryException) {
      return new ErrorJson(-20, "ENOTDIR", message + ": not a directory");
    }
    if (own instanceof NoSuchFileException) {
      return new ErrorJson(-2, "ENOENT", message + ": no such file or directory");
    }
    if (own instanceof AccessDeniedException) {
      return new ErrorJson(-13, "EACCES", message + ": permission denied");
    }
    ErrorJson system = systemError(own);
    return system == null ? refused(message) : new ErrorJson(system.code(), system.name(), message);
  }

  /** The code and name of the system's error behind an exception of the JDK, or null. */
  private static ErrorJson systemError(Throwable e) {
    if (e == null) {
      return null;
    }
    String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
    ErrorJson error = reason == null ? null : SYSTEM_ERRORS.get(reason);
    return error == null ? systemError(e.getCause()) : error;
  }

  /** A refusal by pmem2j. */
  static ErrorJson refused(String message) {
    return new ErrorJson(0, REFUSED, message);
  }

  /** What to do next. */
  static String advice(ErrorJson error) {
    return switch (error.name()) {
      case "ENOENT" -> "Check the path: there is no such file.";
      case "EACCES" -> "Run as a user with that permission on the file, such as root.";
      case "EPERM" ->
          "If the file is immutable or append-only (lsattr), change that (chattr -i or -a); else run"
              + " as a user with that permission on the file, such as root.";
      case "EISDIR" -> "Name a regular file or a device, not a directory.";
      case "ENOTDIR" -> "Check the path: it passes through a file that is not a directory.";
      case "ELOOP" -> "Check the path: it leads back to itself, or has too many symbolic links.";
      case "ENAMETOOLONG" ->
          "A name may have 255 bytes, and a path 4095: change to the directory (cd), and name the"
              + " file from there; or choose a shorter name.";
      case "EFBIG" ->
          "The file system, or this process (ulimit -f), does not allow a file of that size: choose"
              + " another place, or raise the limit.";
      case "ENXIO" ->
          "Name a regular file or a device, not a socket; of a device, see the kernel's log"
              + " (dmesg).";
      case "EROFS" -> "Remount the file system read-write, or list instead of clearing.";
      case "ENOSPC", "EDQUOT" -> "Free space on the file system.";
      case "PMEM2_E_INVALID_FILE_TYPE" ->
          "Name a regular file or a dax device such as /dev/dax0.0; scan, verify and salvage take a"
              + " block device, and scan --recursive a directory.";
      case "PMEM2_E_CANNOT_READ_BOUNDS" ->
          "Only root can read where a dax device lies (the resource files in sysfs): run as"
              + " root, or"
              + " with the capability CAP_DAC_READ_SEARCH.";
      case "PMEM2_E_NOSUPP", "PMEM2_E_DAX_REGION_NOT_FOUND" ->
          "Run the command doctor: it shows what is missing.";
      case "EIO", "ENODEV" -> "See the kernel's log (dmesg) for what the device reported.";
      case REFUSED -> "";
      default -> "Run the command doctor, and see the kernel's log (dmesg).";
    };
  }
}
