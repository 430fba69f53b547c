package io.github.pmem2j.watch;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.jni.NoLiveHandles;
import io.github.pmem2j.testkit.FakeDisk;
import io.github.pmem2j.testkit.RecordingListener;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A watch of a directory, all but the kernel's word: it is woken by hand, and reads a made-up list.
 */
@ExtendWith(NoLiveHandles.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class WatchTestCase {
  static final int PAGE = 4096;
  static final int SECTOR = BadRange.SECTOR_SIZE;
  final RecordingListener listener = new RecordingListener();
  Path data;
  FakeDisk disk;

  @BeforeEach
  void makeDisk(@TempDir Path directory) throws IOException {
    disk = FakeDisk.create(directory);
    data = Files.createDirectory(directory.resolve("data"));
  }

  BadBlockWatch open(BadBlockListener listener, Path... paths) throws IOException {
    return BadBlockWatch.open(List.of(paths), listener, Watcher.DAEMON, disk.host());
  }

  Path file(String name) throws IOException {
    Path file = Files.write(data.resolve(name), new byte[4 * PAGE]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    return file;
  }

  static Map<Path, List<BadRange>> hit(
      Path file, long offset, long length, long page, long sector) {
    return Map.of(
        file,
        List.of(
            BadRange.of(
                    new ByteRange(offset, length), new ByteRange(page, PAGE), BadRange.Kind.DATA)
                .withOrigin(FakeDisk.NAME, sector)));
  }

  /** What a thread was doing when its watch was closed, it finishes. */
  @AfterEach
  void noThreadIsLeft() throws InterruptedException {
    WatchThread.assertNone();
  }
}
