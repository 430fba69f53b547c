package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A repair puts zeros in a file for a moment: nobody copies or restores them as data. */
class RepairOfSourceTest extends RepairTestCase {
  private static final String REPAIRED = "is repairing it, or copying from it";

  private IOException repairFails() {
    try {
      pmem.spoil(file, 9 * PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return assertThrows(
        IOException.class,
        () ->
            walk(step -> {
                  if (step == RepairStep.ALLOCATED) {
                    throw new UncheckedIOException(new IOException("there are zeros in it"));
                  }
                })
                .run(RangeRestorer.zeros()));
  }

  @Test
  void aReplicaIsNotRepairedWhileItIsUsed() throws IOException {
    pmem.spoil(replica, 9 * PAGE);
    RepairStep.Hook finding = pmem.findingGoodBlocks(replica);
    RepairStep.Hook hook =
        step -> {
          finding.after(step);
          if (step == RepairStep.PLANNED) {
            assertTrue(repairFails().getMessage().contains(REPAIRED));
          }
        };
    RepairResult result =
        new RepairRun(replica, null, false, pmem.scanned(), hook).run(RangeRestorer.from(file));
    assertEquals(List.of(Outcome.RESTORED), outcomes(result), result::toString);
    assertArrayEquals(content, Files.readAllBytes(replica));
  }

  @Test
  void aReplicaUnderRepairIsNotUsed() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    Path third = file.resolveSibling("third");
    write(third);
    int[] refused = {0};
    RepairResult result =
        repair(
            RepairStep.PUNCHED,
            () -> {
              IOException e =
                  assertThrows(
                      IOException.class,
                      () -> BadBlockRepair.of(third).run(RangeRestorer.from(file)));
              assertTrue(e.getMessage().startsWith(file + ": another process"), e.getMessage());
              refused[0]++;
            });
    assertTrue(result.finished() && refused[0] > 0, result::toString);
    assertWhole();
  }

  private SalvageResult salvage(Path copy, Runnable meanwhile) throws IOException {
    return SalvageCopy.run(
        file,
        copy,
        copy.resolveSibling("map"),
        new SalvageOptions(false, false),
        pmem.scanned(),
        progress -> meanwhile.run());
  }

  @Test
  void aFileIsNotRepairedWhileItIsSalvaged() throws IOException {
    Path copy = file.resolveSibling("copy");
    SalvageResult result =
        salvage(copy, () -> assertTrue(repairFails().getMessage().contains(REPAIRED)));
    assertEquals(RangeSet.empty(), result.lost());
    assertArrayEquals(content, Files.readAllBytes(copy));
  }

  /** Another program may hold the lock of its own file, as long as it does not write. */
  @Test
  void aFileThatIsRepairedWhileItIsSalvagedIsNotCopied() throws IOException {
    try (Descriptor other = Descriptor.open(file, Descriptor.Mode.WRITE)) {
      assertTrue(FileIo.tryLock(other));
      assertEquals(RangeSet.empty(), salvage(file.resolveSibling("first"), () -> {}).lost());
      Files.delete(file.resolveSibling("map"));
      Runnable write =
          () -> {
            try {
              FileIo.punch(other, 9 * PAGE, PAGE);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          };
      IOException e =
          assertThrows(IOException.class, () -> salvage(file.resolveSibling("second"), write));
      assertTrue(e.getMessage().contains("changed it while it was copied"), e.getMessage());
    }
  }
}
