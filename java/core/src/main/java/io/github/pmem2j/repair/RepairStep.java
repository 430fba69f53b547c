package io.github.pmem2j.repair;

/** The steps of a repair, in order. A test stops the process after each. */
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
  /** Replaces the two before on dax devices, and if CXL devices clear. */
  CLEARED,
  RESTORED,
  SYNCED,
  VERIFIED,
  RESTORED_SYNCED,
  /** Replaces the five before if nothing could be replaced. */
  KEPT_SYNCED,
  UNMARKED,
  JOURNAL_REMOVED,
  FORGOTTEN;

  /** Called after each step. */
  @FunctionalInterface
  public interface Hook {
    /** Does nothing. */
    Hook NONE = step -> {};

    /** Called after a step. */
    void after(RepairStep step);
  }
}
