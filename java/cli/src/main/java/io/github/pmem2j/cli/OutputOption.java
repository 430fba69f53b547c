package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.ErrorJson;
import java.io.IOException;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

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

  /** Whether the files can be written, and are different ones; else the command ends. */
  static boolean ready(
      PmemCommand command, BiFunction<String, ErrorJson, Record> line, OutputOption... options) {
    List<OutputOption> requested = Stream.of(options).filter(OutputOption::requested).toList();
    for (int i = 0; i < requested.size(); i++) {
      OutputOption option = requested.get(i);
      if (!option.ready(command, line)) {
        return false;
      }
      for (OutputOption earlier : requested.subList(0, i)) {
        if (earlier.isSameAs(option)) {
          throw command.usage(earlier.name + " and " + option.name + " name the same file");
        }
      }
    }
    return true;
  }

  private boolean isSameAs(OutputOption other) {
    try {
      return file().isSameAs(other.file());
    } catch (IOException e) {
      return false; // The directory has just gone: writing will fail.
    }
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
