package io.github.pmem2j.ignite;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ignite.IgniteLogger;

/** Keeps the errors and warnings that a node logs. */
final class RecordingLogger implements IgniteLogger {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  List<String> lines() {
    return lines;
  }

  @Override
  public IgniteLogger getLogger(Object category) {
    return this;
  }

  @Override
  public void trace(String message) {}

  @Override
  public void debug(String message) {}

  @Override
  public void info(String message) {}

  @Override
  public void warning(String message, Throwable failure) {
    lines.add("WARNING " + message);
  }

  @Override
  public void error(String message, Throwable failure) {
    lines.add("ERROR " + message);
  }

  @Override
  public boolean isTraceEnabled() {
    return false;
  }

  @Override
  public boolean isDebugEnabled() {
    return false;
  }

  @Override
  public boolean isInfoEnabled() {
    return false;
  }

  @Override
  public boolean isQuiet() {
    return true;
  }

  @Override
  public String fileName() {
    return null;
  }
}
