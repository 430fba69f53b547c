package io.github.pmem2j.emulated;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.lucene.codecs.StoredFieldsReader;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DocumentStoredFieldVisitor;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.NIOFSDirectory;

/**
 * An index of known content, in two segments: _0 with the first documents and _1 with the rest.
 * Each query reads the index again: no result depends on earlier reads.
 */
final class LuceneIndex {
  static final int FIRST = 600;
  static final int SECOND = 100;

  private static final int WORDS = 60;

  private LuceneIndex() {}

  private static Path made;

  /** Has the index on the device, and returns a healthy copy; it is made once. */
  static Path create(Path directory) throws IOException {
    if (made == null) {
      made = make(Files.createTempDirectory("index"));
    }
    try (Stream<Path> files = Files.list(made)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = Files.copy(file, directory.resolve(file.getFileName()));
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
    }
    return made;
  }

  private static Path make(Path directory) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig().setUseCompoundFile(false).setMergePolicy(NoMergePolicy.INSTANCE);
    try (Directory index = new NIOFSDirectory(directory);
        IndexWriter writer = new IndexWriter(index, config)) {
      Random random = new Random(20);
      for (int id = 0; id < FIRST + SECOND; id++) {
        writer.addDocument(document(id, random));
        if (id == FIRST - 1) {
          writer.flush();
        }
      }
      writer.commit();
    }
    return directory;
  }

  static Document document(int id, Random random) {
    Document document = new Document();
    document.add(new StringField("id", id(id), Field.Store.YES));
    for (int word = 0; word < WORDS; word++) {
      if (random.nextBoolean()) {
        document.add(new StringField("word", "word" + word, Field.Store.NO));
      }
    }
    byte[] payload = new byte[200];
    random.nextBytes(payload);
    document.add(new StoredField("payload", payload));
    return document;
  }

  private static String id(int number) {
    return Long.toString(number * 0x9E3779B97F4AL, 36);
  }

  /** All terms of a segment's documents from one id to another, and all words. */
  static List<Term> terms(int from, int to) {
    List<Term> terms = new ArrayList<>();
    for (int id = from; id < to; id++) {
      terms.add(new Term("id", id(id)));
    }
    for (int word = 0; word < WORDS; word++) {
      terms.add(new Term("word", "word" + word));
    }
    return terms;
  }

  static Term idTerm(int id) {
    return new Term("id", id(id));
  }

  /** What a document has stored. */
  static String stored(LeafReader segment, int document) throws IOException {
    StoredFieldsReader fields = ((CodecReader) segment).getFieldsReader().clone();
    DocumentStoredFieldVisitor visitor = new DocumentStoredFieldVisitor();
    fields.document(document, visitor);
    return visitor.getDocument().getField("id").stringValue()
        + " "
        + visitor.getDocument().getBinaryValue("payload");
  }

  /** The documents of a term. */
  static List<Integer> documents(LeafReader segment, Term term) throws IOException {
    List<Integer> documents = new ArrayList<>();
    TermsEnum terms = segment.terms(term.field()).iterator();
    if (terms.seekExact(term.bytes())) {
      PostingsEnum postings = terms.postings(null, PostingsEnum.NONE);
      while (postings.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
        documents.add(postings.docID());
      }
    }
    return documents;
  }
}
