package io.github.pmem2j.emulated;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** QEMU's monitor (QMP), which the emulated machine reaches by a virtio port. */
final class Monitor implements AutoCloseable {
  private static final Path PORT = Path.of("/dev/virtio-ports/qmp");

  private final RandomAccessFile port;
  private final BufferedReader answers;

  private Monitor() throws IOException {
    port = new RandomAccessFile(PORT.toFile(), "rw");
    answers =
        new BufferedReader(
            new InputStreamReader(
                Channels.newInputStream(port.getChannel()), StandardCharsets.UTF_8));
  }

  /** Has QEMU list an error of a CXL device: an address and a length in it, multiples of 64. */
  static void injectPoison(String device, long address, long length) {
    run(
        "cxl-inject-poison",
        "{\"path\": \"/machine/peripheral/%s\", \"start\": %d, \"length\": %d}"
            .formatted(device, address, length));
  }

  /** Has a CXL device report an uncorrectable error at an address in it. */
  static void reportMediaError(String device, long address) {
    String more = version() < 11 ? "" : ", \"sub-type\": 0"; // required there, refused before
    run(
        "cxl-inject-general-media-event",
        ("{\"path\": \"/machine/peripheral/%s\", \"log\": \"failure\", \"flags\": 1, \"dpa\": %d,"
                + " \"descriptor\": 1, \"type\": 0, \"transaction-type\": 0%s}")
            .formatted(device, address, more));
  }

  /**
   * Has the processor report an uncorrected error at an address of the machine's memory, as a
   * patrol scrub finds it: nothing has consumed it, and the kernel only may act on it.
   */
  static void machineCheck(long address) {
    run(
        "human-monitor-command",
        "{\"command-line\": \"mce 0 9 0xbd000000000000c0 0x5 0x%x 0x8c\"}".formatted(address));
  }

  /** The major version of QEMU. */
  private static int version() {
    String answer = ask("query-version", "{}");
    Matcher major = Pattern.compile("\"major\": (\\d+)").matcher(answer);
    if (!major.find()) {
      throw new AssertionError("query-version: " + answer);
    }
    return Integer.parseInt(major.group(1));
  }

  private static void run(String command, String arguments) {
    String answer = ask(command, arguments);
    if (!answer.matches("\\{\"return\": (\\{\\}|\"\"), .*")) {
      throw new AssertionError(command + " " + arguments + ": " + answer);
    }
  }

  private static String ask(String command, String arguments) {
    try (Monitor monitor = new Monitor()) {
      // An earlier user of the port may have left answers in it: the session is the same.
      monitor.answer("qmp_capabilities", "{}");
      return monitor.answer(command, arguments);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command, and returns the line that answers it. */
  private String answer(String command, String arguments) throws IOException {
    String id = UUID.randomUUID().toString();
    port.write(
        "{\"execute\": \"%s\", \"arguments\": %s, \"id\": \"%s\"}\n"
            .formatted(command, arguments, id)
            .getBytes(StandardCharsets.UTF_8));
    String own = "\"id\": \"" + id + "\"";
    String line;
    do {
      line = answers.readLine();
      if (line == null) {
        throw new IOException("QEMU closed its monitor");
      }
    } while (!line.contains(own));
    return line;
  }

  @Override
  public void close() throws IOException {
    port.close();
  }
}
