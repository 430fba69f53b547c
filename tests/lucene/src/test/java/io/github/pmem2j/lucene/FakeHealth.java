package io.github.pmem2j.lucene;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/** The same verdict for every file. */
final class FakeHealth {
  private FakeHealth() {}

  static FileHealth.Check ofAll(Verdict verdict) {
    return file -> {
      if (!Files.exists(file)) {
        throw new NoSuchFileException(file.toString());
      }
      return new FileHealth(verdict, RangeSet.empty(), "made up", false);
    };
  }
}
