package io.github.pmem2j.emulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The kernel's files about devices, and waiting for one to change. */
final class Sysfs {
  static final Path BLOCK = Path.of("/sys/class/block");
  static final Path ND = Path.of("/sys/bus/nd/devices");

  private Sysfs() {}

  /** The text of a file, without the line break. */
  static String read(Path file) {
    try {
      return Files.readString(file).stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The entries of a directory whose names match a regular expression, sorted. */
  static List<Path> list(Path directory, String regex) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(p -> p.getFileName().toString().matches(regex)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The directory of the bus of a provider, such as "nfit_test.0", if this machine has it. */
  static Optional<Path> bus(String provider) {
    return list(ND, "ndbus\\d+").stream()
        .filter(bus -> read(bus.resolve("provider")).equals(provider))
        .map(Sysfs::real)
        .findFirst();
  }

  /** Waits for a condition, and fails after two minutes. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain for: " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
