package io.github.pmem2j.device;

import io.github.pmem2j.Pmem2Error;
import io.github.pmem2j.Pmem2Exception;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/** Creates the exception for a path that has no suitable device. */
final class Unsupported {
  private static final String NOTHING = "nothing below it is on persistent memory";

  private Unsupported() {}

  static Pmem2Exception of(String operation, Path path, Collection<String> reasons) {
    return new Pmem2Exception(
        operation,
        Optional.of(path),
        Pmem2Error.PMEM2_E_NOSUPP.code(),
        0,
        "",
        reasons.isEmpty() ? NOTHING : String.join("; ", reasons));
  }
}
