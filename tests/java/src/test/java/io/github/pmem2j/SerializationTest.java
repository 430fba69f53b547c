package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/**
 * Exceptions, and what reports are made of, cross from one JVM to another with all they say, as
 * between the nodes of a cluster.
 */
class SerializationTest {
  private static final Path FILE = Path.of("/a/b c");
  private static final RangeSet RANGES = RangeSet.of(new ByteRange(512, 1024));

  private static <T extends Throwable> T copy(T exception) throws Exception {
    T copy = copyOf(exception);
    assertEquals(exception.getMessage(), copy.getMessage());
    return copy;
  }

  @SuppressWarnings("unchecked")
  private static <T> T copyOf(T object) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }

  @Test
  void whatReportsAreMadeOf() throws Exception {
    ErrorSource source = new ErrorSource("pmem0", ErrorSource.Kind.SCRUBBED, 2, true);
    assertEquals(source, copyOf(source));
    IncompleteReason reason =
        new IncompleteReason(IncompleteReason.Code.NO_SYSFS, "cannot read /sys");
    assertEquals(reason, copyOf(reason));
  }

  @Test
  void pmem2Exception() throws Exception {
    Pmem2Exception copy = copy(new Pmem2Exception("open", Optional.of(FILE), -5, 5, "EIO", "why"));
    assertEquals(Optional.of(FILE), copy.path());
    assertEquals("EIO", copy.errnoName());
    assertEquals(
        Optional.empty(),
        copy(new Pmem2Exception("open", Optional.empty(), -5, 5, "EIO", "")).path());
  }

  @Test
  void repairJournalException() throws Exception {
    assertEquals(FILE, copy(new RepairJournalException(FILE, "damaged")).journal());
    IOException cause = new IOException("cause");
    assertEquals(
        "cause", copy(new RepairJournalException(FILE, "damaged", cause)).getCause().getMessage());
  }

  @Test
  void cancelledException() throws Exception {
    for (OptionalLong total : List.of(OptionalLong.of(9), OptionalLong.empty())) {
      Progress progress = new Progress(FILE, Progress.Unit.FILES, 7, total, 512);
      CancelledException copy = copy(new CancelledException("scan", progress, RANGES, "again"));
      assertEquals(progress, copy.progress());
      assertEquals(RANGES, copy.lost());
    }
  }

  @Test
  void rangesOfBytes() throws Exception {
    assertEquals(RANGES, copy(new UnreadableException(FILE, RANGES)).ranges());
    assertEquals(RANGES, copy(new NotBadException("not bad", RANGES)).ranges());
  }
}
