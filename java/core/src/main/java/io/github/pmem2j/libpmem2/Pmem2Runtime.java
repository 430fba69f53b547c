package io.github.pmem2j.libpmem2;

import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.internal.jni.NativeLibrary;
import io.github.pmem2j.internal.jni.Pmem2;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The libraries that pmem2j uses, for diagnosis. These methods load them; everything else in pmem2j
 * loads what it needs itself.
 */
public final class Pmem2Runtime {
  private Pmem2Runtime() {}

  /**
   * The platform whose native library is used.
   *
   * @return {@code linux_64} or the like, also where there is no library for it
   */
  public static String platform() {
    return NativeLibrary.platform();
  }

  /**
   * Loads the native library.
   *
   * @return where it was loaded from, for a person
   * @throws Pmem2Exception with {@code PMEM2_E_NOSUPP} if it cannot be loaded, and why
   */
  public static String nativeLibrary() throws Pmem2Exception {
    return NativeLibrary.origin();
  }

  /**
   * Loads the machine's libndctl, which {@link Pmem2BadBlocks} needs.
   *
   * @return its file
   * @throws Pmem2Exception with {@code PMEM2_E_NOSUPP} if there is none, and which package has it
   * @throws IOException as above
   */
  public static Path libndctl() throws IOException {
    return Path.of(Pmem2.bindNdctl());
  }
}
