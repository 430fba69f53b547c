package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The progress of a salvage, in the format of GNU ddrescue's mapfile ("Mapfile structure" in its
 * manual): {@code +} finished, {@code -} lost, {@code ?} not tried. Comments identify the source
 * and the copy.
 */
final class SalvageMap {
  /** The text is not a mapfile; the message is the line. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  /** Takes the comments. */
  @FunctionalInterface
  interface CommentHandler {
    /** Takes the text after the {@code #}, one character for each byte. */
    void comment(String text);
  }

  static final char FINISHED = '+';
  static final char LOST = '-';
  static final char NOT_TRIED = '?';

  private static final String SOURCE = " Source: ";
  private static final String TARGET = " Target: ";
  private static final String COMPLETED = " Finished: ";

  private SalvageIdentity source = SalvageIdentity.NONE;
  private SalvageIdentity target = SalvageIdentity.NONE;
  private Instant completed;

  /** Whether there was a status line: a file without one may be anything. */
  private boolean status;

  /** Whether it lists what a scan found, not what was copied. */
  private boolean scan;

  /** The end of the last block. */
  private long end;

  private boolean endless;

  /** Offset to the status from there to the next; neighbours differ. */
  private final TreeMap<Long, Character> marks = new TreeMap<>();

  /** Nothing has been tried. */
  SalvageMap(long size) {
    this.end = size;
    marks.put(0L, NOT_TRIED);
  }

  /** Reads its text: blocks in ascending order, without gaps. */
  static SalvageMap parse(InputStream input) throws IOException, MalformedException {
    SalvageMap map = new SalvageMap(0);
    SalvageMapReader reader = new SalvageMapReader(input, map::comment);
    if (reader.next()) {
      map.status = true;
      reader.number(); // where it was, and what it did there
      if ("?*/-FG+".indexOf(reader.character()) < 0
          || (reader.hasDecimal() && reader.decimal() < 1)) {
        throw reader.malformed();
      }
    }
    for (boolean first = true; reader.next(); first = false) {
      long from = reader.number();
      long length = reader.number();
      char mark = reader.character();
      boolean empty = length == 0 && from != 0;
      if ("+*/?-".indexOf(mark) < 0 || empty || (!first && from != map.end)) {
        throw reader.malformed();
      }
      length = Math.min(length, Long.MAX_VALUE - from);
      map.end = from + length;
      map.endless = mark != FINISHED && mark != LOST && map.end == Long.MAX_VALUE;
      if (mark == FINISHED || mark == LOST) {
        map.mark(from, length, mark);
      }
    }
    return map;
  }

  private void comment(String text) {
    if (("#" + text).startsWith(ScanMap.BEGIN)) {
      scan = true;
    } else if (text.startsWith(SOURCE)) {
      source = SalvageIdentity.parse(text.substring(SOURCE.length()));
    } else if (text.startsWith(TARGET)) {
      target = SalvageIdentity.parse(text.substring(TARGET.length()));
    } else if (text.startsWith(COMPLETED)) {
      try {
        completed = Instant.parse(text.substring(COMPLETED.length()).strip());
      } catch (DateTimeParseException e) {
        completed = null;
      }
    }
  }

  /** Reads a text. */
  static SalvageMap parse(String text) throws MalformedException {
    try {
      return parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The identity of the source. */
  SalvageIdentity source() {
    return source;
  }

  /** The identity of the copy. */
  SalvageIdentity target() {
    return target;
  }

  /** Sets the identities of the source and the copy. */
  void identify(SalvageIdentity newSource, SalvageIdentity newTarget) {
    source = newSource;
    target = newTarget;
  }

  /** The time at which every byte had been tried. */
  Optional<Instant> completed() {
    return Optional.ofNullable(completed);
  }

  void completed(Instant when) {
    completed = when;
  }

  /** Whether it had a status line. */
  boolean hasStatus() {
    return status;
  }

  /** Whether it is a {@link ScanMap}. */
  boolean ofScan() {
    return scan;
  }

  /** The end of its last block. */
  long end() {
    return end;
  }

  /** Whether it ends with an empty untried block, as ddrescuelog completes a map. */
  boolean endless() {
    return endless;
  }

  /** Extends it to the size of the source: everything after its last block is untried. */
  void extend(long size) {
    if (size < end && !endless) {
      throw new IllegalArgumentException("it ends at " + end + ", past " + size);
    }
    end = size;
  }

  void mark(long offset, long length, char mark) {
    if (length <= 0) {
      return;
    }
    long stop = offset + length;
    char after = marks.floorEntry(stop).getValue();
    marks.subMap(offset, true, stop, true).clear();
    marks.put(offset, mark);
    marks.put(stop, after);
    join(stop);
    join(offset);
  }

  private void join(long at) {
    Map.Entry<Long, Character> before = marks.lowerEntry(at);
    if (before != null && before.getValue().equals(marks.get(at))) {
      marks.remove(at);
    }
  }

  /** The ranges with this status. */
  RangeSet all(char mark) {
    RangeSet.Builder ranges = RangeSet.builder();
    forEach(
        (range, status) -> {
          if (status == mark) {
            ranges.add(range);
          }
        });
    return ranges.build();
  }

  /** Takes a range and its status. */
  private interface RangeHandler {
    void range(ByteRange range, char status);
  }

  private void forEach(RangeHandler handler) {
    Map.Entry<Long, Character> entry = marks.firstEntry();
    while (entry != null && entry.getKey() < end) {
      Map.Entry<Long, Character> next = marks.higherEntry(entry.getKey());
      long stop = next == null ? end : Math.min(next.getKey(), end);
      handler.range(new ByteRange(entry.getKey(), stop - entry.getKey()), entry.getValue());
      entry = next;
    }
  }

  /** Its text; {@code position} is the progress of the copy. */
  String text(long position) {
    return text(position, "# Mapfile. Created by pmem2j");
  }

  /** The same text with another first line. */
  String text(long position, String firstLine) {
    boolean finished = all(NOT_TRIED).isEmpty();
    StringBuilder text = new StringBuilder(firstLine).append('\n');
    comment(text, SOURCE, source.toString());
    comment(text, TARGET, target.toString());
    comment(text, COMPLETED, completed == null ? "" : completed.toString());
    text.append("# current_pos  current_status  current_pass\n");
    line(text, "0x%08X     %c               1", position, finished ? '+' : '?');
    text.append("#      pos        size  status\n");
    forEach(
        (range, status) ->
            line(text, "0x%08X  0x%08X  %c", range.offset(), range.length(), status));
    return text.toString();
  }

  private static void comment(StringBuilder text, String key, String value) {
    if (!value.isEmpty()) {
      text.append('#').append(key).append(value).append('\n');
    }
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
