package io.github.pmem2j.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What the commands have in common. */
@Command(
    name = RootCommand.NAME,
    description = "Lists and clears the bad blocks of files and dax devices on persistent memory.",
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
      "  3  could not tell: libpmem2 found no persistent memory below a path",
      "Of several that apply, list takes 2 before 1 before 3 before 0, and scan 1 before 2 before 3.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar list /mnt/pmem/*.db",
      "  java -jar pmem2j.jar clear --dry-run /mnt/pmem/orders.db",
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
