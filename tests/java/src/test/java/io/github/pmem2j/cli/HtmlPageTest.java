package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.PathBytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands write with {@code --html}; {@link HtmlPageChecks} opens it in a browser. */
@Tag("slow")
class HtmlPageTest {
  private static final int FEW = 20;

  @TempDir private Path directory;

  private Path data;
  private Path page;

  @BeforeEach
  void make() throws IOException {
    data = Files.createDirectory(directory.resolve("data"));
    page = directory.resolve("page.html");
  }

  private Path file(String name) throws IOException {
    // By its bytes: Java cannot name it in every locale.
    Path file = PathBytes.path((data + "/" + name).getBytes(StandardCharsets.UTF_8));
    return Files.write(file, new byte[16384]);
  }

  private static Matcher find(String expression, String text) {
    Matcher matcher = Pattern.compile(expression, Pattern.DOTALL).matcher(text);
    assertTrue(matcher.find(), text);
    return matcher;
  }

  private static String headline(String html) {
    return find("<h1>(.*?)</h1>", html).group(1);
  }

  @Test
  void aBadFileIsDrawn() throws IOException {
    file("good");
    file("bad");
    ChildJvm.Result result = SimulatedRun.in(data, "scan", "-r", "--html", page, data);
    assertEquals(ExitCodes.BAD_BLOCKS, result.exit(), result.output());
    String html = Files.readString(page);
    assertEquals("1 file is bad: 512 bytes lost", headline(html));
    assertTrue(html.contains(data.resolve("bad") + "</span></h3>"), html);
    assertTrue(
        html.contains(
            "<rect class=\"lost\" x=\"10\" width=\"10\" height=\"10\"><title>lost: bytes"
                + " 4096 to 8191</title></rect>"),
        html);
    assertTrue(
        html.contains("<td>4096</td><td>512</td><td>data, lost</td><td>4096+4096</td>"), html);
    assertTrue(html.contains("<title>good: bytes 8192 to 16383</title>"), html);
    assertTrue(html.contains("scrubbed 1 time"), html);
  }

  /** Its cells end where no number does. */
  @Test
  void theLargestFile() throws IOException {
    Path memory = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(memory), "no tmpfs, which has files of this size");
    Path largest = Files.createTempFile(memory, "pmem2j-test", "");
    try {
      try (RandomAccessFile file = new RandomAccessFile(largest.toFile(), "rw")) {
        file.setLength(Long.MAX_VALUE);
      }
      assertEquals(ExitCodes.OK, FatJar.run("scan", "--html", page, largest).code());
    } finally {
      Files.delete(largest);
    }
    String html = Files.readString(page);
    assertTrue(html.contains("<title>no list: bytes 0 to 9223372036854775806</title>"), html);
  }

  @Test
  void theJsonIsTheSame() throws IOException {
    file("good");
    file("bad");
    String without = SimulatedRun.in(data, "scan", "-r", "--json", data).output();
    String with = SimulatedRun.in(data, "scan", "-r", "--json", "--html", page, data).output();
    assertEquals(anyPlace(without), anyPlace(with));
    assertTrue(with.contains("\"badRanges\":[{\"offset\":4096"), with);
  }

  /** A file's place on the disk differs between two simulations of it. */
  private static List<String> anyPlace(String json) {
    return json.lines().map(l -> l.replaceAll("\"deviceSector\":\\d+", "")).sorted().toList();
  }

  @Test
  void hostileNamesAreShownAndDoNothing() throws IOException {
    file("bad<script>alert(1)<!--'\"&amp;");
    file("bad\u202egnp.exe\n\u001b[31m\u2066x");
    Path invalid = PathBytes.path(concat((data + "/bad").getBytes(StandardCharsets.UTF_8), 0xff));
    Files.write(invalid, new byte[8192]);
    assertEquals(
        ExitCodes.BAD_BLOCKS, SimulatedRun.in(data, "scan", "-r", "--html", page, data).exit());
    String html = Files.readString(page); // throws unless it is UTF-8
    assertFalse(html.contains("<script"), html);
    assertTrue(html.contains("bad&lt;script&gt;alert(1)&lt;!--&#39;&quot;&amp;amp;</span>"), html);
    assertTrue(html.contains("bad\\u202egnp.exe\\n\\u001b[31m\\u2066x"), html);
    assertTrue(html.contains("bad\\udcff"), html);
    assertTrue(
        html.codePoints().filter(c -> c != '\n').noneMatch(HtmlPageTest::isHidden), "hidden");
    assertEquals("3 files are bad: 1536 bytes (1.5 KiB) lost", headline(html));
  }

  private static byte[] concat(byte[] bytes, int last) {
    byte[] all = Arrays.copyOf(bytes, bytes.length + 1);
    all[bytes.length] = (byte) last;
    return all;
  }

  private static boolean isHidden(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE;
  }

  @Test
  void thePolicyAllowsNothingButItsOwnStyle() throws IOException, NoSuchAlgorithmException {
    FatJar.run("scan", "--html", page, "/proc/version");
    String html = Files.readString(page);
    byte[] style = find("<style>(.*)</style>", html).group(1).getBytes(StandardCharsets.UTF_8);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(style);
    assertTrue(
        html.contains(
            "default-src &#39;none&#39;; style-src &#39;sha256-"
                + Base64.getEncoder().encodeToString(hash)
                + "&#39;; base-uri"),
        html);
    assertFalse(Pattern.compile(" (style|src|href|on[a-z]+)=").matcher(html).find(), html);
    assertEquals("Not on persistent memory: nothing is known of errors", headline(html));
  }

  @Test
  void healthyFilesAreCounted() throws IOException {
    for (int i = 0; i < FEW; i++) {
      file("good" + i);
    }
    file("bad");
    SimulatedRun.in(data, "scan", "-r", "--html", page, data);
    String html = Files.readString(page);
    assertTrue(html.contains("Not drawn: 20 files more that have no known error"), html);
    assertEquals(1, find("Bad files(.*)", html).group(1).split("<article").length - 1, html);
  }

  /** Nothing bad was found, but that is not all. */
  @Test
  void whatFailsIsUnknown() throws IOException {
    file("good");
    Path none = data.resolve("none");
    ChildJvm.Result result =
        SimulatedRun.in(data, "scan", "--html", page, data.resolve("good"), none);
    assertEquals(ExitCodes.ERROR, result.exit(), result.output());
    String html = Files.readString(page);
    assertEquals("1 path could not be scanned", headline(html));
    assertTrue(html.contains(none + ": open failed: ENOENT (-2)"), html);
    assertTrue(html.contains("Check the path: there is no such file."), html);
  }

  @Test
  void unknownIsHatched() throws IOException {
    assertEquals(
        ExitCodes.UNKNOWN,
        FatJar.run("scan", "--require-pmem", "--html", page, "/proc/version").code());
    String html = Files.readString(page);
    assertEquals("Unknown: 1 file may have bad blocks", headline(html));
  }

  @Test
  void aVerificationIsDrawn() throws IOException {
    Path good = file("good");
    assertEquals(ExitCodes.OK, FatJar.run("verify", "--html", page, good).code());
    String html = Files.readString(page);
    assertEquals("Every byte can be read", headline(html));
    assertTrue(html.contains("<title>good: bytes 0 to 16383</title>"), html);
    assertEquals(ExitCodes.ERROR, FatJar.run("verify", "--html", page, data).code());
    assertEquals("1 path could not be read", headline(Files.readString(page)));
    Files.delete(page);
    FatJar.runInFull("verify", "--html", page, good, data);
    String unprinted = Files.readString(page);
    assertEquals("1 path could not be read", headline(unprinted), "the page has all paths");
  }

  @Test
  void aStatusWithoutDevices() throws IOException {
    FatJar.Result result = FatJar.run("status", "--html", page);
    if (result.err().contains("The kernel shows no persistent memory")) {
      assertEquals("The kernel shows no persistent memory", headline(Files.readString(page)));
    }
  }

  /** Before the work. */
  @Test
  void aFileThatCannotBeWritten() throws IOException {
    Path nowhere = directory.resolve("none/page.html");
    for (String command : List.of("scan", "verify", "status")) {
      FatJar.Result result = FatJar.run(command, "--html", nowhere, file("good"));
      assertEquals(ExitCodes.ERROR, result.code(), command);
      assertEquals("", result.out(), command);
      assertTrue(result.err().contains(nowhere.getParent().toString()), result.err());
      assertTrue(result.err().contains("no such file or directory"), result.err());
    }
  }

  @Test
  void twoOutputsAreTwoFiles() throws IOException {
    Path same = directory.resolve("../" + directory.getFileName()).resolve(page.getFileName());
    for (String command : List.of("scan", "status")) {
      FatJar.Result result =
          FatJar.run(command, "--html", page, "--openmetrics", same, file("good"));
      assertEquals(ExitCodes.ERROR, result.code(), command);
      String message = "pmem2j: --openmetrics and --html name the same file\n";
      assertTrue(result.err().startsWith(message), result.err());
      assertFalse(Files.exists(page), command);
    }
  }

  @Test
  void anotherFileIsNotReplaced() throws IOException {
    Path good = file("good");
    FatJar.Result result = FatJar.run("scan", "--html", good, good);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains(good + ": has other content"), result.err());
    assertEquals(16384, Files.size(good));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--html", "--openmetrics", "--mapfile"})
  void standardOutputHasTheReport(String option) throws IOException {
    FatJar.Result result = FatJar.run("scan", option, "-", file("good"));
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains(option + " takes the name of a file"), result.err());
  }

  @Test
  void nothingIsLeftBeside() throws IOException {
    FatJar.run("scan", "--html", page, "/proc/version");
    FatJar.run("scan", "--html", page, "/proc/version");
    try (Stream<Path> all = Files.list(directory)) {
      assertEquals(List.of(data, page), all.sorted().toList());
    }
  }
}
