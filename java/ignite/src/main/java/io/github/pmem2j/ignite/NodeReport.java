package io.github.pmem2j.ignite;

import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Verdict;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** The result of a {@link ClusterScan} for one node. Immutable. */
public final class NodeReport implements Serializable {
  private static final long serialVersionUID = 1L;

  private final UUID nodeId;
  private final String consistentId;
  private final List<String> hosts;
  private final Status status;
  private final String message;
  private final Duration time;
  private final Map<Verdict, Long> files;
  private final List<StorageFile> badFiles;
  private final List<IncompleteReason> reasons;
  private final List<ErrorSource> sources;

  /** The status of the scan of a node. */
  public enum Status {
    /** Completely. */
    SCANNED,
    /**
     * Not completely: the time limit ended the scan, or a directory was not found or not readable.
     */
    PARTLY_SCANNED,
    /** Nothing to scan: no data region of the node is on disk. */
    NOT_PERSISTENT,
    /** Not at all: pmem2j is not on the node's class path. */
    NOT_INSTALLED,
    /**
     * Not at all: the node has left, or is only in the baseline, or the scan threw an exception.
     */
    FAILED,
    /** Unknown: the node has not answered within the time limit. */
    NO_ANSWER
  }

  NodeReport(
      UUID nodeId,
      String consistentId,
      List<String> hosts,
      Status status,
      String message,
      Duration time,
      Map<Verdict, Long> files,
      List<StorageFile> badFiles,
      List<IncompleteReason> reasons,
      List<ErrorSource> sources) {
    this.nodeId = Objects.requireNonNull(nodeId, "nodeId");
    this.consistentId = Objects.requireNonNull(consistentId, "consistentId");
    this.hosts = List.copyOf(hosts);
    this.status = Objects.requireNonNull(status, "status");
    this.message = Objects.requireNonNull(message, "message");
    this.time = Objects.requireNonNull(time, "time");
    this.files = Map.copyOf(files);
    this.badFiles = List.copyOf(badFiles);
    this.reasons = List.copyOf(reasons);
    this.sources = List.copyOf(sources);
  }

  /** {@return the node's ID, which changes when it restarts; zeros if it is not in the cluster} */
  public UUID nodeId() {
    return nodeId;
  }

  /** {@return the node's consistent ID, which does not change} */
  public String consistentId() {
    return consistentId;
  }

  /** {@return the node's host names; none if it is not in the cluster} */
  public List<String> hosts() {
    return hosts;
  }

  /** {@return the status of the scan} */
  public Status status() {
    return status;
  }

  /**
   * {@return for people: why the scan is incomplete, and what to do; "" if it is {@link
   * Status#SCANNED}}
   */
  public String message() {
    return message;
  }

  /** {@return how long the scan of the node took} */
  public Duration time() {
    return time;
  }

  /** {@return how many files have each verdict} */
  public Map<Verdict, Long> files() {
    return files;
  }

  /** {@return the files with bad blocks} */
  public List<StorageFile> badFiles() {
    return badFiles;
  }

  /** {@return why files are {@link Verdict#UNKNOWN} or incomplete: the first of each code} */
  public List<IncompleteReason> reasons() {
    return reasons;
  }

  /** {@return who reports the errors of the node's devices} */
  public List<ErrorSource> sources() {
    return sources;
  }

  /**
   * The most severe verdict of the node's files.
   *
   * @return {@link Verdict#UNKNOWN} if the scan is incomplete and found nothing bad
   */
  public Verdict verdict() {
    boolean ended = status == Status.SCANNED || status == Status.NOT_PERSISTENT;
    return files.keySet().stream()
        .reduce(ended ? Verdict.NOT_PMEM : Verdict.UNKNOWN, Verdict::moreSevere);
  }

  /**
   * {@return whether {@link #badFiles()} and their ranges are complete: false if there may be more}
   */
  public boolean complete() {
    return (status == Status.SCANNED || status == Status.NOT_PERSISTENT) && reasons.isEmpty();
  }

  /** {@return the number of files that were scanned} */
  public long fileCount() {
    return files.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * For people.
   *
   * @return one line for the node, one more for each file that has bad blocks, and one for each
   *     reason why there may be more
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(consistentId).append(' ').append(hosts).append(": ");
    text.append(verdict()).append(complete() ? "" : " (incomplete)");
    text.append(", ").append(status).append(", ").append(fileCount()).append(" files in ");
    text.append(time.toMillis()).append(" ms");
    if (!message.isEmpty()) {
      text.append("; ").append(message);
    }
    badFiles.forEach(file -> text.append("\n  ").append(file));
    reasons.forEach(reason -> text.append("\n  ").append(reason.message()));
    return text.toString();
  }
}
