package io.github.pmem2j.internal.device;

import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** The kernel's list of bad blocks of a device. Every {@link #read} queries the kernel. */
public final class BadBlockSource {
  private final ErrorSource filledBy;
  private final Path file;
  private final Supplier<Content> reader;

  /**
   * {@code filledBy} is who filled the list when it was found, {@code file} notifies of changes.
   */
  public BadBlockSource(ErrorSource filledBy, Path file, Supplier<Content> reader) {
    this.filledBy = filledBy;
    this.file = file;
    this.reader = reader;
  }

  /**
   * The content of a list.
   *
   * @param ranges in bytes on the device
   * @param reasons why there may be more
   */
  public record Content(RangeSet ranges, List<IncompleteReason> reasons) {}

  /** The device's name, as in bad ranges. */
  public String device() {
    return filledBy.device();
  }

  /** Who filled it when it was found. */
  public ErrorSource filledBy() {
    return filledBy;
  }

  /** The file that notifies of changes. */
  public Path file() {
    return file;
  }

  /** Reads the list. */
  public Content read() {
    return reader.get();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BadBlockSource list
        && device().equals(list.device())
        && file.equals(list.file);
  }

  @Override
  public int hashCode() {
    return device().hashCode();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
