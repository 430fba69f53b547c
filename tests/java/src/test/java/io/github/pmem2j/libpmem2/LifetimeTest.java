package io.github.pmem2j.libpmem2;

import static io.github.pmem2j.ScriptedNdctl.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.internal.jni.Handle;
import io.github.pmem2j.internal.jni.NoLiveHandles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LifetimeTest extends BadBlockTestCase {
  @AfterEach
  void traceNoMore() {
    System.clearProperty(Handle.TRACE_PROPERTY);
  }

  private static Map<String, Executable> calls(Pmem2BadBlocks badBlocks) {
    Map<String, Executable> calls = new LinkedHashMap<>();
    calls.put("next", badBlocks::next);
    calls.put("remaining", badBlocks::remaining);
    calls.put("deviceMatched", badBlocks::deviceMatched);
    calls.put("clear", () -> badBlocks.clear(BAD));
    return calls;
  }

  private static Map<String, Executable> calls(Pmem2Source source) {
    Map<String, Executable> calls = new LinkedHashMap<>();
    calls.put("size", source::size);
    calls.put("alignment", source::alignment);
    calls.put("deviceId", source::deviceId);
    calls.put("deviceUnsafeShutdownCount", source::deviceUnsafeShutdownCount);
    calls.put("open", () -> Pmem2BadBlocks.open(source));
    return calls;
  }

  private void allFail(Map<String, Executable> calls) {
    calls.forEach(
        (name, call) -> {
          String message = assertThrows(IllegalStateException.class, call, name).getMessage();
          assertTrue(message.contains(file + " is closed"), name + ": " + message);
          assertTrue(message.contains(Handle.TRACE_PROPERTY), name + ": " + message);
        });
  }

  @Test
  void aClosedObjectThrows() throws IOException {
    Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file);
    badBlocks.next();
    badBlocks.close();
    allFail(calls(badBlocks));
    assertEquals("Pmem2BadBlocks of " + file, badBlocks.toString());
    Pmem2Source source = Pmem2Source.open(file);
    source.close();
    allFail(calls(source));
  }

  @Test
  void closingTwiceIsClosingOnce() throws IOException {
    Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file);
    Pmem2Source source = Pmem2Source.open(file);
    for (int i = 0; i < 3; i++) {
      badBlocks.close();
      source.close();
      assertEquals(0, NoLiveHandles.total(), NoLiveHandles.live());
    }
    assertEquals(1, count("ndctl_unref"));
  }

  private long count(String line) throws IOException {
    return ndctl.log().lines().filter(each -> each.startsWith(line + " ")).count();
  }

  @Test
  void closingASourceClosesItsContextsFirst() throws IOException {
    Pmem2Source source = Pmem2Source.open(file);
    Pmem2BadBlocks first = Pmem2BadBlocks.open(source);
    Pmem2BadBlocks second = Pmem2BadBlocks.open(source);
    Pmem2BadBlocks closed = Pmem2BadBlocks.open(source);
    closed.close();
    assertEquals("[1, 1, 2]", NoLiveHandles.live());
    source.close();
    assertEquals(0, NoLiveHandles.total(), NoLiveHandles.live());
    assertEquals(3, count("ndctl_unref"));
    allFail(calls(first));
    allFail(calls(second));
    first.close();
    second.close();
    assertEquals(3, count("ndctl_unref"));
  }

  @Test
  void aBorrowedSourceStaysOpen() throws IOException {
    try (Pmem2Source source = Pmem2Source.open(file)) {
      try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(source)) {
        assertEquals(Optional.of(BAD), badBlocks.next());
      }
      assertEquals("[1, 1, 0]", NoLiveHandles.live());
      assertEquals(4 * PAGE, source.size());
      try (Pmem2BadBlocks again = Pmem2BadBlocks.open(source)) {
        assertEquals(Optional.of(BAD), again.next());
      }
    }
  }

  @Test
  void aFailedOpenLeavesNothing() throws IOException {
    ndctl.add("fail ndctl_new EIO");
    assertThrows(Pmem2Exception.class, () -> Pmem2BadBlocks.open(file));
    assertEquals(0, NoLiveHandles.total(), NoLiveHandles.live());
    assertThrows(Pmem2Exception.class, () -> Pmem2Source.open(ndctl.directory()));
    assertEquals(0, NoLiveHandles.total(), NoLiveHandles.live());
  }

  @Test
  void clearLeavesNothingBehind() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      badBlocks.remaining();
      assertThrows(IllegalArgumentException.class, () -> badBlocks.clear(new ByteRange(0, PAGE)));
      assertEquals("[1, 1, 1]", NoLiveHandles.live());
      badBlocks.clear(BAD);
      assertEquals("[1, 1, 1]", NoLiveHandles.live());
    }
  }

  @Test
  void closesInARow() throws IOException {
    for (int i = 0; i < 100; i++) {
      try (Pmem2Source source = Pmem2Source.open(file);
          Pmem2BadBlocks one = Pmem2BadBlocks.open(source);
          Pmem2BadBlocks two = Pmem2BadBlocks.open(source)) {
        assertEquals(one.remaining(), two.remaining());
      }
      assertEquals(0, NoLiveHandles.total(), NoLiveHandles.live());
    }
  }

  private static void opensHere(Path file, List<Pmem2BadBlocks> into) throws IOException {
    into.set(0, Pmem2BadBlocks.open(file));
  }

  private static void closesHere(List<Pmem2BadBlocks> from) {
    from.get(0).close();
  }

  @Test
  void aTraceShowsWhereItWasOpenedAndClosed() throws IOException {
    System.setProperty(Handle.TRACE_PROPERTY, "true");
    List<Pmem2BadBlocks> one = Arrays.asList((Pmem2BadBlocks) null);
    opensHere(file, one);
    closesHere(one);
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> one.get(0).next());
    assertNotNull(e.getCause());
    assertEquals("closed here", e.getCause().getMessage());
    assertTrue(frames(e.getCause()).contains("closesHere"), frames(e.getCause()));
    assertEquals("opened here", e.getSuppressed()[0].getMessage());
    assertTrue(frames(e.getSuppressed()[0]).contains("opensHere"), frames(e.getSuppressed()[0]));
  }

  private static String frames(Throwable throwable) {
    return Arrays.toString(throwable.getStackTrace());
  }

  @Test
  void withoutTheTraceItNamesTheProperty() throws IOException {
    Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file);
    badBlocks.close();
    IllegalStateException e = assertThrows(IllegalStateException.class, badBlocks::next);
    assertNull(e.getCause());
    assertEquals(0, e.getSuppressed().length);
  }
}
