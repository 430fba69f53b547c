package io.github.pmem2j.internal.journal;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.SysfsDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Identifies a dax device in a journal: its name and node may change at a boot, the uuid of its
 * namespace does not (Documentation/ABI/testing/sysfs-bus-nvdimm of the kernel).
 *
 * @param uuid of the namespace
 * @param size in bytes
 */
public record DaxIdentity(String uuid, long size) {
  static final Path JOURNALS = Path.of("/var/lib/pmem2j");
  private static final Path SYSFS = Path.of("/sys");

  /** The device behind an open node; empty if its namespace has no uuid, so can have no journal. */
  public static Optional<DaxIdentity> find(Descriptor node) throws IOException {
    FileStatus status = node.status();
    SysfsDevice device = SysfsDevice.of(SYSFS, status.type(), status.specialDevice());
    // …/regionN/daxN.N/daxN.N, or one directory deeper: the first above that has one is the owner
    Optional<String> uuid = device.inherited("uuid");
    if (uuid.isEmpty()) {
      return Optional.empty();
    }
    long size = Long.parseLong(device.inherited("size").orElseThrow());
    return Optional.of(new DaxIdentity(uuid.get(), size));
  }

  /** The same for a device that needs a journal. */
  public static DaxIdentity of(Descriptor node) throws IOException {
    return find(node)
        .orElseThrow(
            () ->
                new IOException(
                    node.path()
                        + ": it is not a dax device whose namespace has a uuid, so no journal can be"
                        + " identified as its own"));
  }

  /**
   * The path of its journal. The directory is fixed, because nothing on the device can refer to
   * another one.
   */
  public Path journal() {
    return JOURNALS.resolve("dax-" + uuid + ".pmem2j-repair");
  }
}
