package io.github.pmem2j.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What the commands have in common. */
@Command(
    name = RootCommand.NAME,
    description =
        "Finds the bad blocks of files and devices on persistent memory, reports new ones, reads"
            + " around them, clears them, and restores what they held from a replica.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: the first of these that applies",
      "  2  wrong usage, or an error on any path",
      "  1  bad blocks found, and a line of output names them",
      "  3  there may be bad blocks that could not be found",
      "  0  nothing bad",
      "A JVM that cannot start exits with 1, too; where pmem2j is installed, with 2.",
      "",
      "Examples:",
      "  pmem2j scan --recursive /mnt/pmem",
      "  pmem2j repair --dry-run --from /backup /mnt/pmem/orders.db",
      "  pmem2j doctor",
      "",
      "COMMAND --help has more. Without an installation: java -jar pmem2j.jar COMMAND",
      "Where pmem2j is installed, README.md and docs are in /usr/share/doc/pmem2j."
    })
final class RootCommand {
  static final String NAME = "pmem2j";
  static final String JSON = "--json";

  @Option(
      names = JSON,
      description = "Print JSON, one object a line; docs/json.md describes it.",
      scope = ScopeType.INHERIT)
  boolean json;

  @Option(
      names = "--verbose",
      description = "With an error, print its stack trace.",
      scope = ScopeType.INHERIT)
  boolean verbose;
}
