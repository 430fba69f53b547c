package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.pmem2j.Deadline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A Chromium without a window, driven through the protocol of its developer tools. */
final class Chromium implements AutoCloseable {
  private static final int SECONDS = 60;
  private static final int MAX_HEIGHT = 4000;
  private static final long POLL_NANOS = 10_000_000;

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<JsonObject> messages = new LinkedBlockingQueue<>();

  /** What the pages that were opened have logged: errors of all kinds among it. */
  private final List<JsonObject> logged = new ArrayList<>();

  private int calls;

  /**
   * Starts it.
   *
   * @param profile an empty directory
   */
  Chromium(Path profile) throws Exception {
    process =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("chromium.log").toFile())
            .start();
    Path port = profile.resolve("DevToolsActivePort");
    Deadline.until(
        () -> port.toFile().length() > 0,
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("Chromium ended with " + process.exitValue());
          }
          LockSupport.parkNanos(POLL_NANOS);
        },
        () -> port + " is missing");
    HttpClient client = HttpClient.newHttpClient();
    URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list");
    String tabs =
        client
            .send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
            .body();
    JsonObject tab = JsonParser.parseString(tabs).getAsJsonArray().get(0).getAsJsonObject();
    URI address = URI.create(tab.get("webSocketDebuggerUrl").getAsString());
    socket = client.newWebSocketBuilder().buildAsync(address, new Listener()).get();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", Map.of());
    }
  }

  /** Joins the parts of a message. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        messages.add(JsonParser.parseString(text.toString()).getAsJsonObject());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  /** Calls a method of the protocol. */
  JsonObject call(String method, Map<String, Object> parameters) throws Exception {
    JsonObject call = new JsonObject();
    int id = ++calls;
    call.addProperty("id", id);
    call.addProperty("method", method);
    JsonObject values = new JsonObject();
    parameters.forEach(
        (name, value) ->
            values.add(
                name,
                value instanceof JsonElement element
                    ? element
                    : JsonParser.parseString(new Gson().toJson(value))));
    call.add("params", values);
    socket.sendText(call.toString(), true).get();
    while (true) {
      JsonObject message = next();
      if (message.has("id") && message.get("id").getAsInt() == id) {
        assertTrue(message.has("result"), () -> method + ": " + message);
        return message.getAsJsonObject("result");
      }
    }
  }

  private JsonObject next() throws InterruptedException {
    JsonObject message = messages.poll(SECONDS, TimeUnit.SECONDS);
    assertTrue(message != null, "Chromium is silent");
    String method = message.has("method") ? message.get("method").getAsString() : "";
    if (List.of("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        .contains(method)) {
      logged.add(message);
    }
    return message;
  }

  /** Opens a page, in a window of this width. */
  void open(URI page, int width, String colors) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    JsonArray features = new JsonArray();
    JsonObject feature = new JsonObject();
    feature.addProperty("name", "prefers-color-scheme");
    feature.addProperty("value", colors);
    features.add(feature);
    call("Emulation.setEmulatedMedia", Map.of("features", features));
    call("Page.navigate", Map.of("url", page.toString()));
    while (true) {
      JsonObject message = next();
      if (message.has("method")
          && message.get("method").getAsString().equals("Page.loadEventFired")) {
        return;
      }
    }
  }

  /** The value of an expression in the page. */
  JsonElement evaluate(String expression) throws Exception {
    JsonObject result =
        call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
    assertTrue(!result.has("exceptionDetails"), result::toString);
    return result.getAsJsonObject("result").get("value");
  }

  /** The page as a PNG, without what is far down. */
  void screenshot(Path file) throws Exception {
    JsonObject size =
        call("Page.getLayoutMetrics", Map.of()).getAsJsonObject("cssContentSize").deepCopy();
    size.addProperty("height", Math.min(size.get("height").getAsInt(), MAX_HEIGHT));
    size.addProperty("scale", 1);
    JsonObject result =
        call("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", size));
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode(result.get("data").getAsString()));
  }

  /** The page as it is printed, a PDF. */
  byte[] print() throws Exception {
    JsonObject result = call("Page.printToPDF", Map.of("printBackground", true));
    return Base64.getDecoder().decode(result.get("data").getAsString());
  }

  List<JsonObject> logged() {
    return logged;
  }

  @Override
  public void close() throws IOException {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
