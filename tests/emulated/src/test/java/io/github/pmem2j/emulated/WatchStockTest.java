package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.watch.BadBlockWatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The watch on the kernel's real drivers. Here errors are written to a list by hand, and the kernel
 * does not notify of that; it does notify when an error is overwritten.
 */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class WatchStockTest {
  private static final long MIB = 1024 * 1024 / Sectors.SIZE;
  private final SectorListener listener = new SectorListener();

  private static void overwrite(TestFile file, int page) throws IOException {
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(file.page(page)), (long) page * Sectors.PAGE);
    }
  }

  @Test
  void anOverwriteThatClearsIsReportedWithAHandWrittenError(Machine machine) throws Exception {
    Namespace disk = machine.disks().get(0);
    TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), 16);
    Sectors first = FileExtent.page(file.path(), 3);
    Sectors second = FileExtent.page(file.path(), 7);
    disk.inject(first);
    try (BadBlockWatch watch = BadBlockWatch.open(file.path(), listener)) {
      assertNobodyLooks(watch);
      disk.inject(second);
      TimeUnit.SECONDS.sleep(1);
      assertEquals(
          List.of(), listener.foundSectors(), "the kernel notifies of writes to the list?");
      overwrite(file, 3);
      Sysfs.await("the clearing", () -> listener.clearedSectors().equals(List.of(first)));
      assertEquals(List.of(second), listener.foundSectors());
      assertEquals(Map.of(file.path(), List.of(new Sectors(7 * 8, 8))), listener.foundInFiles());
    }
  }

  /** It is reported for disks without a scrub, although their lists are watched. */
  private static void assertNobodyLooks(BadBlockWatch watch) {
    assertEquals(1, watch.unwatched().size(), watch.unwatched()::toString);
    String reason = watch.unwatched().get(0).reason();
    assertTrue(reason.startsWith("nothing looks for errors of pmem0"), reason);
  }

  @Test
  void checkFindsWhatTheKernelDoesNotNotify(Machine machine) throws Exception {
    Namespace disk = machine.disks().get(0);
    TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), 16);
    try (BadBlockWatch watch = BadBlockWatch.open(file.path(), listener)) {
      disk.inject(FileExtent.page(file.path(), 3));
      watch.check();
      Sysfs.await("the error", () -> listener.foundInFiles().containsKey(file.path()));
    }
  }

  @Test
  void filesOnStripesOfTwoDisksAreWatchedThroughBoth(Machine machine) throws Exception {
    List<Namespace> disks = machine.disks();
    Path striped =
        machine.striped(
            "stripe",
            8,
            new Machine.Section(disks.get(0).device(), new Sectors(2048, 100 * MIB)),
            new Machine.Section(disks.get(1).device(), new Sectors(4096, 100 * MIB)));
    TestFile file = TestFile.create(machine.ext4(striped).resolve("file"), 16);
    long page = FileExtent.page(file.path(), 0).first() / 8;
    Namespace disk = disks.get((int) (page % 2));
    long sector = (page % 2 == 0 ? 2048 : 4096) + page / 2 * 8;
    try (BadBlockWatch watch = BadBlockWatch.open(file.path(), listener)) {
      assertEquals(2, watch.status().lists().size());
      disk.inject(new Sectors(sector, 1));
      watch.check();
      Sysfs.await(
          "the error in the file",
          () -> listener.foundInFiles().equals(Map.of(file.path(), List.of(new Sectors(0, 1)))));
      assertEquals(List.of(new Sectors(sector, 1)), listener.foundSectors());
    }
  }

  /** Like pvmove. */
  @Test
  void theDiskThatAMappedDeviceMovesToIsWatchedFromThenOn(Machine machine) throws Exception {
    Path from = machine.disks().get(0).device();
    Namespace to = machine.disks().get(1);
    Sectors place = new Sectors(2048, 64 * MIB);
    TestFile file =
        TestFile.create(
            machine
                .ext4(machine.linear("moving", new Machine.Section(from, place)))
                .resolve("file"),
            16);
    Sectors below = new Sectors(place.first() + FileExtent.page(file.path(), 3).first(), 1);
    try (BadBlockWatch watch = BadBlockWatch.open(file.path(), listener)) {
      Command.run(
          "dd",
          "if=" + from,
          "of=" + to.device(),
          "bs=1M",
          "count=66",
          "conv=fsync",
          "status=none");
      to.inject(below);
      machine.remap("moving", "0 %d linear %s 2048\n".formatted(place.count(), to.device()));
      Sysfs.await(
          "the error in the file",
          () ->
              listener.foundInFiles().equals(Map.of(file.path(), List.of(new Sectors(3 * 8, 1)))));
      assertEquals(List.of(below), listener.foundSectors());
      assertEquals(1, watch.status().lists().size());
    }
  }

  /** In each round, the kernel notifies of a clearing while the watch is being opened or closed. */
  @Test
  void noClearingIsMissedWhileTheWatchIsOpenedAgainAndAgain(Machine machine) throws Exception {
    Namespace disk = machine.disks().get(0);
    int rounds = 50;
    TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), rounds);
    for (int page = 0; page < rounds; page++) {
      disk.inject(new Sectors(FileExtent.page(file.path(), page).first(), 1));
    }
    int reportedLate = 0;
    for (int page = 0; page < rounds; page++) {
      SectorListener changes = new SectorListener();
      int number = page;
      Thread writer =
          new Thread(
              () -> {
                try {
                  overwrite(file, number);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      writer.start();
      long left = rounds - page - 1;
      try (BadBlockWatch watch = BadBlockWatch.open(file.path(), changes)) {
        Sysfs.await("the clearing of page " + page, () -> watch.status().badRanges() == left);
        reportedLate += changes.clearedSectors().isEmpty() ? 0 : 1;
      }
      writer.join();
    }
    System.out.println(reportedLate + " of " + rounds + " clearings were reported, not found done");
  }

  @Test
  void mountsAreFollowedAndAnUnmountIsReported(Machine machine) throws Exception {
    Namespace disk = machine.disks().get(0);
    Path directory = machine.ext4(disk.device());
    TestFile file = TestFile.create(directory.resolve("file"), 16);
    disk.inject(FileExtent.page(file.path(), 3));
    try (BadBlockWatch watch = BadBlockWatch.open(directory, listener)) {
      assertEquals(1, watch.status().lists().size());
      machine.unmount(directory);
      Sysfs.await("the unmounting", () -> watch.status().lists().isEmpty());
      Sysfs.await("its report", () -> !listener.unwatched().isEmpty());
      assertTrue(
          listener.unwatched().get(0).path().equals(directory), listener.unwatched()::toString);
      assertEquals(1, watch.unwatched().size());

      Command.run("mount", "-o", "dax", disk.device(), directory);
      Sysfs.await("the mounting", () -> watch.status().lists().size() == 1);
      Sysfs.await("what is there", () -> listener.foundInFiles().containsKey(file.path()));
      assertNobodyLooks(watch);

      Path inside = Files.createDirectory(directory.resolve("inside"));
      Command.run("mkfs.ext4", "-q", "-F", "-b", 4096, machine.disks().get(1).device());
      Command.run("mount", machine.disks().get(1).device(), inside);
      Sysfs.await("the second disk", () -> watch.status().lists().size() == 2);
    }
  }

  @Test
  void theCommandPrintsALineForEachEventUntilItIsInterrupted(Machine machine) throws Exception {
    Namespace disk = machine.disks().get(0);
    TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), 16);
    Sectors bad = FileExtent.page(file.path(), 3);
    for (String option : List.of("--json", "")) {
      List<String> words = new ArrayList<>(Command.JAVA);
      words.addAll(List.of("io.github.pmem2j.cli.Main", "watch", file.path().toString()));
      if (!option.isEmpty()) {
        words.add(option);
      }
      disk.inject(new Sectors(bad.first() + 1, 1));
      Process process = new ProcessBuilder(words).start();
      try (BufferedReader out = process.inputReader();
          BufferedReader err = process.errorReader()) {
        if (option.isEmpty()) {
          String unwatched = err.readLine();
          assertTrue(unwatched.contains("nothing looks for errors of pmem0"), unwatched);
        } else {
          String unwatched = out.readLine();
          assertTrue(unwatched.contains("\"event\":\"unwatched\""), unwatched);
        }
        assertEquals("watching 1 list", err.readLine());
        overwrite(file, 3);
        String line = out.readLine();
        System.out.println(line);
        assertTrue(
            line.matches(
                option.isEmpty()
                    ? "\\S+Z cleared 512 bytes on pmem0: \\S+/file at 12800\\+512, maybe more"
                    : "\\{\"time\":\"\\S+Z\",\"event\":\"cleared\",\"device\":\"pmem0\",\"ranges\":.*}"),
            line);
        Command.run("kill", "-INT", process.pid());
        assertEquals(0, process.waitFor());
        assertEquals(null, out.readLine());
      }
    }
  }
}
