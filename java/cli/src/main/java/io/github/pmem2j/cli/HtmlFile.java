package io.github.pmem2j.cli;

import io.github.pmem2j.cli.html.Page;
import io.github.pmem2j.cli.json.ErrorJson;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.BiFunction;
import picocli.CommandLine.Option;

/** The option to show the result as a page. */
final class HtmlFile extends OutputOption {
  private static final String NAME = "--html";

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  @Option(
      names = HtmlFile.NAME,
      paramLabel = "FILE",
      description =
          "Replace this file by a page that shows the result: one file without scripts, to open in"
              + " a browser, print, or send.")
  private Path path;

  HtmlFile() {
    super(NAME);
  }

  /** Writes the page. */
  void write(
      PmemCommand command, String name, Page page, BiFunction<String, ErrorJson, Record> line) {
    page.origin(RootCommand.NAME + " " + name);
    new Sysfs(HOST_NAME.getParent()).read(HOST_NAME).ifPresent(page::origin);
    page.origin(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace("T", " "));
    page.origin("version " + Version.current());
    file().write(command, page.bytes(), line);
  }

  @Override
  OutputFile file() {
    return path == null ? null : new OutputFile(path, Page.BEGIN);
  }
}
