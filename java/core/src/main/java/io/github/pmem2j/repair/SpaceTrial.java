package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Allocates as many blocks as are about to be punched, in a temporary file of the same owner and
 * project, and frees them: otherwise the file system might have no other blocks for the punched
 * ranges than the bad ones.
 */
final class SpaceTrial {
  /** What to do if there is no space. */
  static final String ADVICE = "free space there or raise the quota, then repair again";

  private SpaceTrial() {}

  /** The units for which there is no space, and why. */
  static Map<ByteRange, IOException> failures(Descriptor file, List<ByteRange> units) {
    Map<ByteRange, IOException> failures = new HashMap<>();
    try (Descriptor temporary = ReplacementTrial.temporary(file)) {
      takeQuotas(temporary, file);
      FileTarget target = new FileTarget(temporary, null, false);
      FileIo.truncate(temporary, units.stream().mapToLong(ByteRange::length).sum());
      long at = 0;
      for (ByteRange blocks : units) {
        try {
          target.allocate(new ByteRange(at, blocks.length()), RepairStep.Hook.NONE);
          at += blocks.length();
        } catch (IOException e) {
          failures.put(blocks, e);
        }
      }
      FileIo.truncate(temporary, 0);
      FileIo.sync(temporary); // ext4 does not allocate what it has freed since the last commit
    } catch (IOException e) {
      units.forEach(blocks -> failures.putIfAbsent(blocks, e));
    }
    return failures;
  }

  /** Charges a file to the owner and project of another, as far as permitted. */
  private static void takeQuotas(Descriptor file, Descriptor other) throws IOException {
    try {
      FileIo.takeProject(file, other);
    } catch (IOException e) {
      if (isLack(e)) { // A project that is over its limit takes no more files.
        throw e;
      }
    }
    FileIo.takeRights(file, other);
  }

  /** The same failure with what to do, if there was no space, or a quota left none. */
  static IOException advised(IOException e) {
    return isLack(e) ? NativeError.advised(e, ADVICE) : e;
  }

  /** Whether there was no space, or a quota left none. */
  static boolean isLack(IOException e) {
    String errno = NativeError.errnoName(e);
    return errno.equals("ENOSPC") || errno.equals("EDQUOT");
  }
}
