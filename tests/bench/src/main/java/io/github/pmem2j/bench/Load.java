package io.github.pmem2j.bench;

import io.github.pmem2j.Pmem2Source;
import io.github.pmem2j.internal.NativeLibrary;
import java.io.IOException;

/**
 * Loads the native: {@code jar}, out of the jar, as a first call does; {@code call}, by a first
 * call; or from the path that is given.
 */
public final class Load {
  private Load() {}

  public static void main(String[] args) throws IOException {
    switch (args[0]) {
      case "jar" -> NativeLibrary.require();
      case "call" -> Pmem2Source.anonymous(4096).close();
      default -> System.load(args[0]);
    }
  }
}
