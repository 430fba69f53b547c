package io.github.pmem2j.scan;

import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.internal.device.BadBlockListParser;
import io.github.pmem2j.internal.device.NvdimmPath;
import io.github.pmem2j.internal.device.SourceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A summary of the kernel's list of bad blocks of a device, a {@code badblocks} attribute of sysfs.
 * {@link BadBlockScanner} reports which files are affected. Immutable.
 *
 * @param count the number of bad ranges; adjacent ranges count as one
 * @param complete false if the list is near its maximum length, so there may be more; the scanner
 *     then reports {@link io.github.pmem2j.IncompleteReason.Code#LIST_AT_BOUND}
 */
public record BadBlockListSummary(long count, boolean complete) {
  /**
   * Reads a list. Needs no native library.
   *
   * @param file a {@code badblocks} attribute, such as {@code /sys/block/pmem0/badblocks}
   * @return its summary
   * @throws java.nio.file.NoSuchFileException if it does not exist
   * @throws IOException if it cannot be read, or is not in the kernel's format
   */
  public static BadBlockListSummary read(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    byte[] text = Files.readAllBytes(file);
    try {
      BadBlockListParser.Content list =
          BadBlockListParser.parse(text, text.length, file.toString());
      return new BadBlockListSummary(list.sectors().count(), !list.nearBound());
    } catch (BadBlockListParser.MalformedException e) {
      throw new IOException(file + " is not what the kernel writes: " + e.getMessage(), e);
    }
  }

  /**
   * Reports what fills the list of a device. Needs no native library.
   *
   * @param device the device's directory in sysfs, such as {@code /sys/block/pmem0}
   * @return its source of errors; empty if it is not on the NVDIMM bus, and has no list
   * @throws java.nio.file.NoSuchFileException if there is no such device
   * @throws IOException if sysfs cannot be read
   */
  public static Optional<ErrorSource> source(Path device) throws IOException {
    NvdimmPath place = NvdimmPath.of(device.toRealPath().toString());
    if (place == null) {
      return Optional.empty();
    }
    String name = device.getFileName().toString();
    int root = place.region().indexOf("/devices/");
    if (root < 0) {
      throw new IOException(device + " is not below a directory named devices, as sysfs has it");
    }
    Path sysfs = Path.of(place.region().substring(0, root) + "/");
    String region = place.region().substring(root + 1);
    Path bus = Path.of(place.region()).getParent();
    boolean nfit = Files.exists(bus.resolve(SourceReader.NFIT));
    return Optional.of(
        SourceReader.of(
                name,
                region,
                bus.toString(),
                (directory, attribute) -> line(sysfs.resolve(directory).resolve(attribute)),
                nfit)
            .source());
  }

  private static String line(Path attribute) throws IOException {
    try {
      return Files.readString(attribute).strip();
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
