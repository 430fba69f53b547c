package io.github.pmem2j.repair;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.PathBytes;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files whose names leave no room for a journal's, which begins with the file's. */
class RepairLongNameTest {
  private static final int PAGE = 4096;

  @ParameterizedTest
  @CsvSource({"239, n", "240, n", "241, n", "255, n", "255, \u00e9", "255, ?"})
  void isRepairedAndGoesOn(int length, char letter) throws IOException {
    byte[] content = new byte[8 * PAGE];
    new Random(length).nextBytes(content);
    Path root = FakeDisk.newDirectory("long-name");
    RepairDisk pmem = RepairDisk.create(root);
    byte[] name = ("/" + String.valueOf(letter).repeat(length)).getBytes(ISO_8859_1);
    Path file = Files.write(root.resolve(PathBytes.path(name).getFileName()), content);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Path replica = Files.write(root.resolve("replica"), content);
    Path journals = Files.createDirectory(root.resolve("journals"));
    for (Path directory : new Path[] {null, journals}) {
      pmem.spoil(file, 2 * PAGE, 5 * PAGE);
      RepairRun cut = run(pmem, file, directory, RepairStep.ALLOCATED);
      assertThrows(IllegalStateException.class, () -> cut.run(RangeRestorer.from(replica)));
      pmem.setBad(List.of());
      assertEquals(BadRange.Kind.ZEROED, pmem.scan(file).badRanges().get(0).kind());
      RepairResult result = run(pmem, file, null, null).run(RangeRestorer.from(replica));
      assertTrue(result.finished(), result::toString);
      assertEquals(2, result.ranges().size());
      assertArrayEquals(content, Files.readAllBytes(file));
      assertEquals(Verdict.CLEAN, pmem.scan(file).verdict());
      assertEquals(0, journals.toFile().list().length);
    }
  }

  private static RepairRun run(RepairDisk pmem, Path file, Path directory, RepairStep cutBehind) {
    RepairStep.Hook finding = pmem.findingGoodBlocks(file);
    return new RepairRun(
        file,
        directory,
        false,
        pmem.scanned(),
        step -> {
          finding.after(step);
          if (step == cutBehind) {
            throw new IllegalStateException("cut");
          }
        });
  }
}
