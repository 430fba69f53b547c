package io.github.pmem2j.internal.jni;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks that no other user can replace the files in a directory. */
final class SafeDirectory {
  private static final int GROUP_OR_OTHERS_WRITE = 022;
  private static final int OTHERS_WRITE = 002;
  private static final int STICKY = 01000;
  private static final String OVERFLOW_USER = "/proc/sys/kernel/overflowuid";
  private static final int NUMBER_CAPACITY = 32;
  private static final Path USER_MAP = Path.of("/proc/self/uid_map");

  private SafeDirectory() {}

  /** Checks each directory of the path: a user who can rename one can replace it. */
  static void checkAncestors(Path directory) throws IOException {
    int user = userId();
    boolean othersMayCreate = false;
    for (Path path : fromRoot(directory)) {
      int mode = (int) Files.getAttribute(path, "unix:mode");
      int owner = (int) Files.getAttribute(path, "unix:uid");
      boolean writable = (mode & GROUP_OR_OTHERS_WRITE) != 0;
      if (writable && (mode & STICKY) == 0) {
        throw new IOException(
            "it is below "
                + path
                + ", where others can rename files: run chmod "
                + ((mode & OTHERS_WRITE) != 0 ? "go-w " : "g-w ")
                + path);
      }
      if (owner != 0 && owner != user && (othersMayCreate || !isUnmapped(owner))) {
        throw new IOException("it is below " + path + ", which belongs to user " + owner);
      }
      othersMayCreate |= writable;
    }
  }

  private static List<Path> fromRoot(Path directory) {
    List<Path> way = new ArrayList<>();
    for (Path path = directory; path != null; path = path.getParent()) {
      way.add(0, path);
    }
    return way;
  }

  /**
   * Whether an owner is the overflow user, which stands for all users outside this user namespace.
   * No process in the namespace can be one of them. A directory of that owner in which others
   * cannot create files belongs to the host, which can change everything here anyway.
   */
  private static boolean isUnmapped(int owner) throws IOException {
    byte[] overflow = new byte[NUMBER_CAPACITY];
    try (InputStream in = new FileInputStream(OVERFLOW_USER)) {
      int length = in.read(overflow); // Reading it byte by byte would return only the first line.
      String number = new String(overflow, 0, Math.max(length, 0), US_ASCII).strip();
      if (!number.equals(Integer.toString(owner))) {
        return false;
      }
    }
    for (String line : Files.readAllLines(USER_MAP)) {
      String[] numbers = line.strip().split(" +");
      long first = Long.parseLong(numbers[0]);
      if (owner >= first && owner - first < Long.parseLong(numbers[2])) {
        return false;
      }
    }
    return true;
  }

  /** Checks that a new directory belongs to this user alone. */
  static void checkOwned(Path directory) throws IOException {
    int mode = (int) Files.getAttribute(directory, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    int owner = (int) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if ((mode & 0777) != 0700 || owner != userId()) {
      throw new IOException(
          directory
              + " is accessible to others: mode "
              + Integer.toOctalString(mode)
              + ", user "
              + owner);
    }
  }

  private static int userId() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }
}
