package io.github.pmem2j.lucene;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Files of this machine's disk with the health that a test gives them; clean unless given one. */
final class FakeHealth implements FileHealth.Check {
  private final Map<String, FileHealth> files = new ConcurrentHashMap<>();

  static FileHealth.Check ofAll(Verdict verdict) {
    return file -> existing(file, new FileHealth(verdict, RangeSet.empty(), "made up"));
  }

  private static FileHealth existing(Path file, FileHealth health) throws NoSuchFileException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return health;
  }

  /** The medium loses some bytes of a file. */
  void damage(String name, long offset, long length) {
    files.put(name, new FileHealth(Verdict.BAD, RangeSet.of(new ByteRange(offset, length)), ""));
  }

  /** A file with a verdict, and no lost bytes. */
  void set(String name, Verdict verdict) {
    files.put(name, new FileHealth(verdict, RangeSet.empty(), "made up"));
  }

  /** The file is as good as before. */
  void repair(String name) {
    files.remove(name);
  }

  @Override
  public FileHealth of(Path file) throws NoSuchFileException {
    FileHealth clean = new FileHealth(Verdict.CLEAN, RangeSet.empty(), "");
    return existing(file, files.getOrDefault(file.getFileName().toString(), clean));
  }
}
