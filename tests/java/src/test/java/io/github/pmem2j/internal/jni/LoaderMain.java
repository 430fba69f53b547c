package io.github.pmem2j.internal.jni;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Pmem2Error;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import io.github.pmem2j.libpmem2.Pmem2Source;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** The main class of a child JVM: how loading the native library went there. */
public final class LoaderMain {
  private interface Call {
    Object run() throws IOException;
  }

  /** Refers to ours, and must load where there is no native library. */
  private static final class Embedder {
    static final ByteRange RANGE = new ByteRange(0, 4096);
    static final Class<?> SOURCE = Pmem2Source.class;
    Pmem2BadBlocks badBlocks;

    static String name(Pmem2Error error) {
      return error.name();
    }
  }

  private LoaderMain() {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args.length == 0 ? "/dev/null" : args[0]);
    System.out.println(
        "embedder: " + Embedder.RANGE + new Embedder().badBlocks + Embedder.SOURCE.getName());
    Map<String, Call> calls = new LinkedHashMap<>();
    calls.put("Pmem2Source.anonymous", () -> Pmem2Source.anonymous(4096));
    calls.put("Pmem2Source.open", () -> Pmem2Source.open(file));
    calls.put("Pmem2Source.open READ", () -> Pmem2Source.open(file, StandardOpenOption.READ));
    calls.put("Pmem2BadBlocks.open", () -> Pmem2BadBlocks.open(file));
    calls.put("Pmem2BadBlocks.openReadOnly", () -> Pmem2BadBlocks.openReadOnly(file));
    calls.put("Pmem2.bindNdctl", Pmem2::bindNdctl);
    calls.put("NativeLibrary.origin", NativeLibrary::origin);
    for (Map.Entry<String, Call> call : calls.entrySet()) {
      String result;
      try {
        result = "ok " + call.getValue().run();
      } catch (Pmem2Exception e) {
        result = Embedder.name(e.error()) + " " + e.getMessage();
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
          result += " <- " + cause;
        }
      }
      System.out.println(call.getKey() + " -> " + result);
    }
  }
}
