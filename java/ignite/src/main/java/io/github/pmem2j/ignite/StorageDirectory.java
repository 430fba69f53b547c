package io.github.pmem2j.ignite;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ignite.StorageFile.Role;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A directory of a node's files.
 *
 * @param path the directory
 * @param role the role of all files in it; null if their names determine it
 * @param depth how many levels have a file {@code lock}
 */
record StorageDirectory(Path path, Role role, int depth) {
  private static final Pattern CACHE = Pattern.compile("cache(Group)?-(.+)");
  private static final Pattern PARTITION = Pattern.compile("part-(\\d{1,9})\\.bin");

  /** Describes the content of a file below this directory. Deeper down are parts of snapshots. */
  StorageFile file(BadBlockReport report) {
    Path file = report.path();
    Role kind = role == null ? Role.OTHER : role;
    String cache = "";
    boolean group = false;
    int partition = -1;
    if (role == null && path.relativize(file).getNameCount() == depth + 1) {
      String name = file.getFileName().toString();
      String parent = file.getParent().getFileName().toString();
      Matcher cacheName = CACHE.matcher(parent);
      if (parent.equals("metastorage")) {
        kind = Role.METASTORAGE;
      } else if (cacheName.matches()) {
        cache = cacheName.group(2);
        group = cacheName.group(1) != null;
        Matcher number = PARTITION.matcher(name);
        if (number.matches()) {
          kind = Role.PARTITION;
          partition = Integer.parseInt(number.group(1));
        } else if (name.equals("index.bin")) {
          kind = Role.INDEX;
        }
      }
    }
    return new StorageFile(
        file.toString(),
        kind,
        cache,
        group,
        partition,
        report.complete(),
        report.lost(),
        report.unreadable());
  }
}
