package io.github.pmem2j.repair;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.SysfsDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The identity of the source of a salvage, or of the copy, in the comments of the mapfile: named
 * values, such as {@code inode 12, size 4096}.
 */
final class SalvageIdentity {
  /** The value of an unknown property. */
  static final SalvageIdentity NONE = new SalvageIdentity(Map.of());

  private static final String UNKNOWN = "unknown";

  private final Map<String, String> values;

  private SalvageIdentity(Map<String, String> values) {
    this.values = values;
  }

  /** The identity of a source, which also changes with its content. */
  static SalvageIdentity ofSource(Descriptor source, long size, Path sysfs) throws IOException {
    FileStatus status = source.status();
    Map<String, String> values = new LinkedHashMap<>();
    if (status.type() == FileStatus.Type.REGULAR) {
      putInode(source, status, values);
      values.put("modified", Files.getLastModifiedTime(source.link()).toInstant().toString());
    } else {
      values.put("device", device(status, sysfs));
    }
    values.put("size", Long.toString(size));
    return new SalvageIdentity(values);
  }

  private static String device(FileStatus status, Path sysfs) throws IOException {
    try {
      SysfsDevice device = SysfsDevice.of(sysfs, status.type(), status.specialDevice());
      Optional<String> id = device.id();
      return id.isPresent() ? id.get() : device.idUntilReboot();
    } catch (NoSuchFileException e) {
      return UNKNOWN; // no sysfs here
    }
  }

  /** The identity of a copy, which writing to the copy does not change. */
  static SalvageIdentity ofTarget(Descriptor target) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    putInode(target, target.status(), values);
    return new SalvageIdentity(values);
  }

  private static void putInode(Descriptor file, FileStatus status, Map<String, String> values)
      throws IOException {
    values.put("inode", Long.toUnsignedString(status.inode()));
    FileIo.generation(file)
        .ifPresent(generation -> values.put("generation", Long.toUnsignedString(generation)));
  }

  /** Parses the output of {@link #toString}. */
  static SalvageIdentity parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String word : text.split(", ")) {
      String value = word.strip();
      int blank = value.indexOf(' ');
      if (blank > 0) {
        values.put(value.substring(0, blank), value.substring(blank + 1).strip());
      }
    }
    return new SalvageIdentity(values);
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /**
   * Describes how another differs; empty if it is the same file with the same content. A generation
   * that a file system does not report is not compared.
   */
  String changes(SalvageIdentity now) {
    List<String> changes = new ArrayList<>();
    for (Map.Entry<String, String> entry : values.entrySet()) {
      String key = entry.getKey();
      String value = now.values.get(key);
      if (value == null ? !key.equals("generation") : !value.equals(entry.getValue())) {
        changes.add(key + " was " + entry.getValue() + ", is " + (value == null ? "none" : value));
      }
    }
    return String.join("; ", changes);
  }

  @Override
  public String toString() {
    List<String> words = new ArrayList<>();
    values.forEach((key, value) -> words.add(key + " " + value));
    return String.join(", ", words);
  }
}
