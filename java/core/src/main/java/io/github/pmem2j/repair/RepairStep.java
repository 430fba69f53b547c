package io.github.pmem2j.repair;

/** The steps of a repair, in order; a test stops the process behind any of them. */
enum RepairStep {
  SCANNED,
  PLANNED,
  JOURNAL_WRITTEN,
  JOURNAL_NAMED,
  JOURNAL_SYNCED,
  MARKED,
  BYTES_FETCHED,
  CLEARING_WRITTEN,
  CLEARING_SYNCED,
  OVERWRITTEN,
  PUNCHED,
  ALLOCATED,
  /** Of a dax device, or by CXL devices, in place of the two before. */
  CLEARED,
  RESTORED,
  SYNCED,
  VERIFIED,
  RESTORED_SYNCED,
  /** In place of the five before, where nothing could be replaced. */
  KEPT_SYNCED,
  UNMARKED,
  JOURNAL_REMOVED,
  FORGOTTEN;

  /** Called after each step. */
  @FunctionalInterface
  public interface Hook {
    /** Does nothing. */
    Hook NONE = step -> {};

    /** {@code step} has been done. */
    void after(RepairStep step);
  }
}
