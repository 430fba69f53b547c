package io.github.pmem2j.bench;

import io.github.pmem2j.Pmem2Source;
import java.io.IOException;

/** Loads the native: out of the jar, as a first call does; or from the path that is given. */
public final class Load {
  private Load() {}

  public static void main(String[] args) throws IOException {
    if (args.length > 0) {
      System.load(args[0]);
    } else {
      Pmem2Source.anonymous(4096).close();
    }
  }
}
