package io.github.pmem2j.lucene;

import io.github.pmem2j.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.store.BaseDirectoryTestCase;

/** Lucene's tests of a directory of no file of which is known whether it is bad. */
public class PreadDirectoryTest extends BaseDirectoryTestCase {
  @Override
  protected Directory getDirectory(Path path) throws IOException {
    return new PmemDirectory(
        new NoInputDirectory(path),
        BadFilePolicy.SALVAGE,
        UnknownFilePolicy.PREAD,
        FakeHealth.ofAll(Verdict.UNKNOWN));
  }
}
