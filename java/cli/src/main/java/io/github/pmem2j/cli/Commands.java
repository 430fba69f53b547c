package io.github.pmem2j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;

/** The commands by name. If the arguments name one, only that one is created. */
final class Commands {
  private static final Map<String, Supplier<PmemCommand>> ALL = new LinkedHashMap<>();

  static {
    ALL.put(ScanCommand.NAME, ScanCommand::new);
    ALL.put(VerifyCommand.NAME, VerifyCommand::new);
    ALL.put("salvage", SalvageCommand::new);
    ALL.put("repair", RepairCommand::new);
    ALL.put("watch", WatchCommand::new);
    ALL.put("scrub", ScrubCommand::new);
    ALL.put(StatusCommand.NAME, StatusCommand::new);
    ALL.put("list", ListCommand::new);
    ALL.put("clear", ClearCommand::new);
    ALL.put("demo", DemoCommand::new);
    ALL.put("doctor", DoctorCommand::new);
  }

  private Commands() {}

  /** Adds the commands that the arguments need. */
  static void addTo(CommandLine root, String[] args) {
    for (String arg : args) {
      if (!arg.startsWith("-")) {
        Supplier<PmemCommand> command = ALL.get(arg);
        if (command == null) {
          break;
        }
        add(root, arg, command.get());
        return;
      }
    }
    ALL.forEach((name, command) -> add(root, name, command.get()));
    root.addSubcommand("help", new HelpCommand());
  }

  private static void add(CommandLine root, String name, PmemCommand command) {
    root.addSubcommand(name, command);
    if (!command.hasJson()) {
      CommandSpec spec = root.getSubcommands().get(name).getCommandSpec();
      spec.remove(spec.findOption(RootCommand.JSON));
    }
  }
}
