package io.github.pmem2j.repair;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A {@link FakeDisk} for repairs that go step by step. Clearing a file really gives it other
 * blocks; what is "bad" is lost to a repair, though a test can read it.
 */
final class RepairDisk extends FakeDisk {
  private static final int MAX_ALLOCATIONS = 8;

  private String noReplacement;

  private RepairDisk(Path root) {
    super(root);
  }

  /** Makes one in an empty directory, for files in it. */
  public static RepairDisk create(Path root) throws IOException {
    make(root);
    Path real = Path.of("/sys/dev/block", device(root).toString());
    if (Files.exists(real)) { // from which DeviceSectors reads
      Files.createSymbolicLink(
          Files.createDirectory(root.resolve("dev")).resolve(NAME),
          Path.of("/dev", real.toRealPath().getFileName().toString()));
    }
    return new RepairDisk(root);
  }

  /** One that was made before. */
  static RepairDisk at(Path root) {
    return new RepairDisk(root);
  }

  /** The host as a repair sees it. */
  ScannedHost scanned() {
    // See findingGoodBlocks: the host's own file system replaces nothing that is only said to be
    // bad.
    return ScannedHost.of(host(), file -> noReplacement);
  }

  /** From now on its file system gives no other block for one, for this reason. */
  void refuseReplacement(String reason) {
    noReplacement = reason;
  }

  /** Leaves a list that cannot be understood. */
  void garbleList() {
    try {
      list("garbage\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A repair's hook: a file system without a journal may hand the blocks it was just given back
   * again and again. After some times they heal, as if it had found others; the file's own data
   * never does.
   */
  RepairStep.Hook findingGoodBlocks(Path file) {
    int[] allocations = {0};
    return step -> {
      if (step == RepairStep.ALLOCATED && ++allocations[0] >= MAX_ALLOCATIONS) {
        healNewBlocks(file);
      }
    };
  }

  private void healNewBlocks(Path file) {
    try {
      List<Long> bad = bad();
      for (BadRange range : scan(file).badRanges()) {
        if (!range.device().isEmpty() && range.kind() != BadRange.Kind.DATA) {
          long end = range.deviceSector() + (range.length() + 511) / 512;
          bad.removeIf(sector -> range.deviceSector() <= sector && sector < end);
        }
      }
      setBad(bad);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
