package io.github.pmem2j.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What the commands have in common. */
@Command(
    name = RootCommand.NAME,
    description =
        "Finds the bad blocks of files and dax devices on persistent memory, tells of new ones,"
            + " reads around them, clears them, and restores what they held from a replica.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ScanCommand.class,
      ListCommand.class,
      ClearCommand.class,
      DoctorCommand.class,
      VerifyCommand.class,
      SalvageCommand.class,
      RepairCommand.class,
      WatchCommand.class
    },
    footer = {
      "",
      "Exit codes:",
      "  0  nothing bad",
      "  1  bad blocks found",
      "  2  wrong usage, or an error on any path",
      "  3  could not tell",
      "Where several apply, the help of the command says which it takes.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar scan --recursive /mnt/pmem",
      "  java -jar pmem2j.jar repair --dry-run --from /backup /mnt/pmem/orders.db",
      "  java -jar pmem2j.jar doctor",
      "",
      "COMMAND --help tells more."
    })
final class RootCommand {
  static final String NAME = "pmem2j";

  @Option(
      names = "--verbose",
      description = "With an error, print where in the program it arose.",
      scope = ScopeType.INHERIT)
  boolean verbose;
}
