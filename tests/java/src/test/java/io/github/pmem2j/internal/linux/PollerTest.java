package io.github.pmem2j.internal.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.internal.jni.NoLiveHandles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLiveHandles.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PollerTest {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  private static CompletableFuture<Set<Descriptor>> await(
      Poller notifications, Descriptor... files) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return notifications.await(List.of(files));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  private static void assertWaiting(CompletableFuture<?> wait) {
    assertThrows(TimeoutException.class, () -> wait.get(200, TimeUnit.MILLISECONDS));
  }

  @Test
  void anotherThreadWakesTheWait() throws Exception {
    try (Poller notifications = Poller.open()) {
      CompletableFuture<Set<Descriptor>> wait = await(notifications);
      assertWaiting(wait);
      notifications.wake();
      assertEquals(Set.of(), wait.get(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void aWakeBeforeTheWaitIsKeptAndCountsOnce() throws Exception {
    try (Poller notifications = Poller.open()) {
      notifications.wake();
      notifications.wake();
      notifications.await(List.of());
      CompletableFuture<Set<Descriptor>> wait = await(notifications);
      assertWaiting(wait);
      notifications.wake();
      wait.get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void aWaitWithATimeoutEnds() throws Exception {
    try (Poller notifications = Poller.open();
        Descriptor mounts = Descriptor.open(MOUNTS, Descriptor.Mode.READ)) {
      assertEquals(Set.of(), notifications.await(List.of(mounts), 0));
      notifications.wake();
      assertEquals(Set.of(), notifications.await(List.of(mounts), 60_000));
      assertEquals(Set.of(), notifications.await(List.of(mounts), 20));
    }
  }

  @Test
  void anOrdinaryFileNeverNotifies(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "1 1\n");
    try (Poller notifications = Poller.open();
        Descriptor descriptor = Descriptor.open(file, Descriptor.Mode.READ)) {
      CompletableFuture<Set<Descriptor>> wait = await(notifications, descriptor);
      Files.writeString(file, "2 2\n");
      assertWaiting(wait);
      notifications.wake();
      assertEquals(Set.of(), wait.get(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void theKernelNotifiesOfTheOneFileThatChanged(@TempDir Path directory) throws Exception {
    try (Poller notifications = Poller.open();
        Descriptor list =
            Descriptor.open(Files.createFile(directory.resolve("a")), Descriptor.Mode.READ);
        Descriptor mounts = Descriptor.open(MOUNTS, Descriptor.Mode.READ)) {
      CompletableFuture<Set<Descriptor>> wait = await(notifications, list, mounts);
      assertWaiting(wait);
      Path here = Files.createDirectory(directory.resolve("mounted"));
      boolean mounted = run("mount", "-t", "tmpfs", "none", here.toString());
      if (!mounted) {
        notifications.wake();
        wait.get(5, TimeUnit.SECONDS);
      }
      assumeTrue(mounted, "this user may not mount");
      try {
        assertEquals(Set.of(mounts), wait.get(5, TimeUnit.SECONDS));
      } finally {
        assertTrue(run("umount", here.toString()));
      }
    }
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  @Test
  void aCloseWaitsForTheWaitAndNothingWaitsAfterIt() throws Exception {
    Poller notifications = Poller.open();
    CompletableFuture<Set<Descriptor>> wait = await(notifications);
    assertWaiting(wait);
    notifications.wake();
    notifications.close();
    assertTrue(wait.isDone() || wait.get(5, TimeUnit.SECONDS) != null);
    assertThrows(IllegalStateException.class, notifications::wake);
    assertThrows(IllegalStateException.class, () -> notifications.await(List.of()));
    notifications.close();
  }

  @Test
  void nobodyCanCloseAFileThatIsWaitedOn(@TempDir Path directory) throws Exception {
    Descriptor file =
        Descriptor.open(Files.createFile(directory.resolve("a")), Descriptor.Mode.READ);
    try (Poller notifications = Poller.open()) {
      CompletableFuture<Set<Descriptor>> wait = await(notifications, file);
      assertWaiting(wait);
      CompletableFuture<Void> close = CompletableFuture.runAsync(file::close);
      assertWaiting(close);
      notifications.wake();
      close.get(5, TimeUnit.SECONDS);
      wait.get(5, TimeUnit.SECONDS);
      ExecutionException e =
          assertThrows(
              ExecutionException.class, () -> await(notifications, file).get(5, TimeUnit.SECONDS));
      assertTrue(e.getCause() instanceof IllegalStateException, e::toString);
      assertFalse(file.path().toString().isEmpty());
    }
  }
}
