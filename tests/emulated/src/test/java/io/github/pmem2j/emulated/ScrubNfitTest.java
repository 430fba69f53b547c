package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.device.Scrub;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Scrubs by the kernel's own driver: what they find, when they end, and what a scan reports. */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class ScrubNfitTest {
  private static final Duration MINUTES = Duration.ofMinutes(2);

  private static RangeSet bytes(Sectors sectors) {
    return RangeSet.builder()
        .add(sectors.first() * Sectors.SIZE, sectors.count() * Sectors.SIZE)
        .build();
  }

  @Test
  void findsUnknownErrorsAndAConcurrentScanReportsTheScrub(Machine machine) throws IOException {
    Namespace fsdax = NfitTest.fsdax();
    TestFile file = TestFile.create(machine.ext4(fsdax.device()).resolve("file"), 16);
    int before = Scrub.below(file.path()).count();
    Sectors bad = FileExtent.page(file.path(), 5);
    NfitTest.injectUnseen(fsdax, bad);
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file.path()).verdict());

    Scrub scrub = Scrub.start(file.path());
    BadBlockReport during = BadBlockScanner.scan(file.path());
    assertTrue(scrub.isRunning());
    System.out.println(during + " " + during.sources());
    ErrorSource source = during.sources().get(0);
    assertTrue(source.scrubbing());
    assertEquals(before, source.scrubs());
    assertFalse(scrub.await(Duration.ofMillis(1)));

    assertTrue(scrub.await(MINUTES));
    assertEquals(before + 1, scrub.count());
    String name = fsdax.device().getFileName().toString();
    System.out.println(scrub.found());
    assertEquals(List.of(new Scrub.Found(name, bytes(bad), true)), scrub.found());
    assertEquals(Verdict.BAD, BadBlockScanner.scan(file.path()).verdict());
  }

  @Test
  void theCommand(Machine machine) throws IOException {
    Namespace fsdax = NfitTest.fsdax();
    Namespace devdax = NfitTest.devdax();
    Path directory = machine.ext4(fsdax.device());
    NfitTest.injectUnseen(devdax, new Sectors(1000, 4));
    Command.Result result = CommandLine.run("scrub", "--wait", directory, devdax.device());
    System.out.println(result);
    assertEquals(1, result.exitCode());
    assertTrue(result.output().contains(directory + ": scrub of ndbus"), result::toString);
    assertTrue(result.output().contains("2048 bytes (2.0 KiB) newly bad on dax"), result::toString);
    assertTrue(result.output().contains(" at 512000+2048"), result::toString);

    Command.Result again = CommandLine.run("scrub", "--wait", "--json", devdax.device());
    assertEquals(0, again.exitCode(), again::toString);
    assertTrue(again.output().contains("\"running\":false,\"notScrubbed\":[],\"found\":[]"));

    Command.Result denied = CommandLine.runAsNobody("scrub", directory);
    assertEquals(2, denied.exitCode(), denied::toString);
    assertTrue(denied.errors().contains("nfit/scrub"), denied::toString);
  }

  @Test
  void aBusThatCannotScrubIsReported(Machine machine) {
    Namespace disk = machine.disks().get(0);
    Command.Result result = CommandLine.run("scrub", disk.device());
    System.out.println(result);
    assertEquals(2, result.exitCode());
    assertTrue(result.errors().contains("verify"), result::toString);
  }
}
