package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.PathBytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens pages in Chromium; {@code tests/page} runs it. Leaves screenshots in build/page. */
class HtmlPageChecks {
  private static final int MANY = 100_000;
  private static final int BAD = 500;
  private static final int MAX_SIZE = 2_000_000;
  private static final long TERABYTE = 1L << 40;
  private static final int[] WIDTHS = {400, 1600};
  private static final List<String> COLORS = List.of("light", "dark");

  /** Elements that reach out of the window, or whose content reaches out of them. */
  private static final String OVERFLOWING =
      """
      [document.documentElement, ...document.querySelectorAll('body *')]
        .filter(e => !e.closest('svg') && getComputedStyle(e).display != 'none')
        .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5
          || e.getBoundingClientRect().left < -0.5
          || (e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1))
        .map(e => e.tagName + '.' + e.className + ': ' + e.textContent.slice(0, 50))""";

  private static final String ROWS =
      """
      [...document.querySelectorAll('article')].map(a => [
        a.querySelector('.path').textContent,
        [...a.querySelectorAll('.ranges tbody tr')].map(
          r => [...r.cells].map(c => c.textContent))]).filter(a => a[1].length > 0)""";

  @TempDir private static Path profile;

  @TempDir private Path directory;

  private static Chromium chromium;

  private Path data;
  private Path page;

  @BeforeAll
  static void start() throws Exception {
    chromium = new Chromium(profile);
  }

  @AfterAll
  static void stop() throws IOException {
    chromium.close();
  }

  @BeforeEach
  void make() throws IOException {
    data = Files.createDirectory(directory.resolve("data"));
    page = directory.resolve("page.html");
  }

  private Path file(String name, int size) throws IOException {
    // By its bytes: Java cannot name it in every locale.
    Path file = PathBytes.path((data + "/" + name).getBytes(StandardCharsets.UTF_8));
    return Files.write(file, new byte[size]);
  }

  private List<JsonObject> scan(Object... options) throws IOException {
    List<Object> command = new ArrayList<>(List.of("scan", "--json", "--html", page));
    command.addAll(List.of(options));
    ChildJvm.Result result = SimulatedRun.in(data, command.toArray());
    return result
        .output()
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  /** Opens it in each width and both colors, and checks that all can be seen. */
  private void open(URI address, String name) throws Exception {
    for (int width : WIDTHS) {
      for (String colors : COLORS) {
        chromium.open(address, width, colors);
        chromium.screenshot(
            ChildJvm.root().resolve("build/page/" + name + "-" + width + "-" + colors + ".png"));
        assertEquals("[]", chromium.evaluate(OVERFLOWING).toString(), name + " " + width);
        assertEquals(width, chromium.evaluate("document.documentElement.scrollWidth").getAsInt());
        assertEquals(
            "\"" + (colors.equals("dark") ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)") + "\"",
            chromium.evaluate("getComputedStyle(document.body).backgroundColor").toString());
      }
    }
    assertEquals(List.of(), chromium.logged());
  }

  @Test
  void theNumbersAreThoseOfTheJson() throws Exception {
    file("bad.db", 1 << 22);
    file("bad<script>alert(1)<img src=x onerror=alert(2)>\u202e\n\"'&amp;", 16384);
    file("bad-" + "long-name-without-a-space".repeat(9), 8192);
    Files.write(
        PathBytes.path((data + "/bad\u00ff").getBytes(StandardCharsets.ISO_8859_1)),
        new byte[8192]);
    file("good", 40960);
    file("empty", 0);
    List<JsonObject> json = scan("-r", data, data.resolve("none"), "/proc/version");
    open(page.toUri(), "scan");
    JsonArray expected = new JsonArray();
    long bytes = 0;
    long count = 0;
    for (JsonObject line : json) {
      JsonArray rows = new JsonArray();
      if (line.has("badRanges")) {
        for (JsonElement each : line.getAsJsonArray("badRanges")) {
          JsonObject range = each.getAsJsonObject();
          rows.add(range.get("offset").getAsLong() + " " + range.get("length").getAsLong());
          bytes += range.get("length").getAsLong();
          count++;
        }
      }
      if (rows.size() > 0) {
        expected.add(shown(line.get("path").getAsString()) + " " + rows);
      }
    }
    JsonArray found = new JsonArray();
    for (JsonElement file : chromium.evaluate(ROWS).getAsJsonArray()) {
      JsonArray rows = new JsonArray();
      for (JsonElement row : file.getAsJsonArray().get(1).getAsJsonArray()) {
        JsonArray cells = row.getAsJsonArray();
        rows.add(cells.get(0).getAsString() + " " + cells.get(1).getAsString());
      }
      found.add(file.getAsJsonArray().get(0).getAsString() + " " + rows);
    }
    assertEquals(expected.toString(), found.toString());
    assertEquals(4, count);
    assertEquals(
        "[\"4 bad files\",\""
            + bytes
            + " bad bytes in "
            + count
            + " ranges\",\"0 unknown\","
            + "\"2 clean\",\"1 not on persistent memory\",\"1 failed\"]",
        chromium
            .evaluate("[...document.querySelectorAll('.tiles li')].map(e => e.textContent)")
            .toString());
    assertEquals(0, chromium.evaluate("document.scripts.length").getAsInt());
    assertEquals(0, chromium.evaluate("document.images.length").getAsInt());
    assertTrue(new String(chromium.print(), StandardCharsets.ISO_8859_1).startsWith("%PDF"));
  }

  private static String shown(String path) {
    StringBuilder text = new StringBuilder();
    path.codePoints()
        .forEach(
            c -> {
              if (c == '\n') {
                text.append("\\n");
              } else if (c == 0x202e || Character.getType(c) == Character.SURROGATE) {
                text.append(String.format("\\u%04x", c));
              } else {
                text.appendCodePoint(c);
              }
            });
    return text.toString();
  }

  /** The strictest policy that leaves it a look, in a frame that may do nothing. */
  @Test
  void aStrictPolicy() throws Exception {
    file("bad", 1 << 20);
    scan("-r", data);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/page.html",
        exchange -> {
          byte[] bytes = Files.readAllBytes(page);
          exchange.getResponseHeaders().add("Content-Type", "text/html");
          exchange
              .getResponseHeaders()
              .add(
                  "Content-Security-Policy",
                  "default-src 'none'; style-src 'unsafe-inline'; sandbox");
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    try {
      int port = server.getAddress().getPort();
      open(URI.create("http://127.0.0.1:" + port + "/page.html"), "policy");
      assertEquals(
          "url(\"#cell-lost\")",
          chromium
              .evaluate("getComputedStyle(document.querySelector('article rect.lost')).fill")
              .getAsString());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void manyFiles() throws Exception {
    for (int i = 0; i < MANY; i++) {
      boolean bad = i % (MANY / BAD) == 0;
      Path in = data.resolve("d" + i / 1000);
      Files.createDirectories(in);
      Files.write(in.resolve((bad ? "bad" : "good") + i), new byte[bad ? 8192 : 0]);
    }
    scan("-r", data);
    assertTrue(Files.size(page) < MAX_SIZE, Files.size(page) + " bytes");
    open(page.toUri(), "many");
    assertEquals(
        BAD, chromium.evaluate("document.querySelectorAll('.ranges tbody tr').length").getAsInt());
    System.out.println("100,000 files with 500 bad ranges: " + Files.size(page) + " bytes");
  }

  @Test
  void aSectorOfATerabyteCanBeSeen() throws Exception {
    try (RandomAccessFile sparse = new RandomAccessFile(data.resolve("bad").toFile(), "rw")) {
      sparse.write(new byte[8192]);
      sparse.setLength(TERABYTE);
    }
    scan(data.resolve("bad"));
    open(page.toUri(), "terabyte");
    assertSeen("article svg.grid rect.lost");
    FatJar.Result drawn =
        FatJar.execute(
            Map.of(),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                FatJar.path().toString(),
                ChildJvm.root().resolve("tests/page/StripPage.java").toString(),
                page.toString()));
    assertEquals(0, drawn.code(), drawn.err());
    open(page.toUri(), "strip");
    assertSeen("svg.strip rect.lost");
  }

  /** In the narrow window, where it is smallest: with its border. */
  private void assertSeen(String rectangles) throws Exception {
    chromium.open(page.toUri(), WIDTHS[0], COLORS.get(0));
    JsonArray sizes =
        chromium
            .evaluate(
                "[...document.querySelectorAll('"
                    + rectangles
                    + "')].map(e => e.getBoundingClientRect().width"
                    + " + (e.matches('.mark') ? parseFloat(getComputedStyle(e).strokeWidth) : 0))")
            .getAsJsonArray();
    assertTrue(sizes.size() > 0);
    sizes.forEach(size -> assertTrue(size.getAsDouble() >= 2, sizes::toString));
  }
}
