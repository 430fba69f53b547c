package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import java.io.IOException;

/** Device-mapper's tables, which are for root, or made-up ones. */
@FunctionalInterface
public interface MappingTables {
  /** The live table of a mapped device: lines {@code START LENGTH TYPE PARAMETERS}. */
  String table(DeviceNumber device) throws IOException;
}
