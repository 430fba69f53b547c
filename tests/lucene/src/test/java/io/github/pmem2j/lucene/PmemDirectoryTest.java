package io.github.pmem2j.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pmem2j.ErrorSource.Kind;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.store.NoLockFactory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Which input a file is given, by its verdict. */
public class PmemDirectoryTest extends LuceneTestCase {
  private Path path;
  private SimulatedPmem pmem;
  private Path file;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    path = createTempDir();
    try (FSDirectory directory = FSDirectory.open(path);
        IndexOutput output = directory.createOutput("file", IOContext.DEFAULT)) {
      output.writeBytes(new byte[10_000], 10_000);
    }
    pmem = SimulatedPmem.open(path.toFile().toPath());
    file = pmem.directory().resolve("file");
  }

  @Override
  public void tearDown() throws Exception {
    pmem.close();
    super.tearDown();
  }

  private PmemDirectory directory(BadFilePolicy bad, UnknownFilePolicy unknown) throws IOException {
    return new PmemDirectory(new MMapDirectory(path), bad, unknown);
  }

  private static String inputOf(PmemDirectory directory) throws IOException {
    try (IndexInput input = directory.openInput("file", IOContext.DEFAULT)) {
      assertEquals(10_000, input.length());
      input.readBytes(new byte[4096], 0, 4096);
      return input.getClass().getSimpleName();
    }
  }

  public void testACleanFileHasTheWrappedDirectorysInput() throws IOException {
    String own;
    try (FSDirectory plain = new MMapDirectory(path);
        IndexInput input = plain.openInput("file", IOContext.DEFAULT)) {
      own = input.getClass().getSimpleName();
    }
    try (PmemDirectory directory = directory(BadFilePolicy.REFUSE, UnknownFilePolicy.REFUSE)) {
      assertEquals(own, inputOf(directory));
    }
    try (PmemDirectory directory =
        new PmemDirectory(
            new MMapDirectory(path),
            BadFilePolicy.REFUSE,
            UnknownFilePolicy.REFUSE,
            FakeHealth.ofAll(Verdict.NOT_PMEM))) {
      assertEquals(own, inputOf(directory));
    }
  }

  public void testAFileWithLostBytesIsRefusedByNameAndRange() throws IOException {
    pmem.damage(file, 4096, 512);
    try (PmemDirectory directory = directory(BadFilePolicy.REFUSE, UnknownFilePolicy.PREAD)) {
      CorruptIndexException refused =
          expectThrows(CorruptIndexException.class, () -> inputOf(directory));
      assertTrue(refused.getMessage(), refused.getMessage().contains("lost [4096+512]"));
      assertTrue(refused.getMessage(), refused.getMessage().contains("--from REPLICA " + file));
      assertEquals(file.toString(), refused.getResourceDescription());
    }
  }

  public void testAFileWithLostBytesIsSalvaged() throws IOException {
    pmem.damage(file, 4096, 512);
    try (PmemDirectory directory = directory(BadFilePolicy.SALVAGE, UnknownFilePolicy.PREAD)) {
      assertEquals("SalvageIndexInput", inputOf(directory));
    }
  }

  public void testAFileThatIsBadWhereItHasNoDataIsReadUnderEitherPolicy() throws IOException {
    pmem.damage(file, 11_776, 512); // past its end, in its last page
    try (PmemDirectory directory = directory(BadFilePolicy.REFUSE, UnknownFilePolicy.PREAD)) {
      assertEquals("SalvageIndexInput", inputOf(directory));
    }
  }

  public void testAFileThatIsUnknownFollowsThePolicy() throws IOException {
    pmem.feed(Kind.NOBODY);
    try (PmemDirectory directory = directory(BadFilePolicy.REFUSE, UnknownFilePolicy.PREAD)) {
      assertEquals("NIOFSIndexInput", inputOf(directory));
    }
    try (PmemDirectory directory = directory(BadFilePolicy.REFUSE, UnknownFilePolicy.DELEGATE)) {
      assertNotEquals("NIOFSIndexInput", inputOf(directory));
    }
    try (PmemDirectory directory = directory(BadFilePolicy.REFUSE, UnknownFilePolicy.REFUSE)) {
      IOException refused = expectThrows(IOException.class, () -> inputOf(directory));
      assertTrue(refused.getMessage(), refused.getMessage().contains("nothing looks for errors"));
    }
  }

  public void testAFileOfAnotherFileSystemIsUnknown() throws IOException {
    Path zip = createTempDir().toFile().toPath().resolve("index.zip");
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path inside = files.getPath("/index");
      Files.createDirectory(inside);
      Files.write(inside.resolve("file"), new byte[10_000]);
      try (PmemDirectory directory =
          new PmemDirectory(new NIOFSDirectory(inside, NoLockFactory.INSTANCE))) {
        assertEquals("NIOFSIndexInput", inputOf(directory));
        IOException unwatched =
            expectThrows(IOException.class, () -> directory.watch((name, report) -> {}));
        assertTrue(unwatched.getMessage(), unwatched.getMessage().contains("/index"));
      }
      try (PmemDirectory directory =
          new PmemDirectory(
              new NIOFSDirectory(inside, NoLockFactory.INSTANCE),
              BadFilePolicy.REFUSE,
              UnknownFilePolicy.REFUSE)) {
        IOException refused = expectThrows(IOException.class, () -> inputOf(directory));
        assertTrue(refused.getMessage(), refused.getMessage().contains("/index/file"));
        expectThrows(
            NoSuchFileException.class, () -> directory.openInput("none", IOContext.DEFAULT));
      }
    }
  }

  public void testZerosOfAnInterruptedRepairAreNotReadAsData() throws IOException {
    Path journal = file.resolveSibling(".file.pmem2j-repair"); // is missing
    Files.setAttribute(
        file, "user:pmem2j.repair", ByteBuffer.wrap(journal.toString().getBytes(UTF_8)));
    for (BadFilePolicy bad : BadFilePolicy.values()) {
      for (UnknownFilePolicy unknown : UnknownFilePolicy.values()) {
        try (PmemDirectory directory = directory(bad, unknown)) {
          CorruptIndexException refused =
              expectThrows(CorruptIndexException.class, () -> inputOf(directory));
          assertTrue(refused.getMessage(), refused.getMessage().contains("may have left zeros"));
          assertEquals(Set.of("file"), directory.badFiles(List.of("file", "none")).keySet());
        }
      }
    }
  }

  public void testAFileThatDoesNotExist() throws IOException {
    for (UnknownFilePolicy unknown : UnknownFilePolicy.values()) {
      try (PmemDirectory directory =
          new PmemDirectory(FSDirectory.open(path), BadFilePolicy.REFUSE, unknown)) {
        expectThrows(
            NoSuchFileException.class, () -> directory.openInput("none", IOContext.DEFAULT));
      }
    }
  }

  public void testTheWatchIsClosedWithTheDirectory() throws IOException {
    PmemDirectory directory = new PmemDirectory(FSDirectory.open(path));
    var watch = directory.watch((name, report) -> fail(name));
    assertTrue(watch.status().running());
    directory.close();
    assertFalse(watch.status().running());
    expectThrows(AlreadyClosedException.class, () -> directory.watch((name, report) -> fail(name)));
  }
}
