package io.github.pmem2j.internal.device;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The kernel's events that announce changes of CXL devices' poison lists (drivers/cxl/core/trace.h
 * of the kernel): errors that a device reports, and poison that is injected or cleared through the
 * kernel. A device need not report every error: a list may change without an event.
 */
public final class PoisonEvents implements AutoCloseable {
  private final TraceInstance instance;
  private final Path pipe;

  private PoisonEvents(TraceInstance instance, Path pipe) {
    this.instance = instance;
    this.pipe = pipe;
  }

  /**
   * Collects events from now on.
   *
   * @param sys where sysfs is mounted
   * @throws java.nio.file.AccessDeniedException without root
   */
  public static PoisonEvents open(Path sys) throws IOException {
    TraceInstance instance = TraceInstance.openMounted(sys);
    try {
      return new PoisonEvents(instance, instance.enableNews());
    } catch (IOException | RuntimeException | Error e) {
      instance.close();
      throw e;
    }
  }

  /** The file that poll(2) reports as readable while there are events. */
  public Path pipe() {
    return pipe;
  }

  /** Discards the events collected so far. Read the lists afterwards, not before. */
  public void discard() throws IOException {
    instance.discard();
  }

  /** Ends the collection; close all descriptors of {@link #pipe} first. */
  @Override
  public void close() {
    instance.close();
  }
}
