package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.ErrorJson;
import java.util.function.BiFunction;

/** An option that names a file to write. */
abstract class OutputOption {
  /** The file, or null if the option was not given. */
  abstract OutputFile file();

  /** Whether the option was given. */
  final boolean requested() {
    return file() != null;
  }

  /** Whether the file can be written, or none was named; else the command ends. */
  boolean ready(PmemCommand command, BiFunction<String, ErrorJson, Record> line) {
    OutputFile file = file();
    return file == null || file.ready(command, line);
  }
}
