package io.github.pmem2j.internal.jni;

import java.util.Locale;
import org.scijava.nativelib.NativeLibraryUtil;

/** The platforms, which are native-lib-loader's, and their names. */
public final class Platform {
  private Platform() {}

  /**
   * The name of this platform: linux_64 or the like, or unknown. Those that have a library are
   * named without native-lib-loader, which would start SLF4J: that takes longer than everything
   * else here, and prints a warning if there is no provider. Nor is it an OSGi bundle, or a module
   * that jlink accepts.
   */
  public static String name() {
    if (System.getProperty("os.name").equals("Linux")) {
      switch (System.getProperty("os.arch")) {
        case "amd64":
          return "linux_64";
        case "aarch64":
          return "linux_arm64";
        case "riscv64":
          return "linux_riscv64";
        default:
          break;
      }
    }
    try {
      return NativeLibraryUtil.getArchitecture().name().toLowerCase(Locale.ROOT);
    } catch (NoClassDefFoundError e) { // It is optional in OSGi and on the module path.
      return "unknown";
    }
  }
}
