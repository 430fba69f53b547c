package io.github.pmem2j.device;

import io.github.pmem2j.PathBytes;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** On the file system that the tests run on: the list and what is mounted are made up. */
abstract class StatusTestCase {
  @TempDir private Path directory;
  final AtomicLong looked = new AtomicLong();
  FakeDisk disk;

  /** Lines of the table of mounts. */
  String moreMounts = "";

  Path data;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = FakeDisk.create(directory);
    data = Files.createDirectory(directory.resolve("data"));
  }

  /** With one file system, which shows no more than the data. */
  List<DeviceStatus> read(Path... paths) throws IOException {
    Path proc = directory.resolve("proc");
    Files.createDirectories(proc.resolve("self"));
    String mount =
        "21 1 %s / %s rw - ext4 /dev/pmem0 rw\n".formatted(disk.link().getFileName(), data);
    Files.write(proc.resolve("self/mountinfo"), PathBytes.bytes(mount + moreMounts));
    return new StatusReader(disk.host().withProc(proc), progress -> looked.set(progress.done()))
        .read(List.of(paths));
  }
}
