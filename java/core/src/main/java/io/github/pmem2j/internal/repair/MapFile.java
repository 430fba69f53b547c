package io.github.pmem2j.internal.repair;

import io.github.pmem2j.internal.Descriptor;
import io.github.pmem2j.internal.FileIo;
import io.github.pmem2j.scan.Range;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a salvage has come, in the format of GNU ddrescue's mapfile ("Mapfile structure" in its
 * manual): {@code +} finished, {@code -} lost, {@code ?} not tried.
 */
final class MapFile {
  /** The text is not a mapfile; the message is the line. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  static final char FINISHED = '+';
  static final char LOST = '-';
  static final char NOT_TRIED = '?';

  /** To ddrescue, a comment. */
  private static final String SOURCE = "# Source: ";

  private final long size;

  /** What tells the source from other files, or "". */
  private String source = "";

  /** Offset to the status from there to the next; neighbours differ. */
  private final TreeMap<Long, Character> marks = new TreeMap<>();

  /** Nothing has been tried. */
  MapFile(long size) {
    this.size = size;
    marks.put(0L, NOT_TRIED);
  }

  /** Reads one that was saved, for a file of this size. */
  static MapFile load(Path path, long size) throws IOException {
    try {
      return parse(Files.readString(path), size);
    } catch (MalformedException | CharacterCodingException e) {
      throw new IOException(path + " is no mapfile of ddrescue: " + e.getMessage(), e);
    }
  }

  /** Reads its text: blocks in ascending order; what is between them has not been tried. */
  static MapFile parse(String text, long size) throws MalformedException {
    MapFile map = new MapFile(size);
    boolean status = true;
    long end = 0;
    for (String line : text.lines().toList()) {
      if (line.startsWith(SOURCE)) {
        map.source = line.substring(SOURCE.length()).strip();
      }
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.strip().split("\\s+");
      try {
        if (status) {
          status = false; // where it was, and what it did there
          if (Long.decode(words[0]) < 0 || !words[1].matches("[?*/FG+-]")) {
            throw new MalformedException(line);
          }
          continue;
        }
        long from = Long.decode(words[0]);
        long to = Math.addExact(from, Long.decode(words[1]));
        if (from < end || to < from || words.length != 3 || !words[2].matches("[+*/?-]")) {
          throw new MalformedException(line);
        }
        end = to;
        char mark = words[2].charAt(0);
        long length = Math.min(to, size) - from;
        if (length > 0) {
          map.mark(from, length, mark == FINISHED || mark == LOST ? mark : NOT_TRIED);
        }
      } catch (ArithmeticException | NumberFormatException | IndexOutOfBoundsException e) {
        throw new MalformedException(line);
      }
    }
    return map;
  }

  /** What tells its source from other files, or "". */
  String source() {
    return source;
  }

  void source(String source) {
    this.source = source;
  }

  void mark(long offset, long length, char mark) {
    if (length == 0) {
      return;
    }
    long end = offset + length;
    char after = marks.floorEntry(end).getValue();
    marks.subMap(offset, true, end, true).clear();
    marks.put(offset, mark);
    marks.put(end, after);
    join(end);
    join(offset);
  }

  private void join(long at) {
    Map.Entry<Long, Character> before = marks.lowerEntry(at);
    if (before != null && before.getValue().equals(marks.get(at))) {
      marks.remove(at);
    }
  }

  /** The ranges with this status. */
  List<Range> all(char mark) {
    List<Range> ranges = new ArrayList<>();
    for (Map.Entry<Long, Character> entry : marks.entrySet()) {
      Long next = marks.higherKey(entry.getKey());
      long end = next == null ? size : Math.min(next, size);
      if (entry.getValue() == mark && end > entry.getKey()) {
        ranges.add(new Range(entry.getKey(), end - entry.getKey()));
      }
    }
    return ranges;
  }

  /** Its text, where {@code position} is how far the copy has come. */
  String text(long position) {
    boolean finished = all(NOT_TRIED).isEmpty();
    StringBuilder text = new StringBuilder("# Mapfile. Created by pmem2j\n");
    if (!source.isEmpty()) {
      text.append(SOURCE).append(source).append('\n');
    }
    text.append("# current_pos  current_status  current_pass\n");
    text.append("0x%08X     %c               1%n".formatted(position, finished ? '+' : '?'));
    text.append("#      pos        size  status\n");
    for (Map.Entry<Long, Character> entry : marks.entrySet()) {
      Long next = marks.higherKey(entry.getKey());
      long length = Math.min(next == null ? size : next, size) - entry.getKey();
      if (length > 0) {
        text.append("0x%08X  0x%08X  %c%n".formatted(entry.getKey(), length, entry.getValue()));
      }
    }
    return text.toString();
  }

  /** Writes it in place of an earlier one. */
  void save(Path path, long position) throws IOException {
    Path draft = FileIo.draft(path);
    Files.writeString(draft, text(position));
    try (Descriptor file = Descriptor.open(draft, Descriptor.Mode.READ)) {
      FileIo.sync(file);
    }
    Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
