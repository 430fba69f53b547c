package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import java.io.IOException;

/** The tables of device-mapper, which only root can read, or those of a test. */
@FunctionalInterface
public interface MappingTables {
  /** The live table of a mapped device: lines {@code START LENGTH TYPE PARAMETERS}. */
  String table(DeviceNumber device) throws IOException;
}
