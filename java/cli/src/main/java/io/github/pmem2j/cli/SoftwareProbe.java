package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.DoctorJson.Library;
import io.github.pmem2j.cli.json.DoctorJson.Software;
import io.github.pmem2j.libpmem2.Pmem2Runtime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Detects the software that the program runs on. */
final class SoftwareProbe {
  /** The symbols before a version in the name of a library's file. */
  private static final String VERSION_PREFIX = ".so.";

  private SoftwareProbe() {}

  /** Detects it, and loads the libraries that can be loaded. */
  static Software probe() {
    return new Software(
        Version.current(),
        Pmem2Runtime.platform(),
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

  private static Library loadNative() {
    try {
      return new Library(Pmem2Runtime.nativeLibrary(), null, null);
    } catch (IOException e) {
      return new Library(null, null, Failure.of(e));
    }
  }

  private static Library bindNdctl() {
    try {
      Path library = Pmem2Runtime.libndctl();
      return new Library(library.toString(), version(library), null);
    } catch (IOException e) {
      return new Library(null, null, Failure.of(e));
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
