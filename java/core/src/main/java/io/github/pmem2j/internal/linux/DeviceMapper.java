package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.jni.Native;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.jni.SystemCalls;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The tables of device-mapper, which only root can read. */
public final class DeviceMapper {
  private static final Path CONTROL = Path.of("/dev/mapper/control");
  private static final int FIRST_CAPACITY = 16 * 1024;
  private static final int MAX_CAPACITY = 64 * 1024 * 1024;

  private DeviceMapper() {}

  /**
   * The live table of a device: lines {@code START LENGTH TYPE PARAMETERS}, in sectors.
   *
   * @throws java.nio.file.AccessDeniedException without the privilege
   */
  public static String table(DeviceNumber device) throws IOException {
    for (int capacity = FIRST_CAPACITY; ; capacity *= 2) {
      byte[] table = new byte[capacity];
      int code = SystemCalls.deviceMapperTable(device.major(), device.minor(), table);
      if (code >= 0) {
        return new String(table, 0, code, StandardCharsets.UTF_8);
      }
      if (code != -Native.ENOSPC || capacity >= MAX_CAPACITY) {
        throw NativeError.exception("DM_TABLE_STATUS", CONTROL, code, "device " + device);
      }
    }
  }
}
