package io.github.pmem2j.cli;

import io.github.pmem2j.PathBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments as given. Java decodes them by the locale, and cron, systemd and many containers
 * set none: then names that are not ASCII are lost, and with them the files. The kernel still has
 * the bytes. They are decoded here as UTF-8; a byte that is not UTF-8 becomes a single surrogate
 * (U+DC80 to U+DCFF), from which {@link PathBytes#bytes} restores it.
 */
final class Arguments {
  /** Java's replacement for bytes that it cannot decode. */
  static final char LOST = '\uFFFD';

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private Arguments() {}

  /** The arguments, decoded without loss if possible. */
  static String[] restore(String[] args) {
    if (String.join("", args).indexOf(LOST) < 0) {
      return args;
    }
    List<byte[]> raw;
    try {
      raw = split(Files.readAllBytes(COMMAND_LINE));
    } catch (IOException e) {
      return args;
    }
    String[] restored = args.clone();
    int skip = raw.size() - args.length; // java, its options, and the jar
    for (int i = 0; i < args.length && skip > 0; i++) {
      if (args[i].indexOf(LOST) >= 0) {
        restored[i] = PathBytes.text(raw.get(skip + i));
      }
    }
    return restored;
  }

  private static List<byte[]> split(byte[] commandLine) {
    List<byte[]> parts = new ArrayList<>();
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    for (byte b : commandLine) {
      if (b == 0) {
        parts.add(part.toByteArray());
        part.reset();
      } else {
        part.write(b);
      }
    }
    return parts;
  }
}
