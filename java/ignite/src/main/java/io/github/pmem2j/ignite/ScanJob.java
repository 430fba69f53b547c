package io.github.pmem2j.ignite;

import io.github.pmem2j.scan.BadBlockScanner;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.apache.ignite.IgniteMessaging;
import org.apache.ignite.lang.IgniteCallable;
import org.apache.ignite.resources.IgniteInstanceResource;

/**
 * The scan of a node, which Ignite's compute grid runs there. Its fields and its result are JDK
 * types, so that every marshaller can send them.
 */
final class ScanJob implements IgniteCallable<byte[]> {
  private static final long serialVersionUID = 1L;
  private static final long PROGRESS_NANOS = 200_000_000;

  private final long limitNanos;
  private final boolean trustLists;

  /** The node to send the progress to, and the topic; null if there is no listener. */
  private final UUID caller;

  private final String topic;

  @IgniteInstanceResource private transient Ignite ignite;

  ScanJob(long limitNanos, boolean trustLists, UUID caller, String topic) {
    this.limitNanos = limitNanos;
    this.trustLists = trustLists;
    this.caller = caller;
    this.topic = topic;
  }

  /** Returns the bytes of a {@link NodeReport}. */
  @Override
  public byte[] call() {
    long begin = System.nanoTime();
    NodeScan scan =
        new NodeScan(
            trustLists ? BadBlockScanner.trustingLists() : BadBlockScanner.local(),
            () ->
                Thread.currentThread().isInterrupted() // cancelled
                    || System.nanoTime() - begin > limitNanos,
            progress());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(scan.run(ignite));
    } catch (IOException e) {
      throw new IgniteException("cannot scan the node: " + e, e);
    }
    return bytes.toByteArray();
  }

  static NodeReport report(byte[] result) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(result))) {
      return (NodeReport) in.readObject();
    }
  }

  private LongConsumer progress() {
    if (topic == null) {
      return files -> {};
    }
    IgniteMessaging messaging = ignite.message(ignite.cluster().forNodeId(caller));
    long[] next = {System.nanoTime()};
    return files -> {
      long now = System.nanoTime();
      if (now - next[0] >= 0) {
        next[0] = now + PROGRESS_NANOS;
        messaging.send(topic, files);
      }
    };
  }
}
