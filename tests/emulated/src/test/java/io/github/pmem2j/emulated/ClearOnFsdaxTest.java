package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two errors in a file on ext4 on the kernel's NVDIMM test module: found, cleared, gone. */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class ClearOnFsdaxTest {
  private static final int PAGES = 64;

  /** Three sectors in one page; and one that ends a page with one that begins the next. */
  private static final List<ByteRange> BAD =
      List.of(
          new ByteRange(5L * Sectors.PAGE, Sectors.PAGE),
          new ByteRange(40L * Sectors.PAGE, 2L * Sectors.PAGE));

  private static final Set<Integer> BAD_PAGES = Set.of(5, 40, 41);

  private TestFile file;

  @BeforeEach
  void injectTwoErrors(Machine machine) throws IOException {
    Namespace fsdax = NfitTest.fsdax();
    file = TestFile.create(machine.ext4(fsdax.device()).resolve("file"), PAGES);
    assertEquals(1, FileExtent.of(file.path()).size(), "the errors would be cut at extents");
    Sectors first = FileExtent.page(file.path(), 5);
    Sectors second = FileExtent.page(file.path(), 41);
    NfitTest.inject(fsdax, new Sectors(first.first() + 2, 3), new Sectors(second.first() - 1, 2));
  }

  @Test
  void theJavaApiListsAndClearsExactlyThem() throws IOException {
    assertThrows(IOException.class, () -> file.read(5));

    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file.path())) {
      assertTrue(badBlocks.deviceMatched());
      List<ByteRange> found = badBlocks.remaining();
      assertEquals(BAD, found);
      for (ByteRange block : found) {
        badBlocks.clear(block);
      }
    }

    assertNoneIsLeft();
  }

  @Test
  void theCommandLineListsAndClearsExactlyThem() throws IOException {
    Command.Result list = CommandLine.run("list", "--json", file.path());
    assertEquals(1, list.exitCode(), list.toString());
    assertEquals(
        "{\"path\":\"%s\",\"deviceMatched\":true,\"badBlocks\":[%s]}\n"
            .formatted(
                file.path(),
                "{\"offset\":20480,\"length\":4096},{\"offset\":163840,\"length\":8192}"),
        list.output());

    Command.Result dryRun = CommandLine.run("clear", "--dry-run", file.path());
    assertEquals(1, CommandLine.run("list", file.path()).exitCode(), dryRun.toString());
    Command.Result clear = CommandLine.runAsProcess("clear", "--yes", file.path());
    assertEquals(0, clear.exitCode(), clear.toString());

    assertNoneIsLeft();
    Command.Result after = CommandLine.run("list", file.path());
    assertEquals(0, after.exitCode(), after.toString());
  }

  private void assertNoneIsLeft() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file.path())) {
      assertEquals(List.of(), badBlocks.remaining());
      assertTrue(badBlocks.deviceMatched());
    }
    assertEquals(PAGES, file.pages());
    for (int number = 0; number < PAGES; number++) {
      byte[] expected = BAD_PAGES.contains(number) ? new byte[Sectors.PAGE] : file.page(number);
      assertArrayEquals(expected, file.read(number), "page " + number);
    }
  }
}
