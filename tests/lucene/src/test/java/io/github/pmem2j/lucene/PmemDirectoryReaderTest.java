package io.github.pmem2j.lucene;

import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** A reader follows the commits, and the damage. */
public class PmemDirectoryReaderTest extends LuceneTestCase {
  private SimulatedIndex index;
  private PmemDirectory directory;
  private IndexWriter writer;

  private void open(BadFilePolicy policy) throws IOException {
    index = new SimulatedIndex(createTempDir(), policy);
    directory = index.directory();
    IndexWriterConfig config = new IndexWriterConfig().setMergePolicy(NoMergePolicy.INSTANCE);
    writer = new IndexWriter(directory, config.setUseCompoundFile(true));
    for (int segment = 0; segment < 3; segment++) {
      addSegment(segment);
    }
  }

  /** Adds a segment of ten documents, named _0 and so on. */
  private void addSegment(int segment) throws IOException {
    for (int id = segment * 10; id < segment * 10 + 10; id++) {
      writer.addDocument(SimulatedIndex.document(id));
    }
    writer.commit();
  }

  @Override
  public void tearDown() throws Exception {
    writer.close();
    index.close();
    super.tearDown();
  }

  private static DirectoryReader refreshed(DirectoryReader reader) throws IOException {
    DirectoryReader next = DirectoryReader.openIfChanged(reader);
    assertNotNull("nothing has changed", next);
    reader.close();
    return next;
  }

  private static Set<IndexReader.CacheKey> cores(DirectoryReader reader) {
    return reader.leaves().stream()
        .map(leaf -> leaf.reader().getCoreCacheHelper().getKey())
        .collect(Collectors.toSet());
  }

  public void testItIsLikeAnyOtherWhereNothingIsDamaged() throws IOException {
    open(BadFilePolicy.REFUSE);
    DirectoryReader reader = PmemDirectoryReader.open(directory);
    assertEquals(30, reader.numDocs());
    assertTrue(reader.isCurrent());
    assertNull(DirectoryReader.openIfChanged(reader));
    Set<IndexReader.CacheKey> cores = cores(reader);
    addSegment(3);
    writer.deleteDocuments(new Term("id", "7"));
    writer.commit();
    assertFalse(reader.isCurrent());
    reader = refreshed(reader);
    assertEquals(39, reader.numDocs());
    assertTrue(reader.isCurrent());
    assertTrue("segments are shared", cores(reader).containsAll(cores));
    assertEquals(
        DirectoryReader.listCommits(directory).get(0).getSegmentsFileName(),
        reader.getIndexCommit().getSegmentsFileName());
    reader.close();
  }

  public void testADamagedSegmentIsLeftOutUntilItIsRepaired() throws IOException {
    open(BadFilePolicy.REFUSE);
    index.damageMiddle("_0.cfs");
    DirectoryReader reader = PmemDirectoryReader.open(directory);
    assertEquals(20, reader.numDocs());
    IOException why = ((PmemDirectoryReader) reader).leftOut().get("_0");
    assertTrue(why.getMessage(), why.getMessage().contains("lost ["));

    Set<IndexReader.CacheKey> cores = cores(reader);
    index.damageMiddle("_2.cfs");
    assertFalse(reader.isCurrent());
    reader = refreshed(reader);
    assertEquals(10, reader.numDocs());
    assertTrue("the other is shared", cores.containsAll(cores(reader)));
    assertEquals(Set.of("_0", "_2"), ((PmemDirectoryReader) reader).leftOut().keySet());

    index.heal("_0.cfs");
    index.heal("_2.cfs");
    reader = refreshed(reader);
    assertEquals(30, reader.numDocs());
    reader.close();
  }

  public void testADamagedSegmentIsReopenedForSalvage() throws IOException {
    open(BadFilePolicy.SALVAGE);
    DirectoryReader reader = PmemDirectoryReader.open(directory);
    Set<IndexReader.CacheKey> before = cores(reader);
    index.damageMiddle("_1.cfs");
    reader = refreshed(reader);
    assertEquals(30, reader.numDocs());
    Set<IndexReader.CacheKey> after = cores(reader);
    after.retainAll(before);
    assertEquals("two of three are shared", 2, after.size());
    reader.close();
  }

  public void testASegmentThatIsRepairedInPartIsTriedAgain() throws IOException {
    open(BadFilePolicy.SALVAGE);
    index.damageBegin("_0.cfs");
    index.damageMiddle("_0.cfs");
    DirectoryReader reader = PmemDirectoryReader.open(directory);
    assertEquals(Set.of("_0"), ((PmemDirectoryReader) reader).leftOut().keySet());
    index.healBegin("_0.cfs");
    reader = refreshed(reader);
    assertEquals(30, reader.numDocs());
    reader.close();
  }

  public void testABadFileThatLosesMoreIsTriedAgain() throws IOException {
    open(BadFilePolicy.SALVAGE);
    index.damageMiddle("_0.cfs");
    DirectoryReader reader = PmemDirectoryReader.open(directory);
    assertEquals(30, reader.numDocs());
    index.damageBegin("_0.cfs");
    reader = refreshed(reader);
    assertEquals(20, reader.numDocs());
    reader.close();
  }

  public void testASearcherManagerFollows() throws IOException {
    open(BadFilePolicy.REFUSE);
    SearcherManager manager = new SearcherManager(PmemDirectoryReader.open(directory), null);
    index.damageMiddle("_1.cfs");
    manager.maybeRefreshBlocking();
    IndexSearcher searcher = manager.acquire();
    assertEquals(20, searcher.count(new MatchAllDocsQuery()));
    manager.release(searcher);
    manager.close();
  }

  public void testACommitWhoseListIsLostCannotBeOpened() throws IOException {
    open(BadFilePolicy.REFUSE);
    String list = DirectoryReader.listCommits(directory).get(0).getSegmentsFileName();
    index.damageBegin(list);
    IOException e = expectThrows(IOException.class, () -> PmemDirectoryReader.open(directory));
    assertTrue(e.getMessage(), e.getMessage().contains(list));
    index.heal(list);
  }

  public void testACommitOfAnotherDirectory() throws IOException {
    open(BadFilePolicy.REFUSE);
    IndexCommit here = DirectoryReader.listCommits(directory).get(0);
    try (Directory other = FSDirectory.open(createTempDir());
        IndexWriter otherWriter = new IndexWriter(other, new IndexWriterConfig());
        DirectoryReader reader = PmemDirectoryReader.open(directory)) {
      for (int id = 0; id < 3; id++) {
        otherWriter.addDocument(SimulatedIndex.document(id));
        otherWriter.commit();
      }
      IndexCommit there = DirectoryReader.listCommits(other).get(0);
      assertEquals(here.getSegmentsFileName(), there.getSegmentsFileName());
      expectThrows(IOException.class, () -> DirectoryReader.openIfChanged(reader, there));
      addSegment(3);
      try (Directory again = FSDirectory.open(index.path())) {
        IndexCommit next = DirectoryReader.listCommits(again).get(0);
        try (DirectoryReader newer = DirectoryReader.openIfChanged(reader, next)) {
          assertEquals(40, newer.numDocs());
        }
      }
    }
  }

  public void testAReaderOfAWriterIsNotMadeHere() throws IOException {
    open(BadFilePolicy.REFUSE);
    try (DirectoryReader reader = PmemDirectoryReader.open(directory)) {
      expectThrows(
          UnsupportedOperationException.class, () -> DirectoryReader.openIfChanged(reader, writer));
    }
  }
}
