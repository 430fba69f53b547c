package io.github.pmem2j;

/**
 * The metrics of pmem2j, for all exporters: the command line writes those of a scan and of a status
 * for Prometheus, {@code pmem2j-micrometer} registers those of a watch. A name has the same meaning
 * in all of them.
 */
public enum Metric {
  /** By path and device, of paths that are {@link Verdict#BAD}. */
  BAD_BYTES("bad.bytes", "bytes", "Bytes in the known bad ranges of a path"),
  /** By path and device, of paths that are {@link Verdict#BAD}. */
  BAD_RANGES("bad.ranges", "", "Known bad ranges of a path"),
  /** By path, of paths that are {@link Verdict#BAD}. */
  LOST_BYTES("lost.bytes", "bytes", "Bytes of a path's data that no read can bring back"),
  /** By path and {@link Verdict}: 1 for the verdict, 0 for the others. */
  VERDICT("verdict", "", "The verdict of the last scan of a path: 1 for the one that applies"),
  /** By path: 1 or 0. */
  COMPLETE("complete", "", "1 if all bad ranges of a path are known, 0 if there may be more"),
  /** By task and {@link Verdict}. */
  PATHS("paths", "", "Paths by the verdict of their last scan"),
  /** One value. */
  FAILED_PATHS("failed.paths", "", "Paths that could not be scanned; they count as UNKNOWN"),
  /** One value. */
  OMITTED_PATHS("omitted.paths", "", "Paths that are BAD or UNKNOWN, and too many to be named"),
  /** One value; none if nothing was found and {@link #SCAN_COMPLETE} is 0. */
  SCAN_BAD_BYTES("scan.bad.bytes", "bytes", "Bytes in the known bad ranges of all paths"),
  /** One value; none if nothing was found and {@link #SCAN_COMPLETE} is 0. */
  SCAN_BAD_RANGES("scan.bad.ranges", "", "Known bad ranges of all paths"),
  /** One value: 1 or 0. */
  SCAN_COMPLETE(
      "scan.complete", "", "1 if all bad ranges of all paths are known, 0 if there may be more"),
  /** By task: scan, status or watch. */
  LAST_SCAN("last.scan.timestamp", "seconds", "When the last scan ended, in Unix time"),
  /** By device; none if nothing is known and {@link #DEVICE_COMPLETE} is 0. */
  DEVICE_BAD_BYTES("device.bad.bytes", "bytes", "Bytes in the bad ranges that a device lists"),
  /** By device; none if nothing is known and {@link #DEVICE_COMPLETE} is 0. */
  DEVICE_BAD_RANGES("device.bad.ranges", "", "Bad ranges that a device lists"),
  /** By CXL device. */
  DEVICE_UNMAPPED_BYTES(
      "device.unmapped.bytes", "bytes", "Bytes of poison in a CXL device outside of any region"),
  /** By device: 1 or 0. */
  DEVICE_COMPLETE(
      "device.complete",
      "",
      "1 if the list of a device is complete and something fills it, else 0"),
  /** By device. */
  DEVICE_SIZE("device.size", "bytes", "The size of a device"),
  /** By device, with its mode, provider and source of errors; always 1. */
  DEVICE_INFO("device.info", "", "A device, the provider of its bus, and who reports its errors"),
  /** A counter. */
  WATCH_FOUND("badblocks.found", "ranges", "Bad ranges found since the watch was opened"),
  /** A counter. */
  WATCH_CLEARED("badblocks.cleared", "ranges", "Bad ranges cleared since the watch was opened"),
  /** One value. */
  WATCH_LISTED("badblocks.listed", "", "Bad ranges on the watched lists"),
  /** One value: 1 or 0. */
  WATCH_RUNNING("watch.running", "", "1 if the watch reports changes, else 0"),
  /** One value. */
  WATCH_UNWATCHED("watch.unwatched", "", "Obstacles that keep changes from being reported"),
  /** A counter. */
  WATCH_LISTENER_FAILURES(
      "watch.listener.failures", "calls", "Calls of the listener that ended in an exception");

  private final String key;
  private final String unit;
  private final String description;

  Metric(String key, String unit, String description) {
    this.key = "pmem2j." + key;
    this.unit = unit;
    this.description = description;
  }

  /** {@return the name in Micrometer: words in lower case, separated by dots} */
  public String key() {
    return key;
  }

  /** {@return the unit of its values; empty for a count} */
  public String unit() {
    return unit;
  }

  /** {@return a description of its values, for people} */
  public String description() {
    return description;
  }

  /** {@return the name of a gauge in Prometheus, which ends in its unit} */
  public String prometheusName() {
    String name = key.replace('.', '_');
    return unit.isEmpty() || name.endsWith("_" + unit) ? name : name + "_" + unit;
  }
}
