package io.github.pmem2j.cli;

import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.device.DeviceStatus;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The option to trust lists without a known source. */
final class TrustedLists {
  @Option(
      names = "--trust-lists",
      description =
          "Also trust lists of bad blocks that the kernel does not fill: only where something"
              + " else fills them.")
  private boolean trusted;

  /** The scanner for this option. */
  BadBlockScanner scanner() {
    return trusted ? BadBlockScanner.trustingLists() : BadBlockScanner.local();
  }

  /** The status of devices, with this option. */
  List<DeviceStatus> statuses(List<Path> paths, ProgressListener progress) throws IOException {
    return trusted ? DeviceStatus.trustingLists(paths, progress) : DeviceStatus.of(paths, progress);
  }
}
