package io.github.pmem2j.internal.jni;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards a native object: its pointer is available only inside {@link #use}. One thread at a time
 * uses it; a close waits for that use, and a use after it throws. Closing a handle first closes the
 * handles opened from it, regardless of the order in which the caller or the garbage collector
 * closes them.
 *
 * <p>{@link State} is what the Cleaner holds. It refers to its children's states but never to a
 * {@code Handle}, and a child's {@code Handle} keeps its parent's reachable: so an open child keeps
 * its parent open, and abandoned ones go in the right order.
 */
public final class Handle implements AutoCloseable {
  /** Set to {@code true} to remember where each handle was opened and closed. */
  public static final String TRACE_PROPERTY = "io.github.pmem2j.trace";

  /** Made with the first handle; not by the class, which would stay unusable if that fails. */
  private static Cleaner cleaner;

  /** Uses the pointer while it is valid. */
  @FunctionalInterface
  public interface Use<T> {
    T apply(long pointer) throws IOException;
  }

  private final Handle parent;
  private final State state;
  private final Cleaner.Cleanable cleanable;

  /**
   * Takes ownership of a native object.
   *
   * @param what what it is, for messages: "Pmem2Source of /mnt/pmem/file"
   * @param parent what must outlive it, or null; with one, call this inside a use of it
   * @param pointer the object
   * @param destroy the native method that frees it
   */
  public Handle(String what, Handle parent, long pointer, LongConsumer destroy) {
    this.parent = parent;
    this.state = new State(what, parent == null ? null : parent.state, pointer, destroy);
    try {
      this.cleanable = cleaner().register(this, state);
    } catch (OutOfMemoryError e) { // No thread can be started for the Cleaner.
      state.release(false);
      throw e;
    }
  }

  private static synchronized Cleaner cleaner() {
    if (cleaner == null) {
      cleaner = Cleaner.create();
    }
    return cleaner;
  }

  /**
   * Takes ownership of an open file descriptor: its pointer is the descriptor plus one, because 0
   * is a valid descriptor.
   */
  public static Handle ofDescriptor(String what, int fd) {
    return new Handle(what, null, fd + 1L, pointer -> Native.close((int) (pointer - 1)));
  }

  /** Uses a descriptor while it is open. */
  @FunctionalInterface
  public interface DescriptorUse<T> {
    T apply(int fd) throws IOException;
  }

  /**
   * Runs {@code body} with the descriptor of {@link #ofDescriptor}, alone.
   *
   * @throws IllegalStateException if the handle is closed
   */
  public <T> T useDescriptor(DescriptorUse<T> body) throws IOException {
    return use(pointer -> body.apply((int) (pointer - 1)));
  }

  /**
   * Runs {@code body} with the pointer, alone.
   *
   * @throws IllegalStateException if the handle is closed
   */
  public <T> T use(Use<T> body) throws IOException {
    state.lock.lock();
    try {
      return body.apply(state.openPointer());
    } finally {
      state.lock.unlock();
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Frees the object, once. Waits for a use in progress, or for another thread's close.
   *
   * @throws IllegalStateException if this thread is using it, or what was opened from it
   */
  @Override
  public void close() {
    state.requireUnusedHere();

    state.release(false);
    cleanable.clean();
    Reference.reachabilityFence(parent);
  }

  private static final class State implements Runnable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<State> children = ConcurrentHashMap.newKeySet();
    private final String what;
    private final State parent;
    private final LongConsumer destroy;
    private final Throwable opened = trace("opened here");
    private Throwable closed;
    private long pointer;

    State(String what, State parent, long pointer, LongConsumer destroy) {
      this.what = what;
      this.parent = parent;
      this.pointer = pointer;
      this.destroy = destroy;
      if (parent != null) {
        parent.children.add(this);
      }
    }

    private static Throwable trace(String message) {
      return Boolean.getBoolean(TRACE_PROPERTY) ? new Throwable(message) : null;
    }

    long openPointer() {
      if (pointer != 0) {
        return pointer;
      }
      IllegalStateException exception =
          new IllegalStateException(
              what
                  + " is closed"
                  + (closed == null ? "; -D" + TRACE_PROPERTY + "=true shows where" : ""));
      if (closed != null) {
        exception.initCause(closed);
      }
      if (opened != null) {
        exception.addSuppressed(opened);
      }
      throw exception;
    }

    /** Called by the Cleaner; does nothing after a close. */
    @Override
    public void run() {
      release(true);
    }

    private void warn() {
      try {
        Leaks.LOGGER.warn("{} was never closed", what, opened);
      } catch (RuntimeException | LinkageError e) {
        // The embedder's logger failed. The parent must be released all the same.
      }
    }

    /** The lock is reentrant, so it does not stop a thread from freeing what it is using. */
    void requireUnusedHere() {
      if (lock.isHeldByCurrentThread()) {
        throw new IllegalStateException(
            what + " is in use by this thread: close it when that call has returned");
      }
      children.forEach(State::requireUnusedHere);
    }

    void release(boolean abandoned) {
      lock.lock();
      try {
        if (pointer == 0) {
          return;
        }
        // No child can be added now: that takes a use of this handle, so this lock.
        for (State child : children) {
          child.release(abandoned);
        }
        destroy.accept(pointer);
        pointer = 0;
        closed = trace("closed here");
      } finally {
        lock.unlock();
      }
      if (parent != null) {
        parent.children.remove(this);
      }
      if (abandoned) {
        warn();
      }
    }
  }

  /** A class of its own, so that a program without leaks loads no logger. */
  private static final class Leaks {
    static final Logger LOGGER = LoggerFactory.getLogger("io.github.pmem2j");
  }
}
