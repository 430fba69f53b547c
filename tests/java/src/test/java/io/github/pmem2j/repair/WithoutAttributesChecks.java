package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Run by {@link RepairJournalTest}. Only a journal beside its file can be found again there. */
class WithoutAttributesChecks extends RepairTestCase {
  private Path beside;
  private Path elsewhere;

  @BeforeEach
  void damage() throws IOException {
    beside = file.resolveSibling(".file.pmem2j-repair");
    elsewhere = Files.createDirectory(file.resolveSibling("elsewhere"));
    assertNull(FileIo.repairMark(file), "it has attributes");
    pmem.spoil(file, 5 * PAGE);
  }

  private RepairResult repair(Path directory, RepairStep cutBehind) throws IOException {
    RepairStep.Hook finding = pmem.findingGoodBlocks(file);
    RepairStep.Hook hook =
        step -> {
          finding.after(step);
          if (step == cutBehind) {
            throw new IllegalStateException("cut");
          }
        };
    return new RepairRun(file, directory, false, pmem.scanned(), hook)
        .run(RangeRestorer.from(replica));
  }

  @Test
  void noJournalIsKeptElsewhere() throws IOException {
    IOException e = assertThrows(IOException.class, () -> repair(elsewhere, null));
    assertTrue(e.getMessage().contains("keeps no extended attributes"), e.getMessage());
    assertArrayEquals(content, Files.readAllBytes(file));
    try (var left = Files.list(elsewhere)) {
      assertEquals(List.of(), left.toList());
    }
  }

  /** Such a name can be no journal's. */
  @Test
  void aLongNameIsNotUnknown() throws IOException {
    Path longest = Files.move(file, file.resolveSibling("n".repeat(250)));
    pmem.setBad(List.of());
    assertEquals(Verdict.CLEAN, pmem.scan(longest).verdict());
  }

  /** It is all that knows of zeros. */
  @Test
  void theJournalBesideTheFileStaysUntilAllIsRestored() throws IOException {
    assertThrows(IllegalStateException.class, () -> repair(null, RepairStep.ALLOCATED));
    pmem.setBad(List.of());
    assertEquals(BadRange.Kind.ZEROED, pmem.scan(file).badRanges().get(0).kind());
    pmem.spoil(file, 2 * PAGE);
    assertThrows(IllegalStateException.class, () -> repair(elsewhere, RepairStep.MARKED));
    assertTrue(Files.exists(beside));
    assertEquals(2, pmem.scan(file).badRanges().size());
    assertTrue(repair(elsewhere, null).finished());
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals(Verdict.CLEAN, pmem.scan(file).verdict());
    assertFalse(Files.exists(beside));
  }
}
