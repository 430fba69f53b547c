package io.github.pmem2j.lucene;

import io.github.pmem2j.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.store.BaseDirectoryTestCase;

/** Lucene's tests of a directory every file of which is read around its damage. */
public class SalvageInputDirectoryTest extends BaseDirectoryTestCase {
  @Override
  protected Directory getDirectory(Path path) throws IOException {
    return new PmemDirectory(
        new NoInputDirectory(path),
        BadFilePolicy.SALVAGE,
        UnknownFilePolicy.PREAD,
        FakeHealth.ofAll(Verdict.BAD));
  }
}
