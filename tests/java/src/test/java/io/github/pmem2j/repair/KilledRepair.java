package io.github.pmem2j.repair;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** A repair in a process of its own, which is killed behind one of its steps. */
public final class KilledRepair {
  private KilledRepair() {}

  /** How often a step counts: where a file system gives back bad blocks, it is repeated. */
  private static final int MAX_TIMES = 4;

  /** ROOT FILE REPLICA COUNT: killed behind the COUNT-th step, if there are as many. */
  public static void main(String[] args) throws IOException {
    RepairDisk pmem = RepairDisk.at(Path.of(args[0]));
    int[] left = {Integer.parseInt(args[3])};
    Map<RepairStep, Integer> times = new EnumMap<>(RepairStep.class);
    Path file = Path.of(args[1]);
    RepairStep.Hook finding = pmem.findingGoodBlocks(file);
    RepairRun run =
        new RepairRun(
            file,
            null,
            false,
            pmem.scanned(),
            step -> {
              finding.after(step);
              if (times.merge(step, 1, Integer::sum) <= MAX_TIMES) {
                kill(step, --left[0]);
              }
            });
    RepairResult result = run.run(RangeRestorer.from(Path.of(args[2])));
    System.out.println(result);
    System.exit(result.finished() ? 0 : 1);
  }

  private static void kill(RepairStep step, int left) {
    System.out.println(step);
    if (left == 0) {
      killThis();
    }
  }

  /** Ends this process by SIGKILL. */
  static void killThis() {
    String own = String.valueOf(ProcessHandle.current().pid());
    try {
      new ProcessBuilder("kill", "-9", own).start().waitFor();
      Thread.sleep(10_000);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
