package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import io.github.pmem2j.libpmem2.Pmem2Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The Java API reports the same bad blocks and error codes as a C program on libpmem2. */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class SameAsLibpmem2Test {
  private static final Path PROGRAM =
      Path.of("build/cmake/tests/native/list_bad_blocks").toAbsolutePath();

  /** Java's answer in the words of the C program. */
  private static String java(String access, Path path) {
    try (Pmem2Source source =
            access.equals("anonymous")
                ? Pmem2Source.anonymous(Long.parseLong(path.toString()))
                : Pmem2Source.open(path, options(access));
        Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(source)) {
      StringBuilder answer = new StringBuilder();
      for (ByteRange block : badBlocks.remaining()) {
        answer.append("%d %d\n".formatted(block.offset(), block.length()));
      }
      return answer.toString();
    } catch (IOException e) {
      Pmem2Exception own = (Pmem2Exception) (e instanceof Pmem2Exception ? e : e.getCause());
      return "%s %d\n".formatted(own.operation(), own.code());
    }
  }

  private static OpenOption[] options(String access) {
    List<OpenOption> options = new ArrayList<>();
    if (access.contains("r")) {
      options.add(StandardOpenOption.READ);
    }
    if (access.contains("w")) {
      options.add(StandardOpenOption.WRITE);
    }
    return options.toArray(new OpenOption[0]);
  }

  private static String c(String access, Path path) {
    return Command.attempt(PROGRAM, access, path).output();
  }

  @Test
  void listsAreTheSame(Machine machine) throws IOException {
    Namespace fsdax = NfitTest.fsdax();
    Path mount = machine.ext4(fsdax.device());
    List<TestFile> files = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      files.add(TestFile.create(mount.resolve("file" + i), 8 << (i % 3)));
    }
    // Every other goes, so that a large file gets several extents.
    for (int i = 0; i < 8; i += 2) {
      Files.delete(files.get(i).path());
    }
    TestFile large = TestFile.create(mount.resolve("large"), 6000);
    NfitTest.inject(
        fsdax,
        new Sectors(FileExtent.page(files.get(3).path(), 2).first(), 24),
        new Sectors(FileExtent.page(large.path(), 0).first() + 3, 9),
        new Sectors(FileExtent.page(large.path(), 5900).first(), 1));

    assertTrue(c("r", large.path()).lines().count() >= 2, "nothing to compare");
    try (Stream<Path> all = Files.list(mount)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        assertEquals(c("r", file), java("r", file), file.toString());
      }
    }

    Namespace devdax = NfitTest.devdax();
    NfitTest.inject(devdax, new Sectors(0, 1), new Sectors(777, 80));
    assertEquals(2, c("rw", devdax.device()).lines().count());
    assertEquals(c("rw", devdax.device()), java("rw", devdax.device()));
  }

  @Test
  void errorsAreTheSame(Machine machine) throws IOException {
    Path mount = machine.ext4(NfitTest.fsdax().device());
    Path file = TestFile.create(mount.resolve("file"), 1).path();
    Path pipe = mount.resolve("pipe");
    Command.run("mkfifo", pipe);

    assertSame("open -2\n", "r", mount.resolve("missing"));
    assertSame("pmem2_source_from_fd -100005\n", "r", mount);
    assertSame("pmem2_source_from_fd -100005\n", "r", NfitTest.fsdax().device());
    assertSame("pmem2_source_from_fd -100005\n", "rw", pipe);
    assertSame("pmem2_source_from_fd -100004\n", "w", file);
    assertSame("pmem2_source_from_fd -100005\n", "rw", Path.of("/dev/null"));
    assertSame("pmem2_badblock_context_new -100001\n", "anonymous", Path.of("1048576"));
  }

  private static void assertSame(String expected, String access, Path path) {
    assertEquals(expected, c(access, path), "C on " + path);
    assertEquals(expected, java(access, path), "Java on " + path);
  }

  @Test
  void anUnprivilegedUserCannotQueryADaxDevice(Machine machine) {
    Path device = NfitTest.devdax().device();
    Command.run("chmod", "666", device);
    assertEquals(
        "pmem2_badblock_context_new -100028\n",
        Command.attemptAsNobody(PROGRAM, "r", device).output());

    Command.Result list = CommandLine.runAsNobody("list", "--json", device);
    assertEquals(2, list.exitCode(), list.toString());
    assertTrue(
        list.output().contains("\"code\":-100028,\"name\":\"PMEM2_E_CANNOT_READ_BOUNDS\""),
        list.toString());
  }
}
