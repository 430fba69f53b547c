package io.github.pmem2j.internal.device;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Sysfs;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A table of device-mapper (Documentation/admin-guide/device-mapper of the kernel: linear.rst,
 * striped.rst): which part of a mapped device is where on the devices below it.
 */
public final class MappingTable {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  /** The most bad ranges of a stack. */
  private static final int MAX_RANGES = 1 << 20;

  /** Targets that have no errors of their own. */
  private static final Set<String> PLAIN =
      Set.of("linear", "striped", "unstriped", "crypt", "zero");

  /** The table cannot be interpreted; the message says why. */
  public static final class UnknownException extends Exception {
    private static final long serialVersionUID = 1;

    UnknownException(String message) {
      super(message, null, false, false);
    }
  }

  /** Where one stripe lies. */
  record Column(DeviceNumber device, long offset) {}

  /**
   * A section of the mapped device, in sectors. A linear one is one stripe, in one chunk.
   *
   * @param start where it begins on the mapped device
   * @param width how long it is on each of the devices below
   * @param chunk the number of sectors before the next stripe follows
   */
  record Section(long start, long width, long chunk, List<Column> columns) {}

  private final List<Section> sections = new ArrayList<>();

  private MappingTable() {}

  /** Reads the lines {@code START LENGTH TYPE PARAMETERS}, which leave no gap. */
  public static MappingTable parse(String text) throws UnknownException {
    MappingTable table = new MappingTable();
    long end = 0;
    for (String line : text.split("\n")) {
      try {
        Section section = section(line.split(" ", -1));
        check(section.start() == end && section.width() > 0);
        end += section.width() * section.columns().size();
        table.sections.add(section);
      } catch (NumberFormatException | ArithmeticException | ArrayIndexOutOfBoundsException e) {
        throw new UnknownException("its table has an unknown line: " + line);
      }
    }
    return table;
  }

  /**
   * Whether a table, understood or not, has only targets that add no errors of their own. A device
   * without a table shows those of a table that is not in use yet as devices below it.
   */
  static boolean plain(String text) {
    return !text.isEmpty()
        && text.lines()
            .map(line -> line.split(" ", -1))
            .allMatch(words -> words.length > 2 && PLAIN.contains(words[2]));
  }

  private static Section section(String[] words) throws UnknownException {
    long start = number(words[0]);
    long length = number(words[1]);
    Math.addExact(start, length);
    List<Column> columns = new ArrayList<>();
    switch (words[2]) {
      case "linear" -> {
        check(words.length == 5);
        columns.add(column(words, 3, length));
        return new Section(start, length, length, columns);
      }
      case "striped" -> {
        long stripes = number(words[3]);
        long chunk = number(words[4]);
        check(stripes > 0 && chunk > 0 && words.length == 5 + 2 * stripes);
        check(length % stripes == 0 && length / stripes % chunk == 0);
        for (int i = 0; i < stripes; i++) {
          columns.add(column(words, 5 + 2 * i, length / stripes));
        }
        return new Section(start, length / stripes, chunk, columns);
      }
      default -> throw new UnknownException("its table has a target of type " + words[2]);
    }
  }

  private static Column column(String[] words, int at, long width) {
    DeviceNumber device = Sysfs.parseDeviceNumber(words[at]);
    check(device != null);
    long offset = number(words[at + 1]);
    Math.addExact(offset, width);
    return new Column(device, offset);
  }

  private static long number(String text) {
    check(NUMBER.matcher(text).matches());
    return Long.parseLong(text);
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new NumberFormatException();
    }
  }

  public List<Section> sections() {
    return sections;
  }

  /** The devices below, each once. */
  public List<DeviceNumber> devices() {
    return sections.stream()
        .flatMap(section -> section.columns().stream())
        .map(Column::device)
        .distinct()
        .toList();
  }

  /** Where the bad sectors of one of the devices below are on the mapped device. */
  void lift(DeviceNumber device, BadSectors bad, BadSectors.Builder lifted)
      throws UnknownException {
    for (Section section : sections) {
      for (int i = 0; i < section.columns().size(); i++) {
        Column column = section.columns().get(i);
        if (column.device().equals(device)) {
          lift(section, i, bad.section(column.offset(), section.width()), lifted);
        }
      }
    }
  }

  private static void lift(Section section, int index, BadSectors bad, BadSectors.Builder lifted)
      throws UnknownException {
    long chunk = section.chunk();
    for (int i = 0; i < bad.count(); i++) {
      for (long at = bad.start(i); at < bad.end(i); ) {
        long row = at / chunk;
        long next = Math.min(bad.end(i), (row + 1) * chunk);
        long top = section.start() + (row * section.columns().size() + index) * chunk + at % chunk;
        lifted.add(top, top + (next - at), bad.device(i), bad.origin(i) + (at - bad.start(i)));
        if (lifted.size() > MAX_RANGES) {
          throw new UnknownException("it has too many bad ranges to list");
        }
        at = next;
      }
    }
  }
}
