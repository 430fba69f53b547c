package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.cli.json.ScanJson;
import io.github.pmem2j.repair.ScanMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option to write a map of a file or device. */
final class MapFile extends OutputOption {
  private static final String NAME = "--mapfile";

  @Option(
      names = MapFile.NAME,
      paramLabel = "FILE",
      description =
          "Replace this file by a map of the one PATH for ddrescueview and ddrescuelog: - is lost, +"
              + " is not known to be bad, ? is unknown. Do not give it to ddrescue, which would take"
              + " + for copied.")
  private Path path;

  MapFile() {
    super(NAME);
  }

  /** Writes the map of the one file. */
  void write(PmemCommand command, BadBlockReport report) {
    byte[] map = ScanMap.of(report).getBytes(StandardCharsets.US_ASCII);
    file().write(command, map, ScanJson::failed);
  }

  @Override
  OutputFile file() {
    return path == null ? null : new OutputFile(path, ScanMap.BEGIN);
  }
}
