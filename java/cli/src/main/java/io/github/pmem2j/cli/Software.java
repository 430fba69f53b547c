package io.github.pmem2j.cli;

import com.google.gson.annotations.SerializedName;
import io.github.pmem2j.internal.NativeLibrary;
import io.github.pmem2j.internal.Pmem2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the program stands on.
 *
 * @param pmem2j its own version
 * @param platform native-lib-loader's name of the platform
 * @param kernel operating system, release and architecture
 * @param jvm the virtual machine
 * @param user who runs it
 * @param nativeLibrary our native library
 * @param libndctl the machine's libndctl
 */
record Software(
    String pmem2j,
    String platform,
    String kernel,
    String jvm,
    String user,
    @SerializedName("native") Component nativeLibrary,
    Component libndctl) {
  /** A library: where it is from and, where known, its version; or why there is none. */
  record Component(String from, String version, Failure error) {
    boolean works() {
      return error == null;
    }
  }

  /** The symbols before a version in the name of a library's file. */
  private static final String VERSION_PREFIX = ".so.";

  /** Looks, and loads what can be loaded. */
  static Software probe() {
    return new Software(
        Version.current(),
        NativeLibrary.platform(),
        property("os.name") + " " + property("os.version") + " on " + property("os.arch"),
        property("java.vm.name")
            + " "
            + property("java.runtime.version")
            + " in "
            + property("java.home"),
        describeUser(),
        loadNative(),
        bindNdctl());
  }

  private static String property(String name) {
    return System.getProperty(name, "?");
  }

  private static String describeUser() {
    String name = property("user.name");
    try {
      return name + " (uid " + Files.getAttribute(Path.of("/proc/self"), "unix:uid") + ")";
    } catch (IOException | UnsupportedOperationException e) {
      return name;
    }
  }

  private static Component loadNative() {
    try {
      return new Component(NativeLibrary.origin(), null, null);
    } catch (IOException e) {
      return new Component(null, null, Failure.of(e));
    }
  }

  private static Component bindNdctl() {
    try {
      String path = Pmem2.bindNdctl();
      return new Component(path, version(Path.of(path)), null);
    } catch (IOException e) {
      return new Component(null, null, Failure.of(e));
    }
  }

  /** The version in the name that the library's links lead to: libndctl.so.6.20.1. */
  private static String version(Path library) {
    try {
      String name = library.toRealPath().getFileName().toString();
      int at = name.indexOf(VERSION_PREFIX);
      return at < 0 ? null : name.substring(at + VERSION_PREFIX.length());
    } catch (IOException e) {
      return null;
    }
  }
}
