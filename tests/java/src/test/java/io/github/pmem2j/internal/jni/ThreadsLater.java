package io.github.pmem2j.internal.jni;

import io.github.pmem2j.libpmem2.Pmem2Source;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The main class of a JVM in which no thread can be started when a handle is first needed. Its
 * stacks are large, and its memory is limited.
 */
final class ThreadsLater {
  private ThreadsLater() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    NativeLibrary.require();
    CountDownLatch end = new CountDownLatch(1);
    List<Thread> others = new ArrayList<>();
    try {
      while (true) {
        Thread other = new Thread(() -> await(end));
        other.setDaemon(true);
        other.start();
        others.add(other);
      }
    } catch (OutOfMemoryError e) {
      System.out.println("others: " + others.size());
    }
    try {
      use(args[0]);
      System.out.println("a thread was started");
    } catch (OutOfMemoryError e) {
      System.out.println("first: " + e.getMessage() + ", live: " + NoLiveHandles.live());
    }
    end.countDown();
    for (Thread other : others) {
      other.join();
    }
    use(args[0]);
    System.out.println("then: ok, live: " + NoLiveHandles.live());
  }

  private static void use(String file) throws IOException {
    Pmem2Source.open(Path.of(file), StandardOpenOption.READ).close();
  }

  private static void await(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
