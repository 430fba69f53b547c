package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.lucene.BadFilePolicy;
import io.github.pmem2j.lucene.PmemDirectory;
import io.github.pmem2j.lucene.PmemDirectoryReader;
import io.github.pmem2j.lucene.PmemMergePolicy;
import io.github.pmem2j.lucene.UnknownFilePolicy;
import io.github.pmem2j.watch.BadBlockWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Lucene index, mapped, that has lost a sector: exactly what was in it is missing. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class LuceneTest {
  private Namespace disk;
  private Path index;
  private Path copy;

  private void create(Machine machine) throws IOException {
    disk = machine.disks().get(0);
    index = Files.createDirectory(machine.ext4(disk.device()).resolve("index"));
    copy = LuceneIndex.create(index);
  }

  private PmemDirectory open(BadFilePolicy policy) throws IOException {
    return new PmemDirectory(new MMapDirectory(index), policy, UnknownFilePolicy.PREAD);
  }

  /** The file of the first segment, by its extension; or the list of the segments. */
  private String name(String extension) throws IOException {
    try (Stream<Path> files = Files.list(index)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("_0") || name.startsWith("segments"))
          .filter(name -> name.endsWith(extension) || name.startsWith(extension))
          .findFirst()
          .orElseThrow();
    }
  }

  /** The medium loses a sector of a file. */
  private Sectors lose(String name, long sector) {
    Sectors page = FileExtent.page(index.resolve(name), sector / Sectors.PER_PAGE);
    disk.inject(new Sectors(page.first() + sector % Sectors.PER_PAGE, 1));
    return new Sectors(sector, 1);
  }

  /** One that lies in the middle of a file. */
  private Sectors loseMiddle(String name) throws IOException {
    return lose(name, Files.size(index.resolve(name)) / 2 / Sectors.SIZE);
  }

  @ParameterizedTest
  @ValueSource(strings = {".fdt", ".tim", ".doc"})
  void exactlyWhatTheSectorHeldIsMissing(String extension, Machine machine) throws IOException {
    create(machine);
    String name = name(extension);
    Sectors lost = loseMiddle(name);
    refuse(name, lost);
    salvage(name, lost);
    write(name);
    check();
  }

  /** No part of a damaged segment can be read, and all of the other. */
  private void refuse(String name, Sectors lost) throws IOException {
    try (PmemDirectory directory = open(BadFilePolicy.REFUSE)) {
      CorruptIndexException refused =
          assertThrows(CorruptIndexException.class, () -> DirectoryReader.open(directory));
      String range = "[" + lost.offset() + "+" + lost.length() + "]";
      assertTrue(refused.getMessage().contains("lost " + range), refused::getMessage);
      assertTrue(
          refused.getMessage().contains(index.resolve(name).toString()), refused::getMessage);
      try (PmemDirectoryReader reader = PmemDirectoryReader.open(directory)) {
        assertEquals(Set.of("_0"), reader.leftOut().keySet());
        assertEquals(LuceneIndex.SECOND, reader.numDocs());
        LeafReader segment = reader.leaves().get(0).reader();
        try (DirectoryReader healthy = DirectoryReader.open(new NIOFSDirectory(copy))) {
          LeafReader good = healthy.leaves().get(1).reader();
          for (int document = 0; document < LuceneIndex.SECOND; document++) {
            assertEquals(LuceneIndex.stored(good, document), LuceneIndex.stored(segment, document));
          }
        }
      }
    }
  }

  /** Lost is what needs a byte of the sector, in a copy that is healthy. */
  private void salvage(String name, Sectors lost) throws IOException {
    ReadRecorder recorder = new ReadRecorder(new NIOFSDirectory(copy), name, lost);
    List<String> missing = new ArrayList<>();
    int intact = 0;
    try (PmemDirectory directory = open(BadFilePolicy.SALVAGE);
        DirectoryReader salvaged = DirectoryReader.open(directory);
        DirectoryReader healthy = DirectoryReader.open(recorder)) {
      LeafReader segment = salvaged.leaves().get(0).reader();
      LeafReader good = healthy.leaves().get(0).reader();
      for (int document = 0; document < LuceneIndex.FIRST; document++) {
        int number = document;
        if (same(recorder, reader -> LuceneIndex.stored(reader, number), good, segment)) {
          intact++;
        } else {
          missing.add("document " + document);
        }
      }
      for (Term term : LuceneIndex.terms(0, LuceneIndex.FIRST)) {
        if (same(recorder, reader -> LuceneIndex.documents(reader, term), good, segment)) {
          intact++;
        } else {
          missing.add(term.toString());
        }
      }
    }
    assertFalse(missing.isEmpty());
    System.out.printf(
        "%s: %d documents and terms are intact, %d are lost: %s%n",
        name, intact, missing.size(), missing.subList(0, Math.min(missing.size(), 4)));
  }

  /** A query of a segment. */
  private interface Question {
    Object ask(LeafReader segment) throws IOException;
  }

  /** Whether there is an answer, which is that of the healthy copy. */
  private static boolean same(
      ReadRecorder recorder, Question question, LeafReader good, LeafReader segment)
      throws IOException {
    Object[] expected = new Object[1];
    if (recorder.readBy(() -> expected[0] = question.ask(good))) {
      assertThrows(CorruptIndexException.class, () -> question.ask(segment));
      return false;
    }
    assertEquals(expected[0], question.ask(segment));
    return true;
  }

  /** Documents are added, updated and deleted, and all other segments are merged. */
  private void write(String name) throws IOException {
    try (PmemDirectory directory = open(BadFilePolicy.SALVAGE)) {
      PmemMergePolicy policy = new PmemMergePolicy(new TieredMergePolicy(), directory);
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setUseCompoundFile(false)
              .setMergePolicy(policy)
              .setMergeScheduler(new SerialMergeScheduler());
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        Random random = new Random(21);
        writer.updateDocument(LuceneIndex.idTerm(0), LuceneIndex.document(0, random));
        writer.addDocument(LuceneIndex.document(9999, random));
        writer.deleteDocuments(LuceneIndex.idTerm(FIRST_DELETED));
        writer.forceMerge(1);
        writer.commit();
        assertTrue(writer.isOpen());
        assertEquals(Set.of("_0"), policy.keptOut().keySet());
        assertEquals(Set.of(name), policy.keptOut().get("_0"));
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(2, reader.leaves().size());
        assertEquals(LuceneIndex.FIRST + LuceneIndex.SECOND, reader.numDocs());
        IndexSearcher searcher = new IndexSearcher(reader);
        assertEquals(1, searcher.count(new TermQuery(LuceneIndex.idTerm(0))));
        assertEquals(0, searcher.count(new TermQuery(LuceneIndex.idTerm(FIRST_DELETED))));
      }
    }
  }

  private static final int FIRST_DELETED = 1;

  private void check() throws IOException {
    for (BadFilePolicy policy : BadFilePolicy.values()) {
      try (PmemDirectory directory = open(policy);
          CheckIndex check = new CheckIndex(directory)) {
        CheckIndex.Status status = check.checkIndex();
        assertFalse(status.clean);
        assertEquals(1, status.numBadSegments);
        // It counts the deleted ones, too: it gives up before it looks at them.
        assertEquals(LuceneIndex.FIRST, status.totLoseDocCount);
      }
    }
  }

  @Test
  void theListOfTheSegmentsIsLost(Machine machine) throws IOException {
    create(machine);
    String list = name("segments");
    lose(list, 7); // Past the end of the file, in its last page.
    for (BadFilePolicy policy : BadFilePolicy.values()) {
      try (PmemDirectory directory = open(policy);
          DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(LuceneIndex.FIRST + LuceneIndex.SECOND, reader.numDocs());
      }
    }
    lose(list, 0);
    for (BadFilePolicy policy : BadFilePolicy.values()) {
      try (PmemDirectory directory = open(policy)) {
        CorruptIndexException e =
            assertThrows(CorruptIndexException.class, () -> PmemDirectoryReader.open(directory));
        assertTrue(e.getMessage().contains("lost [0+"), e::getMessage);
        assertTrue(e.getMessage().contains(index.resolve(list).toString()), e::getMessage);
        try (CheckIndex check = new CheckIndex(directory)) {
          assertFalse(check.checkIndex().clean);
        }
      }
    }
    Command.Result repair =
        CommandLine.run("repair", "--yes", "--from", copy.resolve(list), index.resolve(list));
    // Restored, but nothing looks for other errors of this disk.
    assertEquals(3, repair.exitCode(), repair::toString);
    try (PmemDirectory directory = open(BadFilePolicy.REFUSE);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(LuceneIndex.FIRST + LuceneIndex.SECOND, reader.numDocs());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"REFUSE", "SALVAGE"})
  void aFileThatGoesBadWhileItIsOpen(BadFilePolicy policy, Machine machine) throws IOException {
    create(machine);
    String name = name(".fdt");
    ConcurrentLinkedQueue<String> reported = new ConcurrentLinkedQueue<>();
    try (PmemDirectory directory = open(policy);
        BadBlockWatch watch =
            directory.watch((file, report) -> reported.add(file + " " + report.verdict()));
        SearcherManager manager = new SearcherManager(PmemDirectoryReader.open(directory), null)) {
      // Nothing fills this disk's list but the test.
      assertTrue(
          watch.unwatched().stream().allMatch(gap -> gap.reason().contains("nothing looks")),
          watch.unwatched()::toString);
      Sectors lost = loseMiddle(name);
      watch.check(); // A list that is written by hand does not notify.
      Sysfs.await(name + " to be reported", () -> !reported.isEmpty());
      assertEquals(name + " BAD", reported.peek());
      assertTrue(manager.maybeRefresh());
      IndexSearcher searcher = manager.acquire();
      try {
        PmemDirectoryReader reader = (PmemDirectoryReader) searcher.getIndexReader();
        int left = policy == BadFilePolicy.REFUSE ? 0 : LuceneIndex.FIRST;
        assertEquals(left + LuceneIndex.SECOND, reader.numDocs());
        if (policy == BadFilePolicy.SALVAGE) {
          LeafReader segment = reader.leaves().get(0).reader();
          assertEquals(LuceneIndex.FIRST, segment.maxDoc());
          checkOneIsLost(segment, lost);
        }
      } finally {
        manager.release(searcher);
      }
    }
  }

  /** The old mapping could have ended this JVM. */
  private static void checkOneIsLost(LeafReader segment, Sectors lost) throws IOException {
    int missing = 0;
    for (int document = 0; document < segment.maxDoc(); document++) {
      try {
        LuceneIndex.stored(segment, document);
      } catch (CorruptIndexException e) {
        assertTrue(e.getMessage().contains("lost [" + lost.offset()), e::getMessage);
        missing++;
      }
    }
    assertTrue(missing > 0 && missing < segment.maxDoc(), missing + " documents are lost");
  }
}
