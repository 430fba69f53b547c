package io.github.pmem2j.bench;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.device.BadBlockOwner;
import io.github.pmem2j.device.DeviceStatus;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import io.github.pmem2j.lucene.PmemDirectory;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.Salvage;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.MMapDirectory;

/**
 * {@code CALL PATH ROUNDS CYCLES [COMMAND...]}: makes a call CYCLES times a round, and prints a
 * line for each round: the nanoseconds of one call, and what it counted. The command, if there is
 * one, runs before each round. The peers in C are in cost.c.
 */
public final class Cost {
  /** What a round has left behind, to be deleted before the next, which does not count. */
  private static final List<Path> leftovers = new ArrayList<>();

  private Cost() {}

  private interface Call {
    long on(Path path) throws IOException;
  }

  private static Call named(String name, Path directory) throws IOException {
    return switch (name) {
      case "clear" -> Cost::clear;
      case "context" -> Cost::context;
      case "input" -> input(new PmemDirectory(new MMapDirectory(directory)));
      case "mapped-input" -> input(new MMapDirectory(directory));
      case "repair" -> Cost::repair;
      case "salvage" -> Cost::salvage;
      case "scan" -> path -> BadBlockScanner.scan(path).badRanges().size();
      case "status" -> Cost::status;
      case "tree" -> Cost::tree;
      case "verify" -> Cost::verify;
      case "walk" -> Cost::walk;
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Opens, drains and closes the bad blocks of a file; counts them. */
  private static long context(Path file) throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.openReadOnly(file)) {
      return badBlocks.remaining().size();
    }
  }

  /** Opens and closes a file of an index. */
  private static Call input(Directory directory) {
    return path -> {
      directory.openInput(path.getFileName().toString(), IOContext.DEFAULT).close();
      return 0;
    };
  }

  /** Opens, drains, clears and closes the bad blocks of a file; counts them. */
  private static long clear(Path file) throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      List<ByteRange> blocks = badBlocks.remaining();
      badBlocks.clear(blocks);
      return blocks.size();
    }
  }

  /** Repairs a file from the file "replica" beside it; counts the ranges. */
  private static long repair(Path file) throws IOException {
    RangeRestorer replica = RangeRestorer.from(file.resolveSibling("replica"));
    RepairResult result = BadBlockRepair.of(file).run(replica);
    if (!result.finished()) {
      throw new IOException(result.toString());
    }
    return result.ranges().size();
  }

  /** Salvages a file into the directory for temporary files; counts the lost bytes. */
  private static long salvage(Path file) throws IOException {
    Path copy = Files.createTempFile("salvaged", "");
    leftovers.add(copy);
    leftovers.add(Path.of(copy + ".map"));
    return Salvage.of(file, copy).run().lost().stream().mapToLong(ByteRange::length).sum();
  }

  /** Looks for the owners of the bad ranges below a file system; counts those of files. */
  private static long status(Path mount) throws IOException {
    return DeviceStatus.of(List.of(mount), ProgressListener.none()).stream()
        .flatMap(status -> status.ranges().stream())
        .filter(range -> range.owners().get(0).kind() == BadBlockOwner.Kind.FILE)
        .count();
  }

  /** Scans a tree; counts its files. */
  private static long tree(Path root) throws IOException {
    try (Stream<BadBlockReport> reports = BadBlockScanner.scanTree(root)) {
      return reports.count();
    }
  }

  /** Verifies a file; counts the lost bytes. */
  private static long verify(Path file) throws IOException {
    try (SalvageReader reader = SalvageReader.open(file)) {
      return reader.verify().lost().total();
    }
  }

  /** Walks a tree and reads each file's attributes; counts the files. */
  private static long walk(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.filter(Cost::isRegular).count();
    }
  }

  private static boolean isRegular(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).isRegularFile();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Path path = Path.of(args[1]);
    Call call = named(args[0], path.toAbsolutePath().getParent());
    int rounds = Integer.parseInt(args[2]);
    int cycles = Integer.parseInt(args[3]);
    List<String> command = List.of(args).subList(4, args.length);
    for (int round = 0; round < rounds; round++) {
      if (!command.isEmpty()
          && new ProcessBuilder(command)
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                  .start()
                  .waitFor()
              != 0) {
        throw new IOException(command + " failed");
      }
      for (Path leftover : leftovers) {
        Files.delete(leftover);
      }
      leftovers.clear();
      long count = 0;
      long begin = System.nanoTime();
      for (int i = 0; i < cycles; i++) {
        count = call.on(path);
      }
      System.out.println((System.nanoTime() - begin) / cycles + " " + count);
    }
  }
}
