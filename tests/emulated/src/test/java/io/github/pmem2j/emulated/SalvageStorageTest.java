package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.repair.Salvage;
import io.github.pmem2j.repair.SalvageResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Salvages whose mapfile or copy is on storage that is bad, fails, is full or read-only. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class SalvageStorageTest {
  private static final int SIZE = 20 << 20;

  private Path source;
  private byte[] content;
  private Path directory;

  /** The mapfile before the storage failed. */
  private String saved;

  @BeforeEach
  void makeSource() throws IOException {
    content = new byte[SIZE];
    new Random(7).nextBytes(content);
    directory = Files.createTempDirectory("salvage");
    source = Files.write(directory.resolve("source"), content);
  }

  /** Goes as far as a save of the map that identifies the copy. */
  private static void begin(Salvage salvage) {
    ProgressListener stop =
        progress -> {
          if (progress.done() > SIZE / 2) {
            throw new IllegalStateException("stop");
          }
        };
    assertThrows(IllegalStateException.class, () -> salvage.run(stop));
  }

  private static String refused(Salvage salvage, ProgressListener listener) {
    String message = assertThrows(IOException.class, () -> salvage.run(listener)).getMessage();
    System.out.println(message);
    return message;
  }

  @Test
  void theMapIsOnABadBlock(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.ext4(disk.device());
    Path map = mount.resolve("map");
    Path copy = directory.resolve("copy");
    Salvage salvage = Salvage.of(source, copy).withMapFile(map);
    begin(salvage);
    byte[] before = Files.readAllBytes(copy);
    String text = Files.readString(map);
    disk.inject(new Sectors(FileExtent.page(map, 0).first(), 1));
    for (Salvage each : List.of(salvage, salvage.withForeignMap(), salvage.withRestart())) {
      String message = refused(each, ProgressListener.none());
      assertTrue(message.startsWith(map + ": this mapfile cannot be read ("), message);
      assertTrue(message.contains("Input/output error"), message);
      assertTrue(message.endsWith("name a new copy with a mapfile of its own"), message);
      assertArrayEquals(before, Files.readAllBytes(copy));
    }
    assertEquals(List.of(map), Sysfs.list(mount, "(?!lost\\+found).*"));
    // A restored map is continued.
    Files.delete(map);
    Files.writeString(map, text);
    assertFinishes(salvage, copy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EIO", "EROFS", "ENOSPC"})
  void theMapCannotBeWritten(String fault, Machine machine) throws IOException {
    JournalDisk disk = new JournalDisk(machine, machine.disks().get(0).device());
    Path map = disk.directory().resolve("map");
    Path copy = directory.resolve("copy");
    Salvage salvage = Salvage.of(source, copy).withMapFile(map);
    String message = failing(salvage, disk, fault);
    assertTrue(message.startsWith(map + ": "), message);
    assertTrue(message.contains("the mapfile cannot be written"), message);
    assertTrue(message.endsWith("name another place (--map)"), message);
    // After an error of its own a file system may report either, Linux 6.12 also for EROFS.
    String errors = fault.equals("ENOSPC") ? fault : "EIO|EROFS";
    assertTrue(Pattern.compile(errors).matcher(message).find(), message);
    assertContinues(salvage, disk, copy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EIO", "EROFS", "ENOSPC"})
  void theCopyCannotBeWritten(String fault, Machine machine) throws IOException {
    JournalDisk disk = new JournalDisk(machine, machine.disks().get(0).device());
    Path map = directory.resolve("map");
    Path copy = disk.directory().resolve("copy");
    Salvage salvage = Salvage.of(source, copy).withMapFile(map);
    String message = failing(salvage, disk, fault);
    assertTrue(message.startsWith(copy + ": "), message);
    assertTrue(message.endsWith("run the same again: it continues where it stopped"), message);
    assertContinues(salvage, disk, copy);
  }

  /** Begins it, and continues while the disk fails. */
  private String failing(Salvage salvage, JournalDisk disk, String fault) throws IOException {
    begin(salvage);
    saved = Files.readString(salvage.mapFile());
    Command.run("sync", "-f", disk.directory());
    boolean[] done = {false};
    return refused(
        salvage,
        progress -> {
          if (!done[0]) {
            done[0] = true;
            apply(disk, fault);
          }
        });
  }

  private void assertContinues(Salvage salvage, JournalDisk disk, Path copy) throws IOException {
    if (disk.space().files().size() > 0) {
      disk.space().release();
    }
    disk.heal();
    assertEquals(saved, Files.readString(salvage.mapFile()));
    assertFinishes(salvage, copy);
  }

  private static void apply(JournalDisk disk, String fault) {
    switch (fault) {
      case "EIO" -> disk.failAll();
      case "EROFS" -> disk.becomeReadOnly();
      default -> disk.space().fill(0);
    }
  }

  private void assertFinishes(Salvage salvage, Path copy) throws IOException {
    SalvageResult result = salvage.run();
    assertTrue(result.complete(), result::toString);
    assertArrayEquals(content, Files.readAllBytes(copy));
  }
}
