package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.ErrorJson;
import java.util.function.BiFunction;

/** An option that names a file to write. */
abstract class OutputOption {
  private final String name;

  OutputOption(String name) {
    this.name = name;
  }

  /** The file, or null if the option was not given. */
  abstract OutputFile file();

  /** Whether the option was given. */
  final boolean requested() {
    return file() != null;
  }

  /** Whether the file can be written, or none was named; else the command ends. */
  boolean ready(PmemCommand command, BiFunction<String, ErrorJson, Record> line) {
    OutputFile file = file();
    if (file != null && file.isStandardOutput()) {
      throw command.usage(name + " takes the name of a file: standard output has the report");
    }
    return file == null || file.ready(command, line);
  }
}
