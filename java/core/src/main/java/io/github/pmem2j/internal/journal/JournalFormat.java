package io.github.pmem2j.internal.journal;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * The journal's lines. Each ends with {@code *} and the CRC32C of the checksum of the line before
 * and of the line itself, so none can be changed, lost or moved unnoticed. Everything up to {@code
 * ready} is written before the journal is renamed into place. Later lines are added one by one, and
 * a power cut may tear the last one: then what it announces has not begun. A last line that is
 * wrong in any other way counts as damage: what it announced may have been done.
 */
public final class JournalFormat {
  private static final String MAGIC = "pmem2j-repair ";
  private static final String HEADER =
      MAGIC
          + "1 : bytes of the file below may be missing and read as zeros. Keep this journal;"
          + " \"pmem2j repair\" restores them and removes it.";

  /** No line that is added one by one is longer: they are a few words, and a note of 80 letters. */
  private static final int LONGEST_ADDED = 512;

  /** How many ranges of numbers fit in such a line. */
  private static final int MAX_RANGES = 24;

  private final StringBuilder text = new StringBuilder();
  private int checksum;

  /** The content of a journal. */
  record Content(FileIdentity identity, List<Entry> entries) {}

  /** The state of a unit. */
  public enum State {
    PLANNED,
    CLEARING,
    RESTORED
  }

  /** A unit and its state. */
  public record Entry(RepairUnit unit, State state) {}

  /** A journal that is damaged. */
  public static final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }

  /** The lines of a new journal, up to ready. */
  public static JournalFormat of(FileIdentity identity, String path, List<RepairUnit> units) {
    JournalFormat journal = new JournalFormat();
    journal.add(HEADER);
    journal.add(
        "file inode="
            + identity.inode()
            + " generation="
            + identity.generation()
            + " device="
            + identity.device()
            + " size="
            + identity.size()
            + " path="
            + path);
    for (int i = 0; i < units.size(); i++) {
      RepairUnit unit = units.get(i);
      String lost = unit.lost().stream().map(JournalFormat::text).collect(Collectors.joining(","));
      journal.add(
          "range "
              + i
              + " at="
              + text(unit.blocks())
              + " holds="
              + (unit.empty() ? "nothing" : "data")
              + " lost="
              + lost);
      for (RepairUnit.Saved saved : unit.saved()) {
        String bytes = Base64.getEncoder().encodeToString(saved.bytes());
        journal.add("saved " + i + " at=" + saved.offset() + " bytes=" + bytes);
      }
    }
    for (int i = 0; i < units.size(); i++) {
      if (units.get(i).inDoubt()) {
        journal.add("clearing " + i + " since an earlier repair");
      }
    }
    journal.add("ready ranges=" + units.size());
    return journal;
  }

  private static String text(ByteRange range) {
    return range.offset() + "+" + range.length();
  }

  /**
   * The lines that give many units the same state, each with a limited number of ranges. Each is
   * synced before the next, as only the last line of a journal may be torn.
   *
   * @param units their numbers, ascending
   */
  public static List<String> lines(String word, List<Integer> units) {
    List<String> ranges = new ArrayList<>();
    for (int from = 0, to; from < units.size(); from = to) {
      int first = units.get(from);
      to = from + 1;
      while (to < units.size() && units.get(to) == first + (to - from)) {
        to++;
      }
      ranges.add(to - from == 1 ? "" + first : first + "-" + units.get(to - 1));
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i += MAX_RANGES) {
      List<String> some = ranges.subList(i, Math.min(i + MAX_RANGES, ranges.size()));
      lines.add(word + " " + String.join(",", some));
    }
    return lines;
  }

  /** Adds a line and returns it with its end. */
  public byte[] add(String line) {
    String plain = withoutControls(line);
    checksum = chain(checksum, plain);
    String whole = plain + " *" + HexFormat.of().toHexDigits(checksum) + "\n";
    text.append(whole);
    return whole.getBytes(StandardCharsets.UTF_8);
  }

  private static String withoutControls(String line) {
    char[] letters = line.toCharArray();
    for (int i = 0; i < letters.length; i++) {
      if (letters[i] < ' ' || letters[i] == 0x7F) {
        letters[i] = ' ';
      }
    }
    return new String(letters);
  }

  public byte[] bytes() {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static int chain(int before, String line) {
    CRC32C crc = new CRC32C();
    crc.update(HexFormat.of().toHexDigits(before).getBytes(StandardCharsets.US_ASCII));
    crc.update(line.getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }

  /** Reads a journal. */
  public static Content parse(byte[] bytes) throws DamagedException {
    Parser parser = new Parser();
    String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
    int count = lines.length - (lines[lines.length - 1].isEmpty() ? 1 : 0);
    int checksum = 0;
    for (int i = 0; i < count; i++) {
      int star = lines[i].lastIndexOf(" *");
      String line = star < 0 ? lines[i] : lines[i].substring(0, star);
      String has = star < 0 ? "" : lines[i].substring(star + 2);
      checksum = chain(checksum, line);
      String wanted = HexFormat.of().toHexDigits(checksum);
      if (!has.equals(wanted)) {
        // A power cut leaves a part of the last line, with zeros for what is missing before its
        // end. If more is missing, the medium has lost lines.
        boolean part = i == lines.length - 1 && wanted.startsWith(has);
        boolean torn = part || lines[i].indexOf('\0') >= 0;
        if (parser.ready && i == count - 1 && torn && lines[i].length() <= LONGEST_ADDED) {
          break;
        }
        throw new DamagedException("line " + (i + 1) + " has a wrong checksum");
      }
      if (!parser.ready && i == lines.length - 1) {
        break; // with its end, what is missing behind it may be lost, too
      }
      try {
        parser.line(i, line);
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new DamagedException("line " + (i + 1) + " is malformed: " + e.getMessage());
      }
    }
    if (!parser.ready) {
      throw new DamagedException("it ends before its end");
    }
    return parser.content();
  }

  private static final class Parser {
    private static final Set<String> BEFORE_READY = Set.of("file", "range", "saved", "ready");
    private static final Set<String> AFTER_READY = Set.of("restored", "kept", "note");

    private final List<ByteRange> blocks = new ArrayList<>();
    private final List<List<ByteRange>> lost = new ArrayList<>();
    private final List<List<RepairUnit.Saved>> saved = new ArrayList<>();
    private final List<State> states = new ArrayList<>();
    private FileIdentity identity;
    private boolean ready;

    void line(int number, String line) {
      String[] words = line.split(" ");
      if (number == 0) {
        check(line.equals(HEADER), "not a journal of this version");
        return;
      }
      check(!(ready ? BEFORE_READY : AFTER_READY).contains(words[0]), "out of order");
      switch (words[0]) {
        case "file" ->
            identity =
                new FileIdentity(
                    Long.parseLong(value(words[1], "inode=")),
                    Long.parseLong(value(words[2], "generation=")),
                    value(words[3], "device="),
                    Long.parseLong(value(words[4], "size=")));
        case "range" -> {
          check(index(words) == blocks.size(), "out of order");
          blocks.add(range(value(words[2], "at=")));
          String list = value(words[4], "lost=");
          List<ByteRange> ranges = new ArrayList<>();
          for (String range : list.isEmpty() ? new String[0] : list.split(",")) {
            ranges.add(range(range));
          }
          lost.add(ranges);
          saved.add(new ArrayList<>());
          states.add(State.PLANNED);
        }
        case "saved" ->
            saved
                .get(index(words))
                .add(
                    new RepairUnit.Saved(
                        Long.parseLong(value(words[2], "at=")),
                        Base64.getDecoder().decode(value(words[3], "bytes="))));
        case "ready" -> {
          int ranges = Integer.parseInt(value(words[1], "ranges="));
          check(identity != null && ranges == blocks.size(), "incomplete");
          content(); // checked for each unit below
          ready = true;
        }
        case "clearing" -> set(words, State.CLEARING);
        case "restored" -> set(words, State.RESTORED);
        case "kept" -> set(words, State.PLANNED);
        default -> check(words[0].equals("note"), "unknown word " + words[0]);
      }
    }

    /** Parses unit numbers such as 3 or 0-2,5. */
    private void set(String[] words, State state) {
      for (String range : words[1].split(",", -1)) {
        int dash = range.indexOf('-', 1);
        int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
        int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
        check(first <= last && last < states.size(), "no units: " + range);
        states.subList(first, last + 1).replaceAll(before -> state);
      }
    }

    private static int index(String[] words) {
      return Integer.parseInt(words[1]);
    }

    private static String value(String word, String name) {
      check(word.startsWith(name), name + " is missing");
      return word.substring(name.length());
    }

    private static ByteRange range(String text) {
      int plus = text.indexOf('+');
      check(plus > 0, "no range: " + text);
      return new ByteRange(
          Long.parseLong(text.substring(0, plus)), Long.parseLong(text.substring(plus + 1)));
    }

    private static void check(boolean holds, String otherwise) {
      if (!holds) {
        throw new IllegalArgumentException(otherwise);
      }
    }

    Content content() {
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < blocks.size(); i++) {
        boolean inDoubt = states.get(i) == State.CLEARING;
        RepairUnit unit =
            new RepairUnit(blocks.get(i), RangeSet.copyOf(lost.get(i)), saved.get(i), inDoubt);
        entries.add(new Entry(unit, states.get(i)));
      }
      return new Content(identity, entries);
    }
  }
}
