package io.github.pmem2j.internal.jni;

import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.libpmem2.Pmem2Runtime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The main class of a JVM that makes the directory to unpack in after a first attempt. */
final class LoadedLater {
  private LoadedLater() {}

  public static void main(String[] args) throws IOException {
    try {
      Pmem2Runtime.nativeLibrary();
      System.out.println("loaded without a directory");
    } catch (Pmem2Exception e) {
      System.out.println("first: " + e.getMessage());
    }
    Files.createDirectory(Path.of(args[0]));
    System.out.println("then: " + Pmem2Runtime.nativeLibrary());
  }
}
