package io.github.pmem2j.repair;

import io.github.pmem2j.ProgressListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Copies everything in a file that can be read. Holes stay holes; lost bytes become a hole in the
 * copy. The state is kept in a mapfile of <a
 * href="https://www.gnu.org/software/ddrescue/manual/ddrescue_manual.html">GNU ddrescue</a>, so
 * that an interrupted copy can be continued, and ddrescue's tools can list what is missing.
 *
 * <p>Immutable and thread-safe.
 */
public final class Salvage {
  private final Path source;
  private final Path target;
  private final Path map;
  private final SalvageOptions options;

  private Salvage(Path source, Path target, Path map, SalvageOptions options) {
    this.source = Objects.requireNonNull(source, "source");
    this.target = Objects.requireNonNull(target, "target");
    this.map = Objects.requireNonNull(map, "map");
    this.options = options;
  }

  /**
   * Prepares a copy, with its mapfile beside the target as {@code TARGET.map}. Does not start it.
   *
   * @param source a regular file or block device
   * @param target a file that does not exist, is empty, or was left by an interrupted copy
   * @return the copy
   */
  public static Salvage of(Path source, Path target) {
    Objects.requireNonNull(target, "target");
    return new Salvage(
        source, target, SalvageMapFile.beside(target), new SalvageOptions(false, false));
  }

  /**
   * The same copy with another mapfile.
   *
   * @param file the mapfile
   * @return the copy
   */
  public Salvage withMapFile(Path file) {
    Objects.requireNonNull(file, "file");
    return new Salvage(source, target, file, options);
  }

  /**
   * The same copy, restarted from the beginning. A target with content is overwritten only if the
   * mapfile shows that an earlier salvage wrote it.
   *
   * @return the copy
   */
  public Salvage withRestart() {
    return new Salvage(source, target, map, new SalvageOptions(true, options.foreignMap()));
  }

  /**
   * The same copy, with a mapfile that does not identify it: one that GNU ddrescue wrote, or one
   * whose copy was moved to another file system. It must cover the whole source and have a finished
   * block, and the target must contain all finished blocks.
   *
   * @return the copy
   */
  public Salvage withForeignMap() {
    return new Salvage(source, target, map, new SalvageOptions(options.restart(), true));
  }

  /** {@return the path of the mapfile} */
  public Path mapFile() {
    return map;
  }

  /**
   * Copies what has not been copied yet, and retries what was lost. The mapfile identifies the
   * source (a file by inode, generation, size and time of modification; a device by its size and
   * the uuid of its namespace or the like; if it has none, only until the next boot) and the target
   * (by inode and generation). A target with content is written to only if the mapfile identifies
   * it and has a finished block. After a failure, the next run continues; if nothing was finished,
   * the failed run leaves no files.
   *
   * @return the size of the file, and its lost bytes
   * @throws java.nio.file.FileAlreadyExistsException if the target has content and the mapfile does
   *     not show that it is a copy of this source; if the source has changed; if the target, the
   *     source and the mapfile are not three different files
   * @throws io.github.pmem2j.CancelledException if the thread was interrupted: the next run
   *     continues
   * @throws IOException if reading fails in any other way than by a media error, or writing fails
   */
  public SalvageResult run() throws IOException {
    return run(ProgressListener.none());
  }

  /**
   * Copies as {@link #run()}, and reports the progress.
   *
   * @param listener gets the progress: how many bytes of the source have been tried
   * @return the size of the file, and its lost bytes
   * @throws io.github.pmem2j.CancelledException if the thread was interrupted: the mapfile lists
   *     what is finished, and the next run continues
   * @throws IOException as {@link #run()}
   */
  public SalvageResult run(ProgressListener listener) throws IOException {
    return SalvageCopy.run(
        source,
        target,
        map,
        options,
        ScannedHost.of(source),
        Objects.requireNonNull(listener, "listener"));
  }
}
