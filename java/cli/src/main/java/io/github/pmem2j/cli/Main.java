package io.github.pmem2j.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;

/** {@code java -jar pmem2j.jar}: runs a command and exits with its code. */
public final class Main {
  private Main() {}

  /**
   * Runs the command line.
   *
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    // Before anything loads them: SLF4J without a provider would say so on every run, and a
    // Console that is no terminal would be taken for one (JDK 22 to 24).
    setDefault("slf4j.internal.verbosity", "ERROR");
    setDefault("jdk.console", "java.base");
    int code = ExitCode.ERROR;
    try {
      code = run(args);
    } catch (Throwable e) { // The JVM would exit with 1, which says that there are bad blocks.
      Errors.trace(e, writer(FileDescriptor.err));
    }
    System.exit(code);
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static int run(String[] args) {
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int code = commandLine(out, err).execute(Arguments.restore(args));
    if (out.checkError()) { // What nobody could read must not look like success.
      err.println(RootCommand.NAME + ": the output could not be written");
      code = ExitCode.ERROR;
    }
    err.flush();
    return code;
  }

  /** JSON is UTF-8 whatever the locale; so is the rest, to be one kind of output. */
  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
  }

  private static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return new CommandLine(new RootCommand())
        .setOut(out)
        .setErr(err)
        .registerConverter(Path.class, new PathConverter())
        .setExpandAtFiles(false) // A path may begin with @.
        .setParameterExceptionHandler(Errors::usage)
        .setExecutionExceptionHandler(Errors::unexpected);
  }
}
