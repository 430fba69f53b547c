package io.github.pmem2j.h2;

import io.github.pmem2j.repair.SalvageReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.message.DbException;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.h2.store.fs.disk.FilePathDisk;

/**
 * The file system {@code pmem:} of H2, over the file system of the disk. Files are read with
 * pread(2) and never mapped, so a bad block causes an SQL error and not an {@code InternalError}.
 *
 * <p>Each file is scanned before it is opened. If it has lost bytes, the system property {@value
 * #POLICY} decides:
 *
 * <ul>
 *   <li>{@code refuse}, the default: opening the database fails. The error names the file, the
 *       ranges, and the command that restores them.
 *   <li>{@code salvage}: the database opens. A statement that reads lost bytes fails with an error
 *       that names them; every other statement works.
 * </ul>
 *
 * <p>Under both, a file in which an interrupted repair may have left zeros at unknown places is
 * refused: a read would return them as data. So is a database whose newest state H2 cannot find
 * because it cannot read its file: it would open in an older state, without an error. Immutable and
 * thread-safe, as are its channels.
 */
public final class FilePathPmem extends FilePathWrapper {
  /** The system property that sets the policy for files that have lost bytes. */
  public static final String POLICY = "pmem2j.h2.policy";

  /** For H2, which makes one for each path. */
  public FilePathPmem() {}

  /** Registers {@code pmem:} with H2. Programs that connect by DriverManager need not call it. */
  public static void register() {
    FilePath.register(new FilePathPmem());
  }

  @Override
  public String getScheme() {
    return "pmem";
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    FilePath base = getBase();
    if (!(base instanceof FilePathDisk)) {
      throw new IOException("pmem: goes before a path of the disk, not before " + base);
    }
    Path file = Path.of(base.toString());
    boolean salvage = salvage();
    if (!Files.isRegularFile(file)) {
      return new PmemFile(file, base.open(mode), null, null);
    }
    Damage damage = Damage.of(file);
    if (!damage.hiddenZeros().isEmpty()) {
      throw DbException.convertIOException(
          new IOException(
              "an interrupted repair may have left zeros in " + file + ": " + damage.hiddenZeros()),
          name);
    } else if (!salvage && !damage.lost().isEmpty()) {
      throw DbException.convertIOException(refusal(file, damage), name);
    }
    // Before H2 locks the file: closing any descriptor of it later would release that lock.
    SalvageReader reader = salvage || damage.isBad() ? SalvageReader.open(file) : null;
    try {
      return new PmemFile(file, base.open(mode), reader, damage);
    } catch (IOException | RuntimeException e) {
      if (reader != null) {
        reader.close();
      }
      throw e;
    }
  }

  /** A stream of a file, under the same policy: the tool {@code Backup} reads a database by it. */
  @Override
  public InputStream newInputStream() throws IOException {
    return isRegularFile() ? Channels.newInputStream(open("r")) : super.newInputStream();
  }

  private static IOException refusal(Path file, Damage damage) {
    return new IOException(
        file
            + " has lost "
            + damage.lost()
            + "; restore that with: pmem2j repair --from BACKUP "
            + file
            + "; or open what is left with -D"
            + POLICY
            + "=salvage");
  }

  private static boolean salvage() {
    String policy = System.getProperty(POLICY, "refuse");
    if (!policy.equals("refuse") && !policy.equals("salvage")) {
      throw new IllegalArgumentException(
          POLICY + " is " + policy + ": refuse and salvage are known");
    }
    return policy.equals("salvage");
  }
}
