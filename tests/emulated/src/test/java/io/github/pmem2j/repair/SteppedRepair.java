package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A repair that a scenario can stop after any step, and for which it can report what is bad. */
public final class SteppedRepair {
  private final RepairRun run;

  /** A repair of a file, with its journal in a directory, or beside it for null. */
  public SteppedRepair(Path file, Path directory, Scan scan, Hook hook) {
    ScannedHost.Scanner scanner =
        new ScannedHost.Scanner() {
          @Override
          public BadBlockReport scan(Descriptor open) throws IOException {
            return scan.scan(open.path());
          }

          @Override
          public BadBlockReport scan(Descriptor open, ByteRange range) throws IOException {
            return scan.scan(open.path());
          }

          @Override
          public BadBlockReport listed(Descriptor open, RangeSet ranges) throws IOException {
            return scan.scan(open.path());
          }
        };
    ScannedHost host = new ScannedHost(Host.local(), scanner, ReplacementTrial::refusal);
    run = new RepairRun(file, directory, false, host, step -> hook.after(step.name()));
  }

  /** Reports what is bad in a file. */
  @FunctionalInterface
  public interface Scan {
    BadBlockReport scan(Path file) throws IOException;
  }

  /** Called after each step, with the step's name. */
  @FunctionalInterface
  public interface Hook {
    Hook NONE = step -> {};

    void after(String step);
  }

  /** The names of all steps, in order. */
  public static List<String> steps() {
    return Arrays.stream(RepairStep.values()).map(Enum::name).toList();
  }

  /** Runs the repair. */
  public RepairResult run(RangeRestorer restorer) throws IOException {
    return run.run(restorer);
  }
}
