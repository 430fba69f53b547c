package io.github.pmem2j.lucene;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.InfoStream;

/** Damaged segments stay out of merges, and everything else works. */
public class PmemMergePolicyTest extends LuceneTestCase {
  private final ConcurrentLinkedQueue<String> messages = new ConcurrentLinkedQueue<>();
  private SimulatedIndex index;
  private PmemDirectory directory;
  private PmemMergePolicy policy;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    index = new SimulatedIndex(createTempDir(), BadFilePolicy.SALVAGE);
    directory = index.directory();
  }

  @Override
  public void tearDown() throws Exception {
    index.close();
    super.tearDown();
  }

  private IndexWriter writer(MergePolicy in) throws IOException {
    policy = new PmemMergePolicy(in, directory);
    return new IndexWriter(
        directory,
        new IndexWriterConfig()
            .setMergePolicy(policy)
            .setMergeScheduler(new SerialMergeScheduler())
            .setUseCompoundFile(true)
            .setInfoStream(new Messages()));
  }

  /** Three segments of ten documents: _0, _1 and _2. */
  private void threeSegments(IndexWriter writer) throws IOException {
    for (int id = 0; id < 30; id++) {
      writer.addDocument(SimulatedIndex.document(id));
      if (id % 10 == 9) {
        writer.flush();
      }
    }
    writer.commit();
  }

  private int count(int id) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      return new IndexSearcher(reader).count(new TermQuery(new Term("id", String.valueOf(id))));
    }
  }

  private void checkForcedMerge(MergePolicy in) throws IOException {
    try (IndexWriter writer = writer(in)) {
      threeSegments(writer);
      index.damageMiddle("_1.cfs");
      writer.forceMerge(1);
      writer.commit();
      assertEquals(Map.of("_1", Set.of("_1.cfs")), policy.keptOut());
      assertEquals("[kept out of merges, for their bad files: {_1=[_1.cfs]}]", messages.toString());
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(30, reader.numDocs());
        assertEquals(2, reader.leaves().size());
      }
      index.heal("_1.cfs");
      writer.forceMerge(1);
      writer.commit();
      assertEquals(Map.of(), policy.keptOut());
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(30, reader.numDocs());
        assertEquals(1, reader.leaves().size());
      }
    }
  }

  public void testAForcedMergeLeavesOutWhatIsDamaged() throws IOException {
    checkForcedMerge(new TieredMergePolicy());
  }

  public void testSoDoesAMergeOfNeighbours() throws IOException {
    checkForcedMerge(new LogDocMergePolicy());
  }

  public void testDocumentsOfADamagedSegmentAreUpdatedAndDeleted() throws IOException {
    try (IndexWriter writer = writer(new TieredMergePolicy())) {
      threeSegments(writer);
    }
    index.damageMiddle("_1.cfs");
    try (IndexWriter writer = writer(new TieredMergePolicy())) {
      writer.deleteDocuments(new Term("id", "12"));
      writer.updateDocument(new Term("id", "13"), SimulatedIndex.document(13));
      writer.maybeMerge();
      writer.commit();
      assertTrue(writer.isOpen());
      assertEquals(Set.of("_1"), policy.keptOut().keySet());
    }
    assertEquals(0, count(12));
    assertEquals(1, count(13));
  }

  public void testASegmentWithoutDocumentsGoesThoughItIsDamaged() throws IOException {
    try (IndexWriter writer = writer(new TieredMergePolicy())) {
      threeSegments(writer);
      index.damageMiddle("_1.cfs");
      for (int id = 10; id < 20; id++) {
        writer.deleteDocuments(new Term("id", String.valueOf(id)));
      }
      writer.commit();
    }
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(20, reader.maxDoc());
    }
  }

  private final class Messages extends InfoStream {
    @Override
    public void message(String component, String message) {
      if (messages.isEmpty()) {
        messages.add(message);
      }
    }

    @Override
    public boolean isEnabled(String component) {
      return component.equals(PmemMergePolicy.COMPONENT);
    }

    @Override
    public void close() {}
  }
}
