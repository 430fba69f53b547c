package io.github.pmem2j.libpmem2;

import static io.github.pmem2j.ScriptedNdctl.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Deadline;
import io.github.pmem2j.NotBadException;
import io.github.pmem2j.ScriptedNdctl;
import io.github.pmem2j.internal.jni.NoLiveHandles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

/** Calls that meet: one is held within libndctl, surely, while another comes. */
class RaceTest extends BadBlockTestCase {
  private static final String IN_NEXT = "ndctl_namespace_get_first_badblock";

  @Test
  void aCloseWaitsForACallAndALaterCallFails() throws Exception {
    Task<Optional<ByteRange>> next;
    Task<Void> close;
    Task<Optional<ByteRange>> late;
    try (ScriptedNdctl.Barrier barrier = ndctl.hold(IN_NEXT, 0)) {
      Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file);
      next = Task.start(badBlocks::next);
      barrier.await();
      close = Task.run(badBlocks::close);
      Deadline.untilItWaits(close.thread());
      late = Task.start(badBlocks::next);
      Deadline.untilItWaits(late.thread());
      assertEquals("[1, 1, 1]", NoLiveHandles.live());
      assertFalse(ndctl.log().contains("ndctl_unref"), ndctl.log());
    }
    assertEquals(Optional.of(BAD), next.get());
    close.get();
    assertInstanceOf(
        IllegalStateException.class, assertThrows(ExecutionException.class, late::get).getCause());
    assertEquals(0, NoLiveHandles.total(), NoLiveHandles.live());
  }

  @Test
  void closingTheSourceWaitsForItsContextsCall() throws Exception {
    Task<Optional<ByteRange>> next;
    Task<Void> close;
    Pmem2BadBlocks badBlocks;
    try (ScriptedNdctl.Barrier barrier = ndctl.hold(IN_NEXT, 0)) {
      Pmem2Source source = Pmem2Source.open(file);
      badBlocks = Pmem2BadBlocks.open(source);
      next = Task.start(badBlocks::next);
      barrier.await();
      close = Task.run(source::close);
      Deadline.untilItWaits(close.thread());
      assertEquals("[1, 1, 1]", NoLiveHandles.live());
    }
    assertEquals(Optional.of(BAD), next.get());
    close.get();
    assertEquals(0, NoLiveHandles.total(), NoLiveHandles.live());
    assertThrows(IllegalStateException.class, badBlocks::next);
  }

  @Test
  void closingTheSourceWaitsForAContextBeingOpened() throws Exception {
    Task<Pmem2BadBlocks> open;
    Task<Void> close;
    try (ScriptedNdctl.Barrier barrier = ndctl.hold("ndctl_new", 0)) {
      Pmem2Source source = Pmem2Source.open(file);
      open = Task.start(() -> Pmem2BadBlocks.open(source));
      barrier.await();
      close = Task.run(source::close);
      Deadline.untilItWaits(close.thread());
      assertEquals("[1, 1, 0]", NoLiveHandles.live());
    }
    Pmem2BadBlocks opened = open.get();
    close.get();
    assertEquals(0, NoLiveHandles.total(), NoLiveHandles.live());
    assertThrows(IllegalStateException.class, opened::next);
  }

  @Test
  void aCloseWaitsForAClear() throws Exception {
    Pmem2Source source = Pmem2Source.open(file);
    Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(source);
    assertEquals(List.of(BAD), badBlocks.remaining());
    Task<Void> clear;
    Task<Void> closeContext;
    Task<Void> closeSource;
    try (ScriptedNdctl.Barrier barrier = ndctl.hold(IN_NEXT, 0)) {
      clear =
          Task.start(
              () -> {
                badBlocks.clear(BAD);
                return null;
              });
      barrier.await(); // It queries the device again.
      closeContext = Task.run(badBlocks::close);
      closeSource = Task.run(source::close);
      Deadline.untilItWaits(closeContext.thread());
      Deadline.untilItWaits(closeSource.thread());
      // Of the two descriptors one holds the lock of the clear.
      assertEquals("[2, 1, 2]", NoLiveHandles.live());
    }
    clear.get();
    closeContext.get();
    closeSource.get();
    assertEquals(0, NoLiveHandles.total(), NoLiveHandles.live());
  }

  @Test
  void twoClosesAreOneAndBothWaitForIt() throws Exception {
    Task<Void> first;
    Task<Void> second;
    Task<Void> third;
    try (ScriptedNdctl.Barrier barrier = ndctl.hold("ndctl_unref", 0)) {
      Pmem2Source source = Pmem2Source.open(file);
      Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(source);
      first = Task.run(badBlocks::close);
      barrier.await();
      second = Task.run(badBlocks::close);
      third = Task.run(source::close);
      Deadline.untilItWaits(second.thread());
      Deadline.untilItWaits(third.thread());
    }
    first.get();
    second.get();
    third.get();
    long unrefs = ndctl.log().lines().filter(line -> line.startsWith("ndctl_unref")).count();
    assertEquals(1, unrefs, ndctl.log());
  }

  @Test
  void otherObjectsAreNotBlocked() throws Exception {
    Task<Optional<ByteRange>> next;
    try (Pmem2Source source = Pmem2Source.open(file);
        Pmem2Source other = Pmem2Source.open(file)) {
      Pmem2BadBlocks badBlocks;
      try (ScriptedNdctl.Barrier barrier = ndctl.hold(IN_NEXT, 0)) {
        badBlocks = Pmem2BadBlocks.open(source);
        next = Task.start(badBlocks::next);
        barrier.await();
        assertEquals(4 * PAGE, source.size());
        Pmem2BadBlocks.open(other).close();
        assertEquals("[2, 2, 1]", NoLiveHandles.live());
      }
      assertEquals(Optional.of(BAD), next.get());
    }
  }

  /** The only reference is the call's own, and nothing is freed below it. */
  @Test
  void garbageCollectionSparesWhatACallUses() throws Exception {
    Task<Optional<ByteRange>> next;
    try (ScriptedNdctl.Barrier barrier = ndctl.hold(IN_NEXT, 0)) {
      next = Task.start(() -> Pmem2BadBlocks.open(file).next());
      barrier.await();
      collectACanary();
      collectACanary();
      assertEquals("[1, 1, 1]", NoLiveHandles.live());
      assertFalse(ndctl.log().contains("ndctl_unref"), ndctl.log());
    }
    assertEquals(Optional.of(BAD), next.get());
    Deadline.untilCollected(() -> NoLiveHandles.total() == 0, NoLiveHandles::live);
  }

  /** Returns when garbage has been collected and the Cleaner has cleaned. */
  private static void collectACanary() throws IOException {
    long before = NoLiveHandles.total();
    Pmem2Source.anonymous(PAGE);
    assertEquals(before + 1, NoLiveHandles.total());
    Deadline.untilCollected(() -> NoLiveHandles.total() == before, NoLiveHandles::live);
  }

  private static final int THREADS = 8;
  private static final int STEPS = 2_000;

  /** What any thread may do at any time to objects that all share. */
  @Test
  void eightThreadsOpenReadClearAndClose() throws Exception {
    int pages = 64;
    Path shared = ndctl.file("shared", pages);
    for (int page = 0; page < pages; page += 2) {
      ndctl.bad(shared, page * PAGE, PAGE);
    }
    AtomicReferenceArray<Pmem2Source> sources = new AtomicReferenceArray<>(3);
    AtomicReferenceArray<Pmem2BadBlocks> contexts = new AtomicReferenceArray<>(5);
    for (int i = 0; i < sources.length(); i++) {
      sources.set(i, Pmem2Source.open(shared));
    }
    for (int i = 0; i < contexts.length(); i++) {
      contexts.set(i, Pmem2BadBlocks.open(sources.get(0)));
    }
    AtomicLong read = new AtomicLong();
    AtomicLong cleared = new AtomicLong();
    AtomicLong tooLate = new AtomicLong();
    CountDownLatch start = new CountDownLatch(THREADS);
    List<Task<Void>> tasks = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      Random random = new Random(thread);
      tasks.add(
          Task.start(
              () -> {
                start.countDown();
                start.await();
                for (int i = 0; i < STEPS; i++) {
                  try {
                    step(random, shared, sources, contexts, read, cleared);
                  } catch (IllegalStateException | NotBadException e) {
                    String message = String.valueOf(e.getMessage());
                    // The second: another thread cleared it, and the file has healthy blocks there.
                    assertTrue(
                        message.contains("is closed") || message.contains("no longer reported"),
                        message);
                    tooLate.incrementAndGet();
                  }
                }
                return null;
              }));
    }
    for (Task<Void> task : tasks) {
      task.get();
    }
    for (int i = 0; i < contexts.length(); i++) {
      contexts.get(i).close();
    }
    for (int i = 0; i < sources.length(); i++) {
      sources.get(i).close();
    }
    assertEquals(0, NoLiveHandles.total(), NoLiveHandles.live());
    assertTrue(
        read.get() > 100 && cleared.get() > 10 && tooLate.get() > 10,
        "no race: " + read + " read, " + cleared + " cleared, " + tooLate + " too late");
  }

  private static void step(
      Random random,
      Path shared,
      AtomicReferenceArray<Pmem2Source> sources,
      AtomicReferenceArray<Pmem2BadBlocks> contexts,
      AtomicLong read,
      AtomicLong cleared)
      throws IOException {
    int source = random.nextInt(sources.length());
    int context = random.nextInt(contexts.length());
    switch (random.nextInt(20)) {
      case 0 -> sources.getAndSet(source, Pmem2Source.open(shared)).close();
      case 1 -> contexts.getAndSet(context, Pmem2BadBlocks.open(shared)).close();
      case 2, 3 -> contexts.getAndSet(context, Pmem2BadBlocks.open(sources.get(source))).close();
      case 4 -> contexts.get(context).close();
      case 5 -> read.addAndGet(contexts.get(context).remaining().size());
      case 6 -> {
        Pmem2BadBlocks badBlocks = contexts.get(context);
        Optional<ByteRange> block = badBlocks.next();
        if (block.isPresent()) {
          badBlocks.clear(block.get());
          cleared.incrementAndGet();
        }
      }
      case 7 -> assertEquals(64 * PAGE, sources.get(source).size());
      case 8 -> assertTrue(contexts.get(context).deviceMatched());
      default -> {
        Optional<ByteRange> block = contexts.get(context).next();
        block.ifPresent(each -> assertEquals(0, each.offset() % (2 * PAGE), each.toString()));
        read.addAndGet(block.isPresent() ? 1 : 0);
      }
    }
  }
}
