package io.github.pmem2j.internal.device;

import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Arrays of md, which can fail where their members do not (Documentation/admin-guide/md.rst of the
 * kernel): they keep lists of what they could not write to a member, may have lost members, and one
 * level only injects errors.
 */
final class Raid {
  private static final List<String> LISTS = List.of("bad_blocks", "unacknowledged_bad_blocks");
  private static final String LEVEL = "md/level";
  private static final String DEGRADED = "md/degraded";
  private static final String STATE = "md/array_state";

  /**
   * The levels that have no errors of their own, and how many members each can miss. The kernel
   * keeps the last copy in raid1 and raid10.
   */
  private static final Map<String, Integer> MAX_DEGRADED =
      Map.of(
          "linear", 0,
          "raid0", 0,
          "raid1", Integer.MAX_VALUE,
          "raid10", Integer.MAX_VALUE,
          "raid4", 1,
          "raid5", 1,
          "raid6", 2);

  private Raid() {}

  /** The attribute by which an array may fail where its members do not; "" if there is none. */
  static String ownErrors(Sysfs sysfs, String directory) throws IOException {
    String bad = badLevel(sysfs, directory);
    return bad.isEmpty() ? badBlocks(sysfs, directory) : bad;
  }

  private static String badLevel(Sysfs sysfs, String directory) throws IOException {
    String level = sysfs.line(directory, LEVEL);
    if (level == null || !MAX_DEGRADED.containsKey(level)) {
      return sysfs.file(directory, LEVEL);
    }
    if ("broken".equals(sysfs.line(directory, STATE))) {
      return sysfs.file(directory, STATE);
    }
    boolean lost =
        sysfs.exists(directory, DEGRADED)
            && sysfs.number(directory, DEGRADED) > MAX_DEGRADED.get(level);
    return lost ? sysfs.file(directory, DEGRADED) : "";
  }

  /** The first of its own lists that is not empty, or missing; "" if all are empty. */
  private static String badBlocks(Sysfs sysfs, String directory) throws IOException {
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
