package io.github.pmem2j.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine;

/** {@code java -jar pmem2j.jar}: runs a command and exits with its code. */
public final class Main {
  /**
   * The exit code that stands for bad blocks, for a launcher that must distinguish it from the code
   * 1 of a JVM that cannot start.
   */
  private static final String CODE_PROPERTY = "io.github.pmem2j.badBlocksExitCode";

  private Main() {}

  /**
   * Runs the command line.
   *
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    // The JVM would exit with 1, which says that there are bad blocks, or go on without the thread.
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> Errors.fatal(e));
    // Before anything loads them: SLF4J without a provider would print a warning on every run, and
    // a
    // Console that is no terminal would be taken for one (JDK 22 to 24).
    setDefault("slf4j.internal.verbosity", "ERROR");
    setDefault("jdk.console", "java.base");
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    int code = run(args, writer(FileDescriptor.out), writer(FileDescriptor.err));
    System.exit(
        code == ExitCode.BAD_BLOCKS.code() ? Integer.getInteger(CODE_PROPERTY, code) : code);
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Runs the command line in this JVM, and returns the exit code. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    String[] restored = Arguments.restore(args);
    int code = execute(restored, out, err);
    if (out.checkError()) { // Output that was not written must not look like success.
      err.println(RootCommand.NAME + ": the output could not be written");
      code = ExitCode.ERROR.code();
    }
    err.flush();
    return code;
  }

  /** The same, but does not check whether the output was written. */
  static int execute(String[] args, PrintWriter out, PrintWriter err) {
    PlainCommand plain = PlainCommand.of(args);
    return plain == null ? commandLine(args, out, err).execute(args) : plain.run(out, err);
  }

  /** JSON is UTF-8 in every locale; for consistency, so is all other output. */
  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
  }

  private static CommandLine commandLine(String[] args, PrintWriter out, PrintWriter err) {
    CommandLine root = new CommandLine(new RootCommand());
    Commands.addTo(root, args);
    return root.setOut(out)
        .setErr(err)
        .registerConverter(Path.class, new PathParameter())
        .setExpandAtFiles(false) // A path may begin with @.
        .setParameterExceptionHandler(Errors::usage)
        .setExecutionExceptionHandler(Errors::unexpected);
  }
}
