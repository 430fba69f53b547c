package io.github.pmem2j.bench;

import io.github.pmem2j.internal.jni.NativeLibrary;
import io.github.pmem2j.libpmem2.Pmem2Source;
import java.io.IOException;
import org.slf4j.LoggerFactory;

/**
 * Loads the native: {@code jar}, out of the jar, as a first call does; {@code call}, by a first
 * call; or from the path that is given. With a second argument it has logged by SLF4J before, as
 * most programs have.
 */
public final class Load {
  private Load() {}

  public static void main(String[] args) throws IOException {
    if (args.length > 1) {
      LoggerFactory.getLogger(Load.class).debug(args[1]);
    }
    switch (args[0]) {
      case "jar" -> NativeLibrary.require();
      case "call" -> Pmem2Source.anonymous(4096).close();
      default -> System.load(args[0]);
    }
  }
}
