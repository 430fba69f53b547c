package io.github.pmem2j.repair;

import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Repairs a file in place: scan, plan, journal, clear, restore, verify, remove the journal. After
 * an interruption, even a power cut, each page of the file has the bytes it had, or the restored
 * ones, or is reported as lost by {@link BadBlockScanner}: by the device, or by the journal.
 *
 * <p>The journal lies beside the file as {@code .NAME.pmem2j-repair}, or in a directory given, and
 * is on the medium before the first byte is touched. It is text; it keeps the bytes that could
 * still be read from the blocks to be cleared. The journal drops a range only once its bytes have
 * been restored, synced, read back and compared.
 *
 * <p>Bad blocks are overwritten in place where the driver clears an error below a write of whole
 * pages; else they are replaced by others with <a
 * href="https://man7.org/linux/man-pages/man2/fallocate.2.html">fallocate(2)</a>, as
 * pmem2_badblock_clear(3) does. Those of a dax device are cleared in place by that function, and
 * written through a mapping. Nothing is touched unless it is reported as bad on this file at that
 * moment. Nobody else may write to the ranges under repair until the repair is finished. The file
 * may be renamed, shortened and appended to meanwhile.
 *
 * <p>A repair whose thread is interrupted stops between two batches of ranges, or before the first
 * is cleared. Run it again to continue.
 *
 * <p>Immutable and thread-safe. A second repair of the same file at the same time is refused.
 */
public final class BadBlockRepair {
  private final Path path;
  private final Path directory;
  private final boolean allowShared;

  private BadBlockRepair(Path path, Path directory, boolean allowShared) {
    this.path = Objects.requireNonNull(path);
    this.directory = directory;
    this.allowShared = allowShared;
  }

  /**
   * A repair of a file, with its journal beside it; or of a dax device, with its journal in {@code
   * /var/lib/pmem2j}. Does nothing yet.
   *
   * @param path a regular file or a dax device
   * @return the repair
   */
  public static BadBlockRepair of(Path path) {
    return new BadBlockRepair(path, null, false);
  }

  /**
   * The same repair with the journal elsewhere; for files only. An extended attribute of the file,
   * {@code user.pmem2j.repair}, leads the scanner there; without support for attributes the repair
   * is refused. An interrupted repair continues with the journal that it has.
   *
   * @param journals a directory that outlives a power cut
   * @return the repair
   */
  public BadBlockRepair withJournalIn(Path journals) {
    return new BadBlockRepair(path, Objects.requireNonNull(journals), allowShared);
  }

  /**
   * The same repair, which also accepts blocks that the file shares with others (reflinks): this
   * file gets blocks of its own, the others keep the bad ones. By default such blocks are refused.
   *
   * @return the repair
   */
  public BadBlockRepair withShared() {
    return new BadBlockRepair(path, directory, true);
  }

  /**
   * Plans: scans, and reads what can still be read. Changes nothing.
   *
   * @return what {@link #run} would do now
   * @throws RepairJournalException if there is a journal that cannot be used
   * @throws IOException if the file cannot be read
   */
  public RepairPlan plan() throws IOException {
    return repairRun().plan(RangeRestorer.zeros());
  }

  /**
   * Plans as {@link #plan()}, and has the restorer check the file, as {@link #run} does.
   *
   * @param restorer the one that will be asked for the lost bytes
   * @return what {@link #run} would do now
   * @throws RepairJournalException if there is a journal that cannot be used
   * @throws IOException if the file cannot be read, or the restorer refuses it
   */
  public RepairPlan plan(RangeRestorer restorer) throws IOException {
    return repairRun().plan(Objects.requireNonNull(restorer));
  }

  /**
   * Destroys what the bad blocks still hold and restores the file's bytes in their place. First it
   * finishes what an interrupted repair left, wherever its journal is. If the scan is incomplete,
   * it repairs what is known, and the result gives the reasons.
   *
   * @param restorer gives the lost bytes
   * @return what became of each bad range; those that failed stay in the journal
   * @throws RepairJournalException if there is a journal that cannot be used, or it cannot be
   *     written: then no further range was touched
   * @throws java.nio.file.AccessDeniedException if permission to write the file is denied
   * @throws io.github.pmem2j.CancelledException if the thread was interrupted: the next run
   *     continues
   * @throws IOException if another repair of the file is under way
   */
  public RepairResult run(RangeRestorer restorer) throws IOException {
    return repairRun().run(Objects.requireNonNull(restorer));
  }

  /**
   * Repairs as {@link #run(RangeRestorer)}, and reports the progress: before the bytes of each
   * range are fetched, and at the end, up to the bytes of all blocks to be cleared. Ranges are
   * repaired in batches.
   *
   * @param restorer gives the lost bytes
   * @param listener gets the progress
   * @return what became of each bad range; those that failed stay in the journal
   * @throws io.github.pmem2j.CancelledException if the thread was interrupted between batches; the
   *     next run continues with the journal, which has what is not restored yet
   * @throws IOException as {@link #run(RangeRestorer)}
   */
  public RepairResult run(RangeRestorer restorer, ProgressListener listener) throws IOException {
    return repairRun().run(Objects.requireNonNull(restorer), Objects.requireNonNull(listener));
  }

  private RepairRun repairRun() {
    return new RepairRun(path, directory, allowShared, ScannedHost.of(path), RepairStep.Hook.NONE);
  }
}
