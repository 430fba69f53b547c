package io.github.pmem2j.internal.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.MountTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Fuzzes the table of mounts, and what follows a file of an overlay by it: no table hides a
 * realtime device, and none that does not parse is followed. In the table, % is a directory with
 * the files m/f, l/f and u/f.
 */
public final class OverlayScanFuzz {
  private static final Pattern LINE =
      Pattern.compile(
          "[^ ]+ % ([0-9]{1,4}:[0-9]{1,7}) % % %(?: %)* - [^ ]+ [^ ]* ([^ ]+)"
              .replace("%", "(?!- )[^ ]+"));
  private static final Path DIRECTORY = directory();

  private OverlayScanFuzz() {}

  private static Path directory() {
    try {
      Path directory =
          Path.of(System.getProperty("io.github.pmem2j.test.directory"), "fuzz", "mounts");
      for (String part : new String[] {"proc/self", "m", "l", "u"}) {
        Files.createDirectories(directory.resolve(part));
      }
      for (String file : new String[] {"m/f", "l/f", "u/f"}) {
        Files.writeString(directory.resolve(file), file);
      }
      return directory.toRealPath();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public static void fuzzerTestOneInput(byte[] text) throws IOException {
    String table = new String(text, StandardCharsets.UTF_8).replace("%", DIRECTORY.toString());
    Files.writeString(DIRECTORY.resolve("proc/self/mountinfo"), table);
    Host host = Host.local().withSys(DIRECTORY.resolve("sys")).withProc(DIRECTORY.resolve("proc"));
    MountTable mounts = host.mounts();
    List<Matcher> lines = Stream.of(table.split("\n")).map(LINE::matcher).toList();
    boolean understood = lines.stream().allMatch(Matcher::matches);

    List<MatchResult> ours =
        lines.stream()
            .filter(line -> line.matches() && line.group(1).matches("0*8:0*1"))
            .map(Matcher::toMatchResult)
            .toList();
    boolean realtime =
        ours.stream().anyMatch(line -> line.group(2).matches("(?s)(.*,)?rtdev([,=].*)?"));
    assertEquals(
        understood && !ours.isEmpty() && !realtime,
        mounts.withoutRealtimeDevice(new DeviceNumber(8, 1)));

    MountTable.Mount mount;
    try {
      mount = mounts.of(DIRECTORY.resolve("m/f"));
    } catch (IOException e) {
      assertFalse(understood, e.getMessage());
      return;
    }
    assertTrue(understood, "a line that is none was passed over");
    try {
      OverlayScan resolver = new OverlayScan(host);
      Path layer = resolver.resolve(DIRECTORY.resolve("m/f"));
      assertEquals("overlay", mount.type());
      assertTrue(Files.exists(layer), layer::toString);
    } catch (OverlayScan.LostException e) {
      assertFalse(e.getMessage().isEmpty());
    }
  }
}
