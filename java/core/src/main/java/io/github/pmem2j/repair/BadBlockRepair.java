package io.github.pmem2j.repair;

import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Repairs a file in place: scan, plan, journal, clear, restore, verify, remove the journal. After
 * an interruption, even a power cut, each page of the file has its old bytes or the restored ones,
 * or {@link BadBlockScanner} reports it as lost, because of the device or the journal.
 *
 * <p>The journal is beside the file as {@code .NAME.pmem2j-repair}, or in a given directory, and is
 * on the medium before the first byte is changed. It is text; it keeps the bytes that could still
 * be read from the blocks to be cleared. A range stays in it until its bytes have been restored,
 * synced, read back and compared.
 *
 * <p>Bad blocks are overwritten in place if the driver clears the error when whole pages are
 * written; otherwise they are replaced by others with <a
 * href="https://man7.org/linux/man-pages/man2/fallocate.2.html">fallocate(2)</a>, as
 * pmem2_badblock_clear(3) does. Those of a dax device are cleared in place by that function, and
 * written through a mapping. A block is changed only if it is reported as bad on this file at that
 * moment. Other programs must not write to the ranges under repair until the repair has finished,
 * even if it was interrupted: the run that finishes it overwrites what they write there. They may
 * rename, truncate and append to the file.
 *
 * <p>A repair whose thread is interrupted stops between two batches of ranges, or before the first
 * is cleared. Run it again to continue.
 *
 * <p>Immutable and thread-safe. A repair is refused while another process or thread repairs the
 * file, salvages it, or restores another from it.
 */
public final class BadBlockRepair {
  private final Path path;
  private final Path directory;
  private final boolean allowShared;

  private BadBlockRepair(Path path, Path directory, boolean allowShared) {
    this.path = Objects.requireNonNull(path, "path");
    this.directory = directory;
    this.allowShared = allowShared;
  }

  /**
   * A repair of a file, with its journal beside it; or of a dax device, with its journal in {@code
   * /var/lib/pmem2j}. Does not start it.
   *
   * @param path a regular file or a dax device
   * @return the repair
   */
  public static BadBlockRepair of(Path path) {
    return new BadBlockRepair(path, null, false);
  }

  /**
   * The same repair with its journal in another directory; only for files. An extended attribute of
   * the file, {@code user.pmem2j.repair}, leads the scanner there; without support for attributes
   * the repair is refused. An interrupted repair continues with its own journal.
   *
   * @param journals a directory that survives a power cut
   * @return the repair
   */
  public BadBlockRepair withJournalIn(Path journals) {
    return new BadBlockRepair(path, Objects.requireNonNull(journals, "journals"), allowShared);
  }

  /**
   * The same repair, but also of blocks that the file shares with others (reflinks): this file gets
   * its own blocks, and the others keep the bad ones. By default such blocks are refused.
   *
   * @return the repair
   */
  public BadBlockRepair withShared() {
    return new BadBlockRepair(path, directory, true);
  }

  /**
   * Makes the plan: scans, and reads the bytes that can still be read. Changes nothing.
   *
   * @return what {@link #run} would do now
   * @throws RepairJournalException if there is a journal that cannot be used
   * @throws IOException if the file cannot be read
   */
  public RepairPlan plan() throws IOException {
    return repairRun().plan(RangeRestorer.zeros());
  }

  /**
   * Makes the plan, as {@link #plan()}, and lets the restorer check the file, as {@link #run} does.
   *
   * @param restorer the source of the lost bytes
   * @return what {@link #run} would do now
   * @throws RepairJournalException if there is a journal that cannot be used
   * @throws IOException if the file cannot be read, or the restorer refuses it
   */
  public RepairPlan plan(RangeRestorer restorer) throws IOException {
    return repairRun().plan(Objects.requireNonNull(restorer, "restorer"));
  }

  /**
   * Clears the bad blocks, which destroys their content, and restores the file's bytes. It first
   * finishes an interrupted repair, wherever its journal is. If the scan is incomplete, it repairs
   * the known damage, and the result has the reasons.
   *
   * @param restorer the source of the lost bytes
   * @return the outcome for each bad range; those that failed stay in the journal
   * @throws RepairJournalException if there is a journal that cannot be used, or it cannot be
   *     written: then no further range was changed
   * @throws java.nio.file.AccessDeniedException if permission to write the file is denied
   * @throws io.github.pmem2j.CancelledException if the thread was interrupted: the next run
   *     continues
   * @throws IOException if another repair of the file is running
   */
  public RepairResult run(RangeRestorer restorer) throws IOException {
    return repairRun().run(Objects.requireNonNull(restorer, "restorer"));
  }

  /**
   * Repairs as {@link #run(RangeRestorer)}, and reports the progress: before the bytes of each
   * range are fetched, and at the end, up to the bytes of all blocks to be cleared. Ranges are
   * repaired in batches.
   *
   * @param restorer the source of the lost bytes
   * @param listener gets the progress
   * @return the outcome for each bad range; those that failed stay in the journal
   * @throws io.github.pmem2j.CancelledException if the thread was interrupted between batches; the
   *     next run continues with the journal, which lists what is not restored yet
   * @throws IOException as {@link #run(RangeRestorer)}
   */
  public RepairResult run(RangeRestorer restorer, ProgressListener listener) throws IOException {
    return repairRun()
        .run(
            Objects.requireNonNull(restorer, "restorer"),
            Objects.requireNonNull(listener, "listener"));
  }

  private RepairRun repairRun() {
    return new RepairRun(path, directory, allowShared, ScannedHost.of(path), RepairStep.Hook.NONE);
  }
}
