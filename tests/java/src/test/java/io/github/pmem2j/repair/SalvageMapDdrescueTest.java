package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Mapfiles beside GNU ddrescue's own tools: what those accept is accepted, and means the same. */
@Tag("slow")
class SalvageMapDdrescueTest {
  private static final int MUTATIONS = 500;

  /** How many bytes of a map are compared one by one. */
  private static final int SMALL = 4096;

  private static final List<String> TEXTS =
      List.of(
          "",
          "\n \t\n",
          "# c\n",
          "# c\n0x0 ? 1\n",
          "0x0 ?\n0 10 +\n",
          "0 ? 1\n0 10 + # behind a block\n10 5 -\n",
          "  # indented\n0 ? 1 # behind the status\n\t# indented\n0 10 +\n",
          "# \u00ff\u00fe\u0080 any bytes\n0 ? 1\n0 10 +\n",
          "0xFFFFFFFFFFFFFFFF ? 1\n0 10 +\n",
          "0x7FFFFFFFFFFFFFFF + 1\n0 0x7FFFFFFFFFFFFFFF ?\n",
          "0 ? 1\n0 0xFFFFFFFFFFFFFFFF +\n",
          "0 ? 1\n1 0x7FFFFFFFFFFFFFFF +\n",
          "0 ? 1\n5 10 +\n",
          "0 ? 1\n0 5 +\n7 5 +\n",
          "0 ? 1\n0 5 +\n3 5 +\n",
          "0 ? 1\n0 0 +\n0 5 -\n",
          "0 ? 1\n0 5 +\n5 0 -\n",
          "0 ? 1\n5 0 +\n5 5 -\n",
          "0 ? 1\n0 5 +\n5 0x7FFFFFFFFFFFFFFF -\n0x7FFFFFFFFFFFFFFF 5 +\n",
          "0 ? 1\n0 5 + x\n",
          "0 ? 1\n0 5+x\n",
          "0 ? 1 2\n0 5 +\n",
          "0 ? 0\n0 5 +\n",
          "0 ? -1\n0 5 +\n",
          "0 ? 0x1\n0 5 +\n",
          "0 ? 09\n0 5 +\n",
          "0 ?x\n0 5 +\n",
          "0 ? 2147483648\n0 5 +\n",
          "0 ? 4294967297\n0 5 +\n",
          "0 ? 99999999999999999999\n0 5 +\n",
          "0 x 1\n0 5 +\n",
          "0\n0 5 +\n",
          "-1 ? 1\n0 5 +\n",
          "0 ? 1\n-0 5 +\n",
          "0 ? 1\n-1 5 +\n",
          "0 ? 1\n0 -5 +\n",
          "0 ? 1\n+0 +5 +\n",
          "0 ? 1\n010 5 +\n",
          "0 ? 1\n08 5 +\n",
          "0x ? 1\n0x 5 +\n",
          "0 ? 1\n0 1k +\n",
          "0 ? 1\n0 5 F\n",
          "0 F 1\n0 5 *\n5 5 /\n10 1 ?\n11 1 -\n",
          "0 ? 1\n0 5 #+\n",
          "0 ? 1\n0 5 +",
          "0 ? 1\r\n0 5 +\r\n",
          "0 ? 1\n0 5 +\r5 6 +\n",
          "0 ? 1\n0\t5\u000b+\n\f5 1 -\n",
          "foo\n",
          "0 ? 1\n0 5 +\nfoo\n",
          "0 ? 1\n0 5 +\n\0\n",
          "0 ? 1\n0 5 + " + " ".repeat(300) + "\n5 6 -\n",
          "0 ? 1\n0" + " ".repeat(123) + "5 +\n",
          "0 ? 1\n0" + " ".repeat(125) + "5 +\n",
          " ".repeat(2000) + "0 ? 1\n0 5 +\n",
          "#" + "c".repeat(100_000) + "\n0 ? 1\n0 5 +\n");

  private Path file;

  @BeforeEach
  void make() throws IOException, InterruptedException {
    assumeTrue(
        new ProcessBuilder("sh", "-c", "command -v ddrescuelog && command -v ddrescue")
                .start()
                .waitFor()
            == 0,
        "GNU ddrescue (package gddrescue) is not installed");
    file = FakeDisk.newDirectory("ddrescue").resolve("map");
  }

  private record Ran(int code, String out) {}

  private static Ran run(Object... words) throws IOException, InterruptedException {
    List<String> command = Arrays.stream(words).map(Object::toString).toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    return new Ran(process.waitFor(), out);
  }

  private void compare(String text) throws IOException, InterruptedException {
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    SalvageMap map;
    try {
      map = SalvageMap.parse(text);
    } catch (SalvageMap.MalformedException e) {
      Ran ran = run("ddrescuelog", "--show-status", file);
      assertEquals(2, ran.code(), () -> "refused by us alone: " + e.getMessage());
      String line = e.getMessage().split(":")[0] + ":";
      assertTrue(ran.out().contains(line), () -> text + line + " is " + ran.out());
      return;
    }
    if (map.end() > SMALL) {
      Ran ran = run("ddrescuelog", "--show-status", file);
      assertEquals(0, ran.code(), () -> text + ran.out());
      return;
    }
    assertEquals(numbers(map), theirs(file), text);
    Path written = Files.writeString(file.resolveSibling("written"), map.text(0));
    assertEquals(numbers(map), theirs(written), text);
  }

  /** The numbers of the bytes that are finished, and of those that are lost. */
  private static List<List<Long>> numbers(SalvageMap map) {
    List<List<Long>> numbers = new ArrayList<>();
    for (char mark : new char[] {SalvageMap.FINISHED, SalvageMap.LOST}) {
      List<Long> bytes = new ArrayList<>();
      map.all(mark)
          .forEach(
              range -> {
                for (long at = range.offset(); at < range.end(); at++) {
                  bytes.add(at);
                }
              });
      numbers.add(bytes);
    }
    return numbers;
  }

  private static List<List<Long>> theirs(Path map) throws IOException, InterruptedException {
    List<List<Long>> numbers = new ArrayList<>();
    for (char mark : new char[] {SalvageMap.FINISHED, SalvageMap.LOST}) {
      Ran ran = run("ddrescuelog", "--block-size=1", "--list-blocks=" + mark, map);
      assertEquals(0, ran.code(), ran::out);
      numbers.add(
          ran.out()
              .lines()
              .filter(line -> !line.endsWith("domain is empty."))
              .map(Long::valueOf)
              .collect(Collectors.toList()));
    }
    return numbers;
  }

  @Test
  void acceptsAndRefusesTheSameInput() throws IOException, InterruptedException {
    for (String text : TEXTS) {
      compare(text);
    }
  }

  @Test
  void acceptsAndRefusesTheSameOfRandomInput() throws IOException, InterruptedException {
    Random random = new Random(19);
    String characters = "0123456789xX+-*/?#F \t\n\0kabf.";
    String whole = "# c\n0x10 ? 1\n# d\n0x0 0x10 +\n0x10 040 -\n48 5 ?\n0x35 0x100 *\n";
    for (int i = 0; i < MUTATIONS; i++) {
      StringBuilder text = new StringBuilder(whole);
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        int at = random.nextInt(text.length());
        char c = characters.charAt(random.nextInt(characters.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, c);
          case 1 -> text.insert(at, c);
          default -> text.deleteCharAt(at);
        }
      }
      compare(text.toString());
    }
  }

  /** There and back: neither begins again, and both call it finished. */
  @Test
  void goesOnWithWhatDdrescueBeganAndTheOtherWayRound() throws IOException, InterruptedException {
    byte[] content = new byte[1 << 20];
    new Random(2).nextBytes(content);
    Path source = Files.write(file.resolveSibling("source"), content);
    Path copy = file.resolveSibling("copy");
    assertEquals(0, run("ddrescue", "--size=256Ki", source, copy, file).code());
    Arrays.fill(content, 0, 256 << 10, (byte) 0);
    Files.write(copy, new byte[256 << 10]); // if it begins again, it is seen
    Salvage salvage = Salvage.of(source, copy).withMapFile(file).withForeignMap();
    assertTrue(salvage.run().complete());
    assertArrayEquals(content, Files.readAllBytes(copy));
    assertEquals(0, run("ddrescuelog", "--done-status", file).code());
    assertEquals(0, run("ddrescue", source, copy, file).code());
    assertArrayEquals(content, Files.readAllBytes(copy));
  }
}
