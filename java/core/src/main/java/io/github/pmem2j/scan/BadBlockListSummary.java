package io.github.pmem2j.scan;

import io.github.pmem2j.internal.device.BadBlockListParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A list of bad blocks as the kernel shows it: a {@code badblocks} attribute of sysfs. For a first
 * look at a device; {@link BadBlockScanner} reports which files are hit. Immutable.
 *
 * @param count how many bad ranges it has; ranges that touch count as one
 * @param complete false if the list is near the kernel's bound, so that there may be more; the
 *     scanner reports {@link io.github.pmem2j.IncompleteReason.Code#LIST_AT_BOUND} then
 */
public record BadBlockListSummary(long count, boolean complete) {
  /**
   * Reads a list. Needs no native library.
   *
   * @param file a {@code badblocks} attribute, such as {@code /sys/block/pmem0/badblocks}
   * @return its summary
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws IOException if it cannot be read, or is not what the kernel writes
   */
  public static BadBlockListSummary read(Path file) throws IOException {
    byte[] text = Files.readAllBytes(file);
    try {
      BadBlockListParser.Content list =
          BadBlockListParser.parse(text, text.length, file.toString());
      return new BadBlockListSummary(list.sectors().count(), !list.nearBound());
    } catch (BadBlockListParser.MalformedException e) {
      throw new IOException(file + " is not what the kernel writes: " + e.getMessage(), e);
    }
  }
}
