package io.github.pmem2j.device;

import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Collection;

/** Creates the exception for a path that has no suitable device. */
final class Unsupported {
  private static final String NOTHING = "nothing below it is on persistent memory";

  private Unsupported() {}

  static FileSystemException of(String operation, Path path, Collection<String> reasons) {
    String why = reasons.isEmpty() ? NOTHING : String.join("; ", reasons);
    return new FileSystemException(path.toString(), null, operation + ": " + why);
  }
}
