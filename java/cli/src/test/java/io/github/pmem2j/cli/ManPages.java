package io.github.pmem2j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * Run by the build: writes the manual page of each command, in AsciiDoc, and the completion of a
 * shell, from what {@code --help} prints.
 */
final class ManPages {
  private static final String END = "// end::picocli-generated-full-manpage[]";
  private static final String NAME_SECTION = "== Name\n\n";
  private static final String UNPACKAGED = "(unpackaged)";
  private static final String LITERAL = "....\n";

  private ManPages() {}

  /** The directory to write in, and the version. */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    String version = args[1];
    CommandLine root = new CommandLine(new RootCommand());
    Commands.addTo(root, new String[0]);
    int code =
        ManPageGenerator.generateManPage(
            directory.toFile(), null, new boolean[0], true, root.getCommandSpec());
    if (code != 0) {
      throw new IOException("picocli ended with " + code);
    }
    List<CommandLine> commands = new ArrayList<>(root.getSubcommands().values());
    commands.add(root);
    for (CommandLine command : commands) {
      complete(directory, command.getCommandSpec(), version);
    }
    Files.writeString(
        directory.resolve(RootCommand.NAME + ".bash"), AutoComplete.bash(RootCommand.NAME, root));
  }

  /** Adds what picocli leaves out: sections for the footer. */
  private static void complete(Path directory, CommandSpec command, String version)
      throws IOException {
    String name = command.qualifiedName("-");
    Path file = directory.resolve(name + ".adoc");
    String page =
        Files.readString(file)
            .replace(UNPACKAGED, version)
            .replace("Pmem2j Manual", "pmem2j manual");
    int names = page.indexOf(NAME_SECTION) + NAME_SECTION.length();
    String[] header = command.usageMessage().header();
    String[] about = header.length > 0 ? header : command.usageMessage().description();
    String summary = name + " - " + firstSentence(about[0]);
    page = page.substring(0, names) + summary + page.substring(page.indexOf('\n', names));
    String sections = sections(command.usageMessage().footer()) + seeAlso(command);
    Files.writeString(file, page.replace(END, sections + END));
  }

  private static String firstSentence(String text) {
    return text.split("\\.( |$)")[0].split("[;:] ")[0];
  }

  /** Paragraphs of a footer; one that begins with "Words:" becomes a section of that name. */
  private static String sections(String[] footer) {
    StringBuilder text = new StringBuilder();
    for (String paragraph : String.join("\n", footer).strip().split("\n\n")) {
      String first = paragraph.lines().findFirst().orElse("");
      int colon = first.matches("[A-Z][a-z ]*:.*") ? first.indexOf(':') : -1;
      if (colon >= 0) {
        text.append("== ").append(first, 0, colon).append("\n\n");
      }
      String rest = paragraph.substring(colon + 1).stripTrailing();
      boolean literal = false;
      for (String line : rest.lines().filter(each -> !each.isBlank()).toList()) {
        if (line.startsWith("  ") != literal) {
          text.append(LITERAL);
          literal = !literal;
        }
        if (!literal) {
          text.append("[subs=specialcharacters]\n");
        }
        text.append(literal ? line.substring(2) : line.strip()).append('\n');
      }
      text.append(literal ? LITERAL : "").append('\n');
    }
    return text.toString();
  }

  private static String seeAlso(CommandSpec command) {
    List<String> pages = new ArrayList<>();
    CommandSpec root = command.root();
    if (command != root) {
      pages.add(root.name());
    }
    for (CommandLine each : root.subcommands().values()) {
      if (each.getCommandSpec() != command) {
        pages.add(each.getCommandSpec().qualifiedName("-"));
      }
    }
    return "== See also\n\n*" + String.join("*(1), *", pages) + "*(1)\n\n";
  }
}
