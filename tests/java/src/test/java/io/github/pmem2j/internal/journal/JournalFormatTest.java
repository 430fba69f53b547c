package io.github.pmem2j.internal.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One line for many units. */
class JournalFormatTest {
  private static JournalFormat journal(int units) {
    List<RepairUnit> all =
        IntStream.range(0, units)
            .mapToObj(i -> new ByteRange(4096L * i, 4096))
            .map(blocks -> new RepairUnit(blocks, RangeSet.of(blocks), List.of(), false))
            .toList();
    return JournalFormat.of(new FileIdentity(7, 1, "259:0", 4096L * units), "/pmem/file", all);
  }

  private static List<Integer> inDoubt(JournalFormat journal) throws Exception {
    List<JournalFormat.Entry> entries = JournalFormat.parse(journal.bytes()).entries();
    return IntStream.range(0, entries.size())
        .filter(i -> entries.get(i).unit().inDoubt())
        .boxed()
        .toList();
  }

  @Test
  void namesRangesOfUnits() throws Exception {
    assertEquals(List.of(), JournalFormat.lines("clearing", List.of()));
    assertEquals(List.of("clearing 3"), JournalFormat.lines("clearing", List.of(3)));
    assertEquals(
        List.of("clearing 0-2,4,6-7"), JournalFormat.lines("clearing", List.of(0, 1, 2, 4, 6, 7)));
    JournalFormat journal = journal(9);
    journal.add("clearing 0-2,4,6-7");
    assertEquals(List.of(0, 1, 2, 4, 6, 7), inDoubt(journal));
    journal.add("restored 1,6-7");
    journal.add("kept 2");
    assertEquals(List.of(0, 4), inDoubt(journal));
  }

  /** A torn last line is known by its length, and a journal has room for so many. */
  @Test
  void isNeverLong() throws Exception {
    List<Integer> odd = IntStream.range(50_000, 50_512).filter(i -> i % 2 == 1).boxed().toList();
    List<String> lines = JournalFormat.lines("restored", odd);
    assertTrue(lines.size() > 1);
    lines.forEach(line -> assertTrue(line.length() <= 200, line));
    JournalFormat journal = journal(512);
    List<Integer> few = odd.stream().map(i -> i - 50_000).toList();
    JournalFormat.lines("clearing", few).forEach(journal::add);
    assertEquals(few, inDoubt(journal));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ",", "1,", "-", "1-", "-1", "2-1", "0-9", "9", "0-0-0", "0--1", "1,,2", "x"})
  void refusesWhatNamesNoUnits(String units) {
    JournalFormat journal = journal(9);
    journal.add("clearing " + units);
    journal.add("note 0 so that it is not the last line");
    assertThrows(JournalFormat.DamagedException.class, () -> JournalFormat.parse(journal.bytes()));
  }

  /** A power cut tears the last line alone, and no line that it can tear is long. */
  @Test
  void onlyAShortLastLineMayBeTorn() throws Exception {
    JournalFormat journal = journal(9);
    String ready = new String(journal.bytes(), UTF_8);
    String first = new String(journal.add("clearing 1"), UTF_8);
    String last = new String(journal.add("clearing 3"), UTF_8);
    String before = ready + first;
    List<String> torn =
        List.of("\0".repeat(512), "clear\0", last.replace('3', '\0'), last.substring(0, 14));
    for (String line : torn) {
      byte[] bytes = (before + line).getBytes(UTF_8);
      assertEquals(1, JournalFormat.parse(bytes).entries().stream().filter(this::inDoubt).count());
    }
    List<String> damaged =
        List.of(
            ready + first.replace('1', '\0') + last,
            before + "\0".repeat(513),
            before + last.replace('3', '4'),
            before + last.substring(0, 14) + "\n",
            ready.substring(0, ready.length() - 1),
            ready.replace("ready ranges=9", "\0"));
    for (String text : damaged) {
      byte[] bytes = text.getBytes(UTF_8);
      assertThrows(JournalFormat.DamagedException.class, () -> JournalFormat.parse(bytes), text);
    }
  }

  private boolean inDoubt(JournalFormat.Entry entry) {
    return entry.unit().inDoubt();
  }

  @Test
  void aUnitInDoubtStaysSo() throws Exception {
    ByteRange blocks = new ByteRange(0, 4096);
    RepairUnit unit = new RepairUnit(blocks, RangeSet.of(blocks), List.of(), true);
    FileIdentity identity = new FileIdentity(7, 1, "259:0", 4096);
    assertEquals(List.of(0), inDoubt(JournalFormat.of(identity, "/pmem/file", List.of(unit))));
  }

  /** With right checksums: what is wrong is the order, or the count. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "range 1 at=0+4096 holds=data lost=0+4096;ready ranges=1",
        "range 0 at=0+4096 holds=data lost=0+4096;ready ranges=2",
        "range 0 at=0+4096 holds=data lost=0+4096;restored 0;ready ranges=1",
        "range 0 at=0+4096 holds=data lost=0+4096;ready ranges=1;ready ranges=1",
        "range 0 at=0+4096 holds=data lost=;saved 0 at=8 bytes=AAAA;saved 0 at=0 bytes=AAAA;ready ranges=1"
      })
  void refusesLinesOutOfOrder(String lines) {
    JournalFormat journal = new JournalFormat();
    String[] begin = new String(journal(1).bytes(), UTF_8).split("\n");
    for (String line : List.of(begin[0], begin[1])) {
      journal.add(line.substring(0, line.lastIndexOf(" *")));
    }
    List.of(lines.split(";")).forEach(journal::add);
    journal.add("note the end");
    assertThrows(JournalFormat.DamagedException.class, () -> JournalFormat.parse(journal.bytes()));
  }
}
