package io.github.pmem2j.internal.device;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** A list of bad blocks that the kernel keeps for a device, which can be read again and again. */
public final class BadBlockSource {
  private final String device;
  private final Path file;
  private final Supplier<Content> reader;

  /** With a reader that queries the kernel on every call. */
  public BadBlockSource(String device, Path file, Supplier<Content> reader) {
    this.device = device;
    this.file = file;
    this.reader = reader;
  }

  /**
   * What is listed now.
   *
   * @param ranges in bytes on the device
   * @param reasons why there may be more
   */
  public record Content(RangeSet ranges, List<IncompleteReason> reasons) {}

  /** The device's name, as bad ranges have it. */
  public String device() {
    return device;
  }

  /** The file that notifies of changes. */
  public Path file() {
    return file;
  }

  /** Reads it. */
  public Content read() {
    return reader.get();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BadBlockSource list
        && device.equals(list.device)
        && file.equals(list.file);
  }

  @Override
  public int hashCode() {
    return device.hashCode();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
