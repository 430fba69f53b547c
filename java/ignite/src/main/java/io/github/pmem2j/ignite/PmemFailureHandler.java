package io.github.pmem2j.ignite;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.ignite.Ignite;
import org.apache.ignite.failure.AbstractFailureHandler;
import org.apache.ignite.failure.FailureContext;
import org.apache.ignite.failure.FailureHandler;
import org.apache.ignite.failure.StopNodeOrHaltFailureHandler;

/**
 * A failure handler that determines whether a failure of a node is a media error, and then passes
 * it to another handler. If a failure comes from reading or writing files, it scans the files that
 * the failure names, or else all files of the node, and logs those that have bad blocks, with the
 * ranges.
 *
 * <p>From the first such failure on, the metric registry {@value #REGISTRY} of the node has {@code
 * MediaErrors}, their number, and {@code LastMediaError}, the log message of the last one.
 *
 * <p>Types of failures that the other handler ignores are ignored. The scan stops after ten
 * seconds. Thread-safe if the other handler is.
 */
public final class PmemFailureHandler extends AbstractFailureHandler {
  /** The name of the registry in {@code ignite.metrics()}; it appears as custom.pmem2j. */
  public static final String REGISTRY = "pmem2j";

  private final FailureHandler next;
  private long mediaErrors;
  private String lastMediaError = "";

  /** A handler that wraps Ignite's default one, {@link StopNodeOrHaltFailureHandler}. */
  public PmemFailureHandler() {
    this(new StopNodeOrHaltFailureHandler());
  }

  /**
   * A handler that wraps another one.
   *
   * @param next the handler that decides what happens to the node
   */
  public PmemFailureHandler(FailureHandler next) {
    this.next = Objects.requireNonNull(next, "next");
    setIgnoredFailureTypes(
        next instanceof AbstractFailureHandler ignoring
            ? ignoring.getIgnoredFailureTypes()
            : Set.of());
  }

  @Override
  protected boolean handle(Ignite ignite, FailureContext failure) {
    try {
      explain(ignite, failure);
    } catch (Throwable e) { // The next handler must be called whatever happens here.
      warn(ignite, e);
    }
    return next.onFailure(ignite, failure);
  }

  private static void warn(Ignite ignite, Throwable e) {
    try {
      ignite.log().warning("cannot determine whether bad blocks caused this failure", e);
    } catch (Throwable again) {
      // There may be no memory for a message.
    }
  }

  private void explain(Ignite ignite, FailureContext failure) throws Exception {
    FailureFiles files = FailureFiles.of(ignite, failure.error());
    List<StorageFile> named = files.named();
    if (!named.isEmpty()) {
      ignite
          .log()
          .error(
              "bad blocks of persistent memory caused this failure: "
                  + text(named)
                  + ". Follow docs/ignite.md of pmem2j to restore it from the backups: deleting the"
                  + " file alone can lose rows");
      count(ignite, text(named));
      return;
    }
    List<StorageFile> others = files.others();
    if (!others.isEmpty()) {
      ignite
          .log()
          .warning("this node has bad blocks, which may have caused this failure: " + text(others));
    }
  }

  private static String text(List<StorageFile> files) {
    return String.join("; ", files.stream().map(StorageFile::toString).toList());
  }

  private synchronized void count(Ignite ignite, String text) {
    mediaErrors++;
    lastMediaError = text;
    var metrics = ignite.metrics().getOrCreate(REGISTRY);
    metrics.register("MediaErrors", this::mediaErrors, "Failures that bad blocks caused");
    metrics.register("LastMediaError", this::lastMediaError, String.class, "Its files and ranges");
  }

  private synchronized long mediaErrors() {
    return mediaErrors;
  }

  private synchronized String lastMediaError() {
    return lastMediaError;
  }

  /** {@return this handler and the next, for the log} */
  @Override
  public String toString() {
    return "PmemFailureHandler [next=" + next + "]";
  }
}
