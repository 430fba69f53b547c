package io.github.pmem2j.internal.device;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the events that a trace instance holds, all of them or none. */
final class TraceLines {
  private static final String HEADER = "# tracer: nop\n#\n";
  private static final int MAX_TEXT = 1 << 26;
  private static final int ATTEMPTS = 5;
  private static final Pattern COUNT =
      Pattern.compile("(entries|overrun|commit overrun|dropped events): ([0-9]{1,18})");

  private TraceLines() {}

  /** The lines of a trace, as many as it has events. */
  static List<String> read(Path directory) throws IOException {
    for (int attempt = 1; ; attempt++) {
      long events = events(directory);
      List<String> lines = lines(directory);
      if (events == lines.size()) {
        return lines;
      }
      // Another event may just have been under way.
      if (attempt == ATTEMPTS) {
        throw new IOException(
            directory.resolve("trace") + " has " + lines.size() + " of " + events + " events");
      }
    }
  }

  /** How many events the instance holds; it is an error if any was lost. */
  private static long events(Path directory) throws IOException {
    long events = 0;
    try (DirectoryStream<Path> processors =
        Files.newDirectoryStream(directory.resolve("per_cpu"), "cpu*")) {
      for (Path processor : processors) {
        Matcher counts = COUNT.matcher(text(processor.resolve("stats")));
        int found = 0;
        for (; counts.find(); found++) {
          long count = Long.parseLong(counts.group(2));
          if (counts.group(1).equals("entries")) {
            events += count;
          } else if (count > 0) {
            throw new IOException(processor.resolve("stats") + ": events were lost");
          }
        }
        if (found != 4) {
          throw new IOException(processor.resolve("stats") + " lacks a count");
        }
      }
    }
    return events;
  }

  private static List<String> lines(Path directory) throws IOException {
    String text = text(directory.resolve("trace"));
    if (text.startsWith(HEADER)) {
      text = text.substring(HEADER.length());
    }
    if (!text.isEmpty() && !text.endsWith("\n")) {
      throw new IOException(directory.resolve("trace") + " ends within a line");
    }
    List<String> lines = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('\n', at);
      lines.add(text.substring(at, end));
      at = end + 1;
    }
    return lines;
  }

  /** The text of a file of the kernel. Not by a channel, which an interrupt would close. */
  static String text(Path file) throws IOException {
    try (InputStream in = new FileInputStream(file.toFile())) {
      byte[] text = in.readNBytes(MAX_TEXT);
      if (text.length == MAX_TEXT) {
        throw new IOException(file + " is longer than " + MAX_TEXT + " bytes");
      }
      return new String(text, StandardCharsets.ISO_8859_1);
    }
  }
}
