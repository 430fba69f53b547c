package io.github.pmem2j.repair;

import java.io.IOException;
import java.nio.file.Path;

/** A salvage in a process of its own, which is killed when it reports its progress. */
public final class KilledSalvage {
  private KilledSalvage() {}

  /** FILE COPY COUNT: killed at the COUNT-th report, if there are as many. */
  public static void main(String[] args) throws IOException {
    int[] left = {Integer.parseInt(args[2])};
    Salvage.of(Path.of(args[0]), Path.of(args[1]))
        .run(
            progress -> {
              if (--left[0] == 0) {
                KilledRepair.killThis();
              }
            });
  }
}
