package io.github.pmem2j.internal.jni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three generations, and the order in which they go. */
@Tag("jdk") // It depends on the compiler and the collector.
class HandleTest {
  private final List<Long> destroyed = new CopyOnWriteArrayList<>();

  private Handle make(Handle parent, long pointer) throws IOException {
    // The list alone: a destructor that refers to more would keep its handle.
    List<Long> list = destroyed;
    if (parent == null) {
      return new Handle("handle " + pointer, null, pointer, list::add);
    }
    return parent.use(ignored -> new Handle("handle " + pointer, parent, pointer, list::add));
  }

  @Test
  void childrenCloseFirst() throws IOException {
    Handle parent = make(null, 1);
    Handle child = make(parent, 2);
    Handle grandchild = make(child, 3);
    parent.close();
    assertEquals(List.of(3L, 2L, 1L), destroyed);
    grandchild.close();
    child.close();
    parent.close();
    assertEquals(List.of(3L, 2L, 1L), destroyed);
    assertThrows(IllegalStateException.class, () -> grandchild.use(pointer -> pointer));
  }

  @Test
  void eachClosesOnce() throws IOException {
    Handle parent = make(null, 1);
    Handle child = make(parent, 2);
    Handle grandchild = make(child, 3);
    grandchild.close();
    assertEquals(List.of(3L), destroyed);
    assertEquals(List.of(2L), child.use(List::of));
    child.close();
    parent.close();
    assertEquals(List.of(3L, 2L, 1L), destroyed);
  }

  @Test
  void abandonedObjectsAreClosedInTheSameOrder() throws IOException {
    for (int i = 0; i < 20; i++) {
      destroyed.clear();
      make(make(make(null, 1), 2), 3);
      Deadline.untilCollected(() -> destroyed.size() == 3, destroyed::toString);
      assertEquals(List.of(3L, 2L, 1L), destroyed);
    }
  }

  @Test
  void theYoungestKeepsAll() throws IOException {
    Handle youngest = make(make(make(null, 1), 2), 3);
    make(null, 4);
    Deadline.untilCollected(() -> destroyed.contains(4L), destroyed::toString);
    assertEquals(List.of(4L), destroyed);
    assertEquals(List.of(3L), youngest.use(List::of));
    youngest.close();
    youngest = null;
    Deadline.untilCollected(() -> destroyed.size() == 4, destroyed::toString);
    assertEquals(List.of(4L, 3L, 2L, 1L), destroyed);
  }

  @Test
  void aBodyThatThrowsReleasesTheLock() throws Exception {
    try (Handle handle = make(null, 1)) {
      assertThrows(
          IOException.class,
          () ->
              handle.use(
                  pointer -> {
                    throw new IOException();
                  }));
      Thread other = new Thread(handle::close);
      other.start();
      other.join();
      assertEquals(List.of(1L), destroyed);
    }
  }

  @Test
  void isNotClosedByTheThreadThatUsesIt() throws Exception {
    Handle parent = make(null, 1);
    Handle child = make(parent, 2);
    Handle other = make(parent, 3);
    child.use(
        pointer -> {
          for (Handle used : List.of(child, parent)) {
            assertEquals(
                "handle 2 is in use by this thread: close it when that call has returned",
                assertThrows(IllegalStateException.class, used::close).getMessage());
          }
          other.close();
          return null;
        });
    assertEquals(List.of(3L), destroyed);
    assertEquals(List.of(2L), child.use(List::of));
    // Another thread waits, as before.
    Thread[] closing = new Thread[1];
    child.use(
        pointer -> {
          closing[0] = new Thread(parent::close);
          closing[0].start();
          return null;
        });
    closing[0].join();
    assertEquals(List.of(3L, 2L, 1L), destroyed);
  }

  @Test
  void aClosedParentHasNoMoreChildren() throws IOException {
    Handle parent = make(null, 1);
    parent.close();
    assertThrows(IllegalStateException.class, () -> make(parent, 2));
    assertEquals(List.of(1L), destroyed);
  }

  /** The Cleaner's thread cannot be started, then it can. */
  @Test
  @Tag("slow")
  void withoutAnotherThreadNothingLeaks(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "text");
    String output =
        new ChildJvm()
            .under("prlimit", "--as=" + (12L << 30))
            .options("-Xss512m", "-Xmx64m", "-XX:ReservedCodeCacheSize=32m")
            .run(ThreadsLater.class, file.toString())
            .output();
    assumeTrue(output.contains("others: "), "this JVM needs more memory, such as for a sanitizer");
    assertTrue(output.contains("first: unable to create native thread"), output);
    assertTrue(output.contains(", live: [0, 0, 0]"), output);
    assertTrue(output.contains("then: ok, live: [0, 0, 0]"), output);
  }
}
