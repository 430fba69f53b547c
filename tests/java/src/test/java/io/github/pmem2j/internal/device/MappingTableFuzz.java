package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A table of device-mapper's is refused, or each sector of it is where device-mapper has it. */
public final class MappingTableFuzz {
  private static final Pattern TARGET =
      Pattern.compile(
          "([0-9]+) ([0-9]+) (?:linear|striped ([0-9]+) ([0-9]+))((?: [0-9]{1,4}:[0-9]{1,7} [0-9]+)+)");

  private MappingTableFuzz() {}

  /** A line, read by a regular expression. */
  record Target(long start, long length, long chunk, List<DeviceNumber> devices, List<Long> at) {
    /** Where a sector of it is: the index of the device, and the sector there. */
    int stripe(long sector) {
      return (int) (sector / chunk % devices.size());
    }

    long below(long sector) {
      return at.get(stripe(sector)) + sector / chunk / devices.size() * chunk + sector % chunk;
    }

    /** Whether any of its sectors is this one. */
    boolean holds(DeviceNumber device, long sector) {
      for (int i = 0; i < devices.size(); i++) {
        long inside = sector - at.get(i);
        if (devices.get(i).equals(device) && inside >= 0 && inside < length / devices.size()) {
          return true;
        }
      }
      return false;
    }
  }

  /** All lines, or null if any is not one, or they do not follow each other. */
  static List<Target> targets(String table) {
    List<Target> targets = new ArrayList<>();
    long end = 0;
    try {
      for (String line : table.split("\n")) {
        Matcher matcher = TARGET.matcher(line);
        if (!matcher.matches()) {
          return null;
        }
        List<DeviceNumber> devices = new ArrayList<>();
        List<Long> at = new ArrayList<>();
        String[] words = matcher.group(5).strip().split("[ :]");
        for (int i = 0; i < words.length; i += 3) {
          devices.add(new DeviceNumber(Integer.parseInt(words[i]), Integer.parseInt(words[i + 1])));
          at.add(Long.parseLong(words[i + 2]));
        }
        long start = Long.parseLong(matcher.group(1));
        long length = Long.parseLong(matcher.group(2));
        boolean striped = matcher.group(3) != null;
        long chunk = striped ? Long.parseLong(matcher.group(4)) : length;
        long stripes = striped ? Long.parseLong(matcher.group(3)) : 1;
        if (start != end || length == 0 || chunk == 0 || devices.size() != stripes) {
          return null;
        }
        if (length % stripes != 0 || length / stripes % chunk != 0) {
          return null;
        }
        end = Math.addExact(start, length);
        for (long offset : at) {
          Math.addExact(offset, length / stripes);
        }
        targets.add(new Target(start, length, chunk, devices, at));
      }
    } catch (NumberFormatException | ArithmeticException e) {
      return null;
    }
    return targets;
  }

  public static void fuzzerTestOneInput(byte[] text) throws MappingTable.UnknownException {
    String table = new String(text, StandardCharsets.ISO_8859_1);
    List<Target> targets = targets(table);
    MappingTable parsed;
    try {
      parsed = MappingTable.parse(table);
    } catch (MappingTable.UnknownException e) {
      assertEquals(null, targets, e.getMessage());
      return;
    }
    assertFalse(targets == null, "taken for a table");
    for (Target target : targets) {
      long chunk = target.chunk();
      long row = chunk * target.devices().size();
      for (long sector :
          new long[] {0, 1, chunk - 1, chunk, row - 1, row, row + chunk, target.length() - 1}) {
        if (sector >= 0 && sector < target.length()) {
          check(parsed, target, sector);
        }
      }
    }
  }

  private static void check(MappingTable table, Target target, long sector)
      throws MappingTable.UnknownException {
    DeviceNumber device = target.devices().get(target.stripe(sector));
    long below = target.below(sector);
    assertTrue(table.devices().contains(device));
    BadSectors bad = new BadSectors.Builder().add(below, below + 1, "d", below).build();
    BadSectors.Builder lifted = new BadSectors.Builder();
    table.lift(device, bad, lifted);
    BadSectors all = lifted.build();
    int index = all.firstEndingAfter(target.start() + sector);
    assertTrue(index < all.count() && all.start(index) <= target.start() + sector, "lost");
  }
}
