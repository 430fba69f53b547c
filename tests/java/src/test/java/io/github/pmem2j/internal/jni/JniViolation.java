package io.github.pmem2j.internal.jni;

import java.nio.file.Path;

/**
 * Does on purpose what {@code -Xcheck:jni} or AddressSanitizer must report, in a JVM of its own:
 * the proof that a run in which they report nothing means something.
 */
public final class JniViolation {
  private JniViolation() {}

  static native int checksNoException(int[] array);

  static native int readsTooFar(int index);

  /** Takes the library's path, and which of the two. */
  public static void main(String[] args) {
    System.load(Path.of(args[0]).toAbsolutePath().toString());
    switch (args[1]) {
      case "jni" -> {
        try {
          checksNoException(new int[1]);
          throw new AssertionError("no exception");
        } catch (ArrayIndexOutOfBoundsException e) {
          System.out.println("violated");
        }
      }
      case "memory" -> System.out.println("violated: " + readsTooFar(8));
      default -> throw new IllegalArgumentException(args[1]);
    }
  }
}
