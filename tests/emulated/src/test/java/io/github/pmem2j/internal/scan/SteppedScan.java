package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.internal.device.StackResolver;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.Host;
import java.io.IOException;
import java.nio.file.Path;

/** A scan that something can happen in the middle of. */
public final class SteppedScan {
  private SteppedScan() {}

  /** Called before each system call for extents, with the offset from which on it returns them. */
  @FunctionalInterface
  public interface Hook {
    void before(long offset);
  }

  /** Scans a file by its extents, and trusts the lists of its devices. */
  public static BadBlockReport scan(Path path, Hook hook) throws IOException {
    StackResolver resolver = new StackResolver(Host.local().withTrustedLists());
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.READ)) {
      FileStatus status = file.status();
      ExtentSource source =
          (start, end, sync, batch) -> {
            hook.before(start);
            file.extents(start, end, sync, batch);
          };
      return FileExtents.scan(
              file,
              source,
              status,
              FileScan.WHOLE,
              resolver.resolve(status.device()),
              resolver::resolve)
          .report(path);
    }
  }
}
