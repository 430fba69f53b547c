package io.github.pmem2j.lucene;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.tests.store.BaseDirectoryTestCase;

/**
 * Lucene's tests of a directory, with the policy that salvages bad files, on this machine's own
 * disk.
 */
public class SalvagingDirectoryTest extends BaseDirectoryTestCase {
  @Override
  protected Directory getDirectory(Path path) throws IOException {
    return new PmemDirectory(
        FSDirectory.open(path), BadFilePolicy.SALVAGE, UnknownFilePolicy.PREAD);
  }
}
