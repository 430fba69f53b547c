package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The machine itself, flavour nfit: errors that are injected are there, and go by a reset. */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class NfitMachineTest {

  @RepeatedTest(2) // the second time shows that the first left nothing behind
  void aBadPageOfAFileCannotBeRead(Machine machine) throws IOException {
    Namespace fsdax = NfitTest.fsdax();
    TestFile file = TestFile.create(machine.ext4(fsdax.device()).resolve("file"), 16);
    Sectors page = FileExtent.page(file.path(), 5);
    Sectors bad = new Sectors(page.first() + 2, 1);
    assertEquals(List.of(), fsdax.badBlocks());

    NfitTest.inject(fsdax, bad);

    assertEquals(List.of(bad), fsdax.badBlocks());
    IOException failure = assertThrows(IOException.class, () -> file.read(5));
    assertEquals("Input/output error", failure.getMessage());
    for (int number = 0; number < file.pages(); number++) {
      if (number != 5) {
        assertArrayEquals(file.page(number), file.read(number));
      }
    }
  }

  @Test
  void aDaxDeviceHasItsErrorsInTheRegion() {
    Namespace devdax = NfitTest.devdax();

    NfitTest.inject(devdax, new Sectors(1000, 4));

    assertEquals(List.of(new Sectors(devdax.regionOffset() + 1000, 4)), devdax.regionBadBlocks());
  }

  @Test
  void errorsAreUnseenUntilTheScrub() {
    Namespace fsdax = NfitTest.fsdax();
    NfitTest.injectUnseen(fsdax, new Sectors(80, 8));
    assertEquals(List.of(), fsdax.badBlocks());
    NfitTest.scrub();
    assertEquals(List.of(new Sectors(80, 8)), fsdax.badBlocks());
  }

  @Test
  void aNamespaceTakesSectorMode(Machine machine) {
    Namespace sector = NfitTest.reshapeFsdax("sector");
    assertEquals("safe", sector.mode());
    assertTrue(sector.device().toString().matches("/dev/pmem\\d+s"), sector.toString());
  }

  @Test
  void anUnprivilegedUserCannotReadTheRegionsAddress() {
    String resource = NfitTest.devdax().region().resolve("resource").toString();
    assertEquals(0, Command.attempt("cat", resource).exitCode());
    assertEquals(1, Command.attemptAsNobody("cat", resource).exitCode());
  }
}
