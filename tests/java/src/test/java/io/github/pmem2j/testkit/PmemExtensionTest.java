package io.github.pmem2j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each test has persistent memory of its own. */
@ExtendWith(PmemExtension.class)
class PmemExtensionTest {
  private static Path last;
  private SimulatedPmem before;

  @BeforeEach
  void write(SimulatedPmem pmem) throws IOException {
    before = pmem;
    Files.write(pmem.directory().resolve("file"), new byte[8192]);
  }

  @RepeatedTest(2)
  void anotherTestHasAnother(SimulatedPmem pmem) throws IOException {
    assertSame(before, pmem);
    assertNotEquals(last, pmem.directory());
    if (last != null) {
      assertFalse(Files.exists(last));
    }
    last = pmem.directory();
    Path file = last.resolve("file");
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file).verdict());
    pmem.damage(file, 0, 512);
    assertEquals(Verdict.BAD, BadBlockScanner.scan(file).verdict());
  }

  @Nested
  class OfTheConstructor {
    private static SimulatedPmem shared;

    OfTheConstructor(SimulatedPmem pmem) {
      assertTrue(shared == null || shared == pmem);
      shared = pmem;
    }

    @RepeatedTest(2)
    void shareIt(SimulatedPmem pmem) {
      assertSame(shared, pmem);
    }
  }

  @Nested
  class OfAllTests {
    private static SimulatedPmem shared;

    @BeforeAll
    static void take(SimulatedPmem pmem) {
      shared = pmem;
    }

    @Test
    void shareIt(SimulatedPmem pmem) {
      assertSame(shared, pmem);
    }

    @AfterAll
    static void itIsOpenToTheEnd(SimulatedPmem pmem) {
      assertSame(shared, pmem);
      assertEquals(true, Files.exists(pmem.directory()));
    }
  }
}
