package io.github.pmem2j.device;

import io.github.pmem2j.internal.device.ScrubState;
import io.github.pmem2j.internal.device.SourceReader;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.Poller;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A bus that the platform scrubs.
 *
 * @param directory in sysfs
 * @param atStart its state when a scrub was started or queried
 */
record ScrubbedBus(Path directory, ScrubState atStart) {
  private static final String BUS = "ndbus[0-9]+";
  private static final int TEXT = 64;

  /** The bus of a device's list, or null if it cannot be scrubbed. */
  static ScrubbedBus of(Path list) throws IOException {
    for (Path above = list; above != null; above = above.getParent()) {
      Path name = above.getFileName();
      if (name != null && name.toString().matches(BUS)) {
        Path scrub = above.resolve(SourceReader.SCRUB);
        return Files.exists(scrub) ? new ScrubbedBus(above, state(scrub)) : null;
      }
    }
    return null;
  }

  String name() {
    return directory.getFileName().toString();
  }

  private Path file() {
    return directory.resolve(SourceReader.SCRUB);
  }

  ScrubState state() throws IOException {
    return state(file());
  }

  private static ScrubState state(Path file) throws IOException {
    try (Descriptor scrub = Descriptor.open(file, Descriptor.Mode.READ)) {
      return state(scrub);
    }
  }

  private static ScrubState state(Descriptor scrub) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(TEXT);
    FileIo.read(scrub, text, 0);
    String line = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    return ScrubState.parse(line)
        .orElseThrow(
            () ->
                new IOException(
                    scrub.path()
                        + " is not what the kernel writes, \""
                        + line
                        + "\": report this"));
  }

  /** Starts a scrub, or joins the one that is running. */
  ScrubbedBus start() throws IOException {
    try (Descriptor scrub = Descriptor.open(file(), Descriptor.Mode.WRITE)) {
      FileIo.write(scrub, ByteBuffer.wrap(new byte[] {'1'}), 0);
    } catch (IOException e) {
      if (!NativeError.errnoName(e).equals("EBUSY")) {
        throw e;
      }
    }
    return new ScrubbedBus(directory, state());
  }

  /** Whether the scrub that was running at the start has ended; another may be running. */
  private boolean ended(ScrubState now) {
    return !now.running() || now.ended() != atStart.ended();
  }

  /** Waits for its end; false on timeout. */
  boolean await(Poller poller, Deadline deadline) throws IOException {
    try (Descriptor scrub = Descriptor.open(file(), Descriptor.Mode.READ)) {
      // The kernel notifies a descriptor of changes since it was last read.
      while (!ended(state(scrub))) {
        int milliseconds = deadline.milliseconds();
        if (milliseconds == 0) {
          return false;
        }
        poller.await(List.of(scrub), milliseconds);
      }
      return true;
    }
  }
}
