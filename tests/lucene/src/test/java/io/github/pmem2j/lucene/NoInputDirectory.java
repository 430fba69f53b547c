package io.github.pmem2j.lucene;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FSLockFactory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;

/** A directory that opens no file for reading. */
final class NoInputDirectory extends FSDirectory {
  NoInputDirectory(Path path) throws IOException {
    super(path, FSLockFactory.getDefault());
  }

  @Override
  public IndexInput openInput(String name, IOContext context) {
    throw new AssertionError("the wrapped directory opens " + name);
  }
}
