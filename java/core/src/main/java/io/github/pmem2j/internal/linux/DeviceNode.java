package io.github.pmem2j.internal.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Opens a block device by its number. */
public final class DeviceNode {
  private DeviceNode() {}

  /** Opens it to read past the page cache; null if no node leads to it, or none can be opened. */
  public static Descriptor openDirect(FileStatus.DeviceNumber number, Host host)
      throws IOException {
    for (String node : names(number, host)) {
      try (Descriptor found = Descriptor.openPath(host.dev().resolve(node))) {
        FileStatus status = found.status();
        if (status.type() == FileStatus.Type.BLOCK_DEVICE
            && status.specialDevice().equals(number)) {
          return found.reopen(Descriptor.Mode.READ, Descriptor.Mode.DIRECT);
        }
      } catch (IOException e) {
        // Another name may lead to the device.
      }
    }
    return null;
  }

  private static List<String> names(FileStatus.DeviceNumber number, Host host) throws IOException {
    String blockDevice = "block/" + number;
    List<String> names = new ArrayList<>(List.of(blockDevice));
    String directory = host.sysfs().blockDevice(number);
    if (directory != null) {
      names.add(directory.substring(directory.lastIndexOf('/') + 1).replace('!', '/'));
      String mapped = host.sysfs().line(directory, "dm/name");
      if (mapped != null) {
        names.add("mapper/" + mapped);
      }
    }
    return names;
  }
}
