package io.github.pmem2j.lucene;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** A writer replaces a commit, and deletes its segments, while a reader examines their files. */
public class ReplacedCommitTest extends LuceneTestCase {
  private Runnable meanwhile = () -> {};
  private Verdict firstSegment = Verdict.NOT_PMEM;
  private PmemDirectory directory;
  private IndexWriter writer;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    FileHealth.Check check =
        file -> {
          String name = file.getFileName().toString();
          if (name.startsWith("_")
              && !name.endsWith(".si")) { // not what is read to know the commit
            Runnable now = meanwhile;
            meanwhile = () -> {};
            now.run();
          }
          boolean first = name.startsWith("_0.");
          return new FileHealth(
              first ? firstSegment : Verdict.NOT_PMEM, RangeSet.empty(), "", false);
        };
    directory =
        new PmemDirectory(
            FSDirectory.open(createTempDir()),
            BadFilePolicy.SALVAGE,
            UnknownFilePolicy.PREAD,
            check);
    writer = new IndexWriter(directory, new IndexWriterConfig());
    writer.addDocument(SimulatedIndex.document(0));
    writer.commit();
  }

  @Override
  public void tearDown() throws Exception {
    writer.close();
    directory.close();
    super.tearDown();
  }

  private void replaceCommit() {
    try {
      writer.addDocument(SimulatedIndex.document(1));
      writer.forceMerge(1);
      writer.commit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void testTheNextCommitIsOpened() throws IOException {
    meanwhile = this::replaceCommit;
    try (PmemDirectoryReader reader = PmemDirectoryReader.open(directory)) {
      assertEquals(2, reader.numDocs());
    }
  }

  public void testADeletedSegmentIsNotLeftOutAsDamaged() throws IOException {
    firstSegment = Verdict.BAD;
    meanwhile = this::replaceCommit;
    try (PmemDirectoryReader reader = PmemDirectoryReader.open(directory)) {
      assertEquals(2, reader.numDocs());
      assertEquals(Map.of(), reader.leftOut());
    }
  }

  public void testARefreshFindsTheNextCommit() throws IOException {
    PmemDirectoryReader reader = PmemDirectoryReader.open(directory);
    replaceCommit();
    meanwhile = this::replaceCommit;
    try (DirectoryReader refreshed = DirectoryReader.openIfChanged(reader)) {
      assertEquals(3, refreshed.numDocs());
    }
    reader.close();
  }
}
