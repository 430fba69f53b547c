package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.ExtentBatch;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Punches and allocates a block of a temporary file beside the file to be repaired, before any of
 * that file's blocks is destroyed. Not every file system can do both, and not every one allocates a
 * different block: with bigalloc a part of a cluster stays in place, and without a journal the
 * block freed last is allocated first.
 */
final class ReplacementTrial {
  private static final int MAX_ATTEMPTS = 4;
  private static final int MAX_FILES = 16;
  private static final String SALVAGE =
      ", so clearing would lose what can still be read: salvage the file to another and put that in"
          + " its place";

  private final List<Descriptor> files = new ArrayList<>();

  private ReplacementTrial() {}

  /** Why the file system would not replace a block of the file, and what to do, or null. */
  static String refusal(Descriptor file) {
    Path directory = file.path().toAbsolutePath().getParent();
    ReplacementTrial trial = new ReplacementTrial();
    try {
      directory = directory(file);
      return trial.moves(file)
          ? null
          : "its file system does not replace a punched block by another one" + SALVAGE;
    } catch (IOException e) {
      String why =
          "a block of a temporary file in "
              + directory
              + " could not be replaced ("
              + NativeError.cause(e)
              + ")";
      return why + (SpaceTrial.isLack(e) ? ": " + SpaceTrial.ADVICE : SALVAGE);
    } finally {
      trial.files.forEach(Descriptor::close);
    }
  }

  /** The directory in which a file is now, even if it was renamed. */
  private static Path directory(Descriptor file) throws IOException {
    return file.link().toRealPath().getParent();
  }

  /** A new file without a name, beside another. */
  static Descriptor temporary(Descriptor file) throws IOException {
    Descriptor temporary =
        Descriptor.open(
            directory(file),
            Descriptor.Mode.READ,
            Descriptor.Mode.WRITE,
            Descriptor.Mode.TEMPORARY);
    try {
      if (!temporary.status().device().equals(file.status().device())) {
        throw new IOException(temporary.path() + " is on another file system");
      }
    } catch (IOException e) {
      temporary.close();
      throw e;
    }
    return temporary;
  }

  private boolean moves(Descriptor file) throws IOException {
    int unit = (int) Math.max(FileIo.PAGE, file.blockSize());
    Descriptor temporary = written(file, 2 * unit);
    ByteRange block = new ByteRange(0, unit);
    FileTarget medium = new FileTarget(temporary, null, false);
    long before = place(temporary);
    for (int i = 0; i < MAX_ATTEMPTS; i++) {
      IOException failure = medium.replace(List.of(block), RepairStep.Hook.NONE).get(block);
      if (failure != null) {
        throw failure;
      }
      if (place(temporary) != before) {
        return true;
      }
    }
    return false;
  }

  /** A temporary file beside another. One that got bad blocks keeps them meanwhile. */
  private Descriptor written(Descriptor file, int length) throws IOException {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 1);
    while (true) {
      Descriptor temporary = temporary(file);
      files.add(temporary);
      try {
        FileIo.write(temporary, ByteBuffer.wrap(bytes), 0);
        FileIo.sync(temporary);
        return temporary;
      } catch (IOException e) {
        if (!FileIo.isMediaError(e) || files.size() == MAX_FILES) {
          throw e;
        }
      }
    }
  }

  private static long place(Descriptor file) throws IOException {
    ExtentBatch extents = new ExtentBatch(1);
    file.extents(0, true, extents);
    if (extents.count() == 0 || extents.logical(0) != 0 || ExtentBatch.noPlace(extents.flags(0))) {
      throw new IOException("its place on the device is not known");
    }
    return extents.physical(0);
  }
}
