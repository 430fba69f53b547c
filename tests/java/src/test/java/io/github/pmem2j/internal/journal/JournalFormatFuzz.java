package io.github.pmem2j.internal.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The journal of a repair. The input is m, how to write one and how to spoil it: then it is
 * refused, or no fewer units are in doubt, unless what is left is what a power cut leaves, too. Or
 * l, and lines, to which checksums are added: then nothing can be said of the lines but that they
 * are read as they are, or refused.
 */
public final class JournalFormatFuzz {
  private static final Pattern ADVANCE = Pattern.compile("(clearing|restored|kept) ([^ ]+)( .*)?");

  private JournalFormatFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length > 3 && input[0] == 'm') {
      spoilt(input);
    } else if (input.length > 1 && input[0] == 'l') {
      lines(new String(input, 1, input.length - 1, StandardCharsets.UTF_8));
    }
  }

  private static RepairUnit unit(int index, boolean inDoubt) {
    long at = 4096L * index;
    return new RepairUnit(
        new ByteRange(at, 4096),
        RangeSet.of(new ByteRange(at + 512, 512)),
        List.of(new RepairUnit.Saved(at, new byte[] {1, 2, 3})),
        inDoubt);
  }

  /** A journal as it grows: how long it is after each line, and which units are in doubt then. */
  private record Written(byte[] bytes, List<Integer> ends, List<Set<Integer>> inDoubt) {}

  private static Written written(int count, int choices) {
    List<RepairUnit> units = new ArrayList<>();
    Set<Integer> inDoubt = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      boolean before = (choices >> i & 1) != 0;
      units.add(unit(i, before));
    }
    JournalFormat journal =
        JournalFormat.of(new FileIdentity(7, 1, "259:0", 1 << 20), "/pmem/file", units);
    for (int i = 0; i < count; i++) {
      if (units.get(i).inDoubt()) {
        inDoubt.add(i);
      }
    }
    List<Integer> ends = new ArrayList<>(List.of(journal.bytes().length));
    List<Set<Integer>> states = new ArrayList<>(List.of(Set.copyOf(inDoubt)));
    if ((choices & 1 << 11) != 0) { // a batch
      List<Integer> all = IntStream.range(0, count).boxed().toList();
      JournalFormat.lines("clearing", all).forEach(journal::add);
      inDoubt.addAll(all);
      ends.add(journal.bytes().length);
      states.add(Set.copyOf(inDoubt));
    }
    for (int i = 0; i < count; i++) {
      int how = choices >> (4 + i) & 3;
      for (String word : List.of("clearing ", "note ", "restored ").subList(0, how)) {
        journal.add(word + i);
        if (word.startsWith("c")) {
          inDoubt.add(i);
        } else if (word.startsWith("r")) {
          inDoubt.remove(i);
        }
        ends.add(journal.bytes().length);
        states.add(Set.copyOf(inDoubt));
      }
    }
    return new Written(journal.bytes(), ends, states);
  }

  private static void spoilt(byte[] input) {
    Written whole = written(1 + (input[1] & 3), (input[2] & 0xff) << 4 | (input[1] & 0xff) >> 4);
    byte[] bytes = whole.bytes;
    // At most two, each of four bytes: more could make a checksum right by chance.
    for (int i = 3; i + 3 < input.length && i < 3 + 2 * 4; i += 4) {
      bytes =
          spoil(bytes, input[i], (input[i + 1] & 0xff) << 8 | (input[i + 2] & 0xff), input[i + 3]);
    }
    JournalFormat.Content content;
    try {
      content = JournalFormat.parse(bytes);
    } catch (JournalFormat.DamagedException e) {
      assertFalse(Arrays.equals(bytes, whole.bytes), e.getMessage());
      return;
    }
    Set<Integer> inDoubt = inDoubt(content);
    boolean explained = false;
    for (int i = 0; i < whole.ends.size(); i++) {
      boolean last = i == whole.ends.size() - 1;
      explained |=
          inDoubt.containsAll(whole.inDoubt.get(i))
              && (last || tornBehind(whole.ends.get(i), bytes, whole.bytes));
    }
    assertTrue(explained, () -> "fewer in doubt: " + inDoubt);
  }

  private static Set<Integer> inDoubt(JournalFormat.Content content) {
    Set<Integer> inDoubt = new TreeSet<>();
    for (int i = 0; i < content.entries().size(); i++) {
      if (content.entries().get(i).unit().inDoubt()) {
        inDoubt.add(i);
      }
    }
    return inDoubt;
  }

  /**
   * Whether a power cut may leave this of the whole: behind this end nothing, a part without its
   * checksum, or one with zeros.
   */
  private static boolean tornBehind(int end, byte[] bytes, byte[] whole) {
    int begin = Math.min(end, bytes.length); // a line that lacks only its end is whole
    if (begin < end - 1 || Arrays.mismatch(bytes, 0, begin, whole, 0, begin) >= 0) {
      return false;
    }
    byte[] rest = Arrays.copyOfRange(bytes, begin, bytes.length);
    byte[] wholeRest = Arrays.copyOfRange(whole, begin, whole.length);
    String text = new String(rest, StandardCharsets.ISO_8859_1);
    boolean unfinished = !text.matches("(?s).*(\n| \\*.{8}).*");
    int differs = Arrays.mismatch(rest, wholeRest);
    return unfinished || differs == rest.length || text.indexOf(0) >= 0;
  }

  /** Flips a bit, cuts, or moves, repeats, leaves out or overwrites a part. */
  private static byte[] spoil(byte[] bytes, byte how, int where, byte more) {
    if (bytes.length == 0) {
      return bytes;
    }
    int at = where % bytes.length;
    // A part is of bytes, or of lines.
    int begin = at;
    int end = Math.min(bytes.length, at + 1 + (more & 0x3f));
    if (more < 0) {
      while (begin > 0 && bytes[begin - 1] != '\n') {
        begin--;
      }
      while (end < bytes.length && bytes[end - 1] != '\n') {
        end++;
      }
    }
    byte[] part = Arrays.copyOfRange(bytes, begin, end);
    ByteArrayOutputStream spoilt = new ByteArrayOutputStream();
    switch (how & 7) {
      case 0, 1 -> {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << (more & 7));
        return flipped;
      }
      case 2 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 3 -> {
        spoilt.write(bytes, 0, begin);
        spoilt.write(bytes, end, bytes.length - end);
      }
      case 4 -> {
        spoilt.write(bytes, 0, end);
        spoilt.writeBytes(part);
        spoilt.write(bytes, end, bytes.length - end);
      }
      case 5 -> {
        spoilt.writeBytes(part);
        spoilt.write(bytes, 0, begin);
        spoilt.write(bytes, end, bytes.length - end);
      }
      case 6 -> {
        spoilt.write(bytes, 0, begin);
        spoilt.writeBytes(new byte[end - begin]);
        spoilt.write(bytes, end, bytes.length - end);
      }
      default -> {
        byte[] other = written(1 + (more & 3), more & 0xff).bytes;
        spoilt.write(bytes, 0, begin);
        spoilt.write(other, Math.min(begin, other.length), Math.max(0, other.length - begin));
        if (Arrays.equals(spoilt.toByteArray(), other)) {
          return bytes; // another journal, and as good as this
        }
      }
    }
    return spoilt.toByteArray();
  }

  private static void lines(String text) {
    JournalFormat journal = new JournalFormat();
    String header = new String(written(1, 0).bytes, StandardCharsets.UTF_8);
    journal.add(header.substring(0, header.indexOf(" *")));
    String[] lines = text.split("\n");
    for (String line : lines) {
      journal.add(line);
    }
    JournalFormat.Content content;
    try {
      content = JournalFormat.parse(journal.bytes());
    } catch (JournalFormat.DamagedException e) {
      assertFalse(e.getMessage().isEmpty());
      return;
    }
    assertTrue(content.identity() != null);
    Set<Integer> expected = new TreeSet<>();
    for (String line : lines) {
      Matcher matcher = ADVANCE.matcher(line.replaceAll("\\p{Cntrl}", " "));
      if (matcher.matches()) {
        for (String range : matcher.group(2).split(",")) {
          String[] ends = range.split("-");
          int last = Integer.parseInt(ends[ends.length - 1]);
          for (int index = Integer.parseInt(ends[0]); index <= last; index++) {
            if (matcher.group(1).equals("clearing")) {
              expected.add(index);
            } else {
              expected.remove(index);
            }
          }
        }
      }
    }
    assertEquals(expected, inDoubt(content));
    for (JournalFormat.Entry entry : content.entries()) {
      ByteRange blocks = entry.unit().blocks();
      assertTrue(blocks.length() <= 1 << 20, blocks::toString);
      long at = blocks.offset();
      for (ByteRange lost : entry.unit().lost()) {
        assertTrue(lost.offset() >= at && lost.end() <= blocks.end(), lost::toString);
        at = lost.end();
      }
      at = blocks.offset();
      for (RepairUnit.Saved saved : entry.unit().saved()) {
        long end = Math.addExact(saved.offset(), saved.bytes().length);
        assertTrue(saved.offset() >= at && end <= blocks.end(), saved::toString);
        at = saved.end();
      }
    }
  }
}
