package io.github.pmem2j.internal.device;

import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.util.List;

/**
 * Arrays of md, which keep lists of their own of what they could not write to a member
 * (Documentation/admin-guide/md.rst of the kernel): a read of that fails, whatever the members
 * hold.
 */
final class Raid {
  private static final List<String> LISTS = List.of("bad_blocks", "unacknowledged_bad_blocks");

  private Raid() {}

  /** The first of an array's own lists that is not empty, or missing; "" if all are empty. */
  static String badBlocks(Sysfs sysfs, String directory) throws IOException {
    List<String> members =
        sysfs.names(directory, "md").stream().filter(name -> name.startsWith("dev-")).toList();
    for (String member : members) {
      for (String list : LISTS) {
        String attribute = "md/" + member + "/" + list;
        String content = sysfs.line(directory, attribute);
        if (content == null || !content.isEmpty()) {
          return sysfs.file(directory, attribute);
        }
      }
    }
    return members.isEmpty() ? sysfs.file(directory, "md") : "";
  }
}
