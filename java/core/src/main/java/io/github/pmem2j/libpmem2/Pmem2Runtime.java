package io.github.pmem2j.libpmem2;

import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.internal.jni.NativeLibrary;
import io.github.pmem2j.internal.jni.Platform;
import io.github.pmem2j.internal.jni.Pmem2;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The libraries that pmem2j uses, for diagnosis. These methods load them; all other methods of
 * pmem2j load what they need themselves.
 */
public final class Pmem2Runtime {
  private Pmem2Runtime() {}

  /**
   * The platform whose native library is used.
   *
   * @return a name such as {@code linux_64}, even if there is no library for it
   */
  public static String platform() {
    return Platform.name();
  }

  /**
   * Loads the native library.
   *
   * @return where it was loaded from, for a person
   * @throws Pmem2Exception with {@code PMEM2_E_NOSUPP} and the reason if it cannot be loaded
   */
  public static String nativeLibrary() throws Pmem2Exception {
    return NativeLibrary.origin();
  }

  /**
   * Loads the machine's libndctl, which {@link Pmem2BadBlocks} needs.
   *
   * @return its file
   * @throws Pmem2Exception with {@code PMEM2_E_NOSUPP} and the name of the package if there is none
   * @throws IOException as above
   */
  public static Path libndctl() throws IOException {
    return Path.of(Pmem2.bindNdctl());
  }
}
