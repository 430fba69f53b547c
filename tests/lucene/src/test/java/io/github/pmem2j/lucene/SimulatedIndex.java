package io.github.pmem2j.lucene;

import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.store.FSDirectory;

/** An index on simulated persistent memory. */
final class SimulatedIndex implements AutoCloseable {
  /** So much that most of a segment is stored fields, and the middle of its file is. */
  private static final int STORED = 2000;

  private final Path path;
  private final SimulatedPmem pmem;
  private final PmemDirectory directory;

  /** In a directory of Lucene's test file systems. */
  SimulatedIndex(Path path, BadFilePolicy policy) throws IOException {
    this.path = path;
    pmem = SimulatedPmem.open(path.toFile().toPath());
    directory = new PmemDirectory(FSDirectory.open(path), policy, UnknownFilePolicy.PREAD);
  }

  /** In Lucene's test file system. */
  Path path() {
    return path;
  }

  PmemDirectory directory() {
    return directory;
  }

  private Path file(String name) {
    return pmem.directory().resolve(name);
  }

  /** The medium loses what a segment does not need to be opened. */
  void damageMiddle(String name) throws IOException {
    pmem.damage(file(name), Files.size(file(name)) / 2, 512);
  }

  /** The medium loses the begin of a file. */
  void damageBegin(String name) throws IOException {
    pmem.damage(file(name), 0, 512);
  }

  /** The begin of the file is as good as before. */
  void healBegin(String name) throws IOException {
    pmem.heal(file(name), 0, 512);
  }

  /** The file is as good as before. */
  void heal(String name) throws IOException {
    pmem.heal(file(name));
  }

  static Document document(int id) {
    byte[] stored = new byte[STORED];
    new Random(id).nextBytes(stored);
    Document document = new Document();
    document.add(new StringField("id", String.valueOf(id), Field.Store.YES));
    document.add(new StoredField("stored", stored));
    return document;
  }

  @Override
  public void close() throws IOException {
    directory.close();
    pmem.close();
  }
}
