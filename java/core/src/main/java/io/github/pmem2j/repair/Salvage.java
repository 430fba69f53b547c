package io.github.pmem2j.repair;

import io.github.pmem2j.internal.PathBytes;
import io.github.pmem2j.internal.repair.SalvageCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Copies everything of a file that can be read. Holes stay holes; what is lost stays a hole in the
 * copy. Its state is kept in a mapfile of <a
 * href="https://www.gnu.org/software/ddrescue/manual/ddrescue_manual.html">GNU ddrescue</a>, so
 * that an interrupted copy goes on where it was, and ddrescue's tools can read what is missing.
 *
 * <p>Immutable and thread-safe.
 */
public final class Salvage {
  private final Path source;
  private final Path target;
  private final Path map;

  private Salvage(Path source, Path target, Path map) {
    this.source = Objects.requireNonNull(source);
    this.target = Objects.requireNonNull(target);
    this.map = Objects.requireNonNull(map);
  }

  /**
   * A copy that has yet to be made, with its mapfile beside the target, as {@code TARGET.map}.
   *
   * @param source a regular file or block device
   * @param target a file that does not exist or is empty, or one that an interrupted copy has left
   * @return the copy
   */
  public static Salvage of(Path source, Path target) {
    return new Salvage(source, target, PathBytes.sibling(target, "", ".map"));
  }

  /**
   * The same copy with its mapfile elsewhere.
   *
   * @param file the mapfile
   * @return the copy
   */
  public Salvage mapFile(Path file) {
    return new Salvage(source, target, file);
  }

  /**
   * The mapfile.
   *
   * @return its path
   */
  public Path mapFile() {
    return map;
  }

  /**
   * Copies what has not been copied yet, and tries again what was lost. Overwrites nothing but what
   * an earlier copy with this mapfile has written, and that mapfile. Of which file the copy is, the
   * mapfile tells by inode and generation; of which block device, only the length does.
   *
   * @param progress told how far it is; null for none
   * @return the size of the file, and what of it is lost
   * @throws java.nio.file.FileAlreadyExistsException if the target has content and there is no
   *     mapfile or is longer than the source; if the target is the source, or a copy of another
   *     file; if the mapfile is one of the two, or no regular file
   * @throws IOException if reading fails in any other way than by a media error, or writing fails
   */
  public Salvaged run(SalvageProgress progress) throws IOException {
    return SalvageCopy.run(source, target, map, progress == null ? (d, s, l) -> {} : progress);
  }
}
