package io.github.pmem2j.watch;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.internal.linux.DeviceMapper;
import io.github.pmem2j.internal.scan.ListFinder;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the scanner sees. */
final class SystemSight implements Sight {
  private static final Path PROC = Path.of("/proc");

  private final ListFinder finder;
  private final BadBlockScanner scanner;

  SystemSight() {
    this(new ListFinder(Path.of("/sys"), PROC, DeviceMapper::table), BadBlockScanner.create());
  }

  /** With others than the machine's, for tests. */
  SystemSight(ListFinder finder, BadBlockScanner scanner) {
    this.finder = finder;
    this.scanner = scanner;
  }

  @Override
  public Path mounts() {
    return PROC.resolve("self/mountinfo");
  }

  @Override
  public ListFinder.Found below(Path path) throws IOException {
    return finder.below(path);
  }

  @Override
  public Stream<BadBlockReport> scan(Path path) throws IOException {
    return Files.isDirectory(path)
        ? scanner.scanTree(path, null)
        : Stream.of(scanner.scanFile(path));
  }
}
