package io.github.pmem2j.internal.linux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.PathBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names in the table are bytes, in any encoding. */
class MountTableTest {
  @TempDir Path proc;

  private MountTable table(byte[]... points) throws IOException {
    Files.createDirectories(proc.resolve("self"));
    StringBuilder text = new StringBuilder("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
    for (byte[] point : points) {
      String name = new String(point, ISO_8859_1).replace(" ", "\\040");
      text.append("2 1 8:2 / ").append(name).append(" rw - ext4 /dev/sda2 rw\n");
    }
    Files.write(proc.resolve("self/mountinfo"), text.toString().getBytes(ISO_8859_1));
    return new MountTable(proc);
  }

  /** A user may mount a file system of FUSE at such a name. */
  @Test
  void aNameThatIsNotUtf8() throws IOException {
    byte[] other = "/run/other\377".getBytes(ISO_8859_1);
    byte[] here = "/mnt/a b\344".getBytes(ISO_8859_1);
    MountTable mounts = table(other, here);
    List<String> below = mounts.below(Path.of("/mnt"));
    assertEquals(1, below.size());
    assertArrayEquals(here, PathBytes.of(MountTable.path(below.get(0))));
    assertEquals("8:2", mounts.of(PathBytes.path(here)).device().toString());
    assertEquals("8:1", mounts.of(Path.of("/mnt/a")).device().toString());
  }

  @Test
  void aNameThatTheLocaleMayLack() throws IOException {
    byte[] parent = "/mnt/caf\u00e9".getBytes(UTF_8);
    byte[] here = "/mnt/caf\u00e9/pmem".getBytes(UTF_8);
    MountTable mounts = table(here);
    List<String> below = mounts.below(PathBytes.path(parent));
    assertEquals(1, below.size(), "what is mounted below is missed");
    assertArrayEquals(here, PathBytes.of(MountTable.path(below.get(0))));
    assertEquals("8:2", mounts.of(PathBytes.path(here)).device().toString());
  }

  @Test
  @Tag("slow")
  void inEveryLocale() throws IOException {
    if (!"C".equals(System.getenv("LC_ALL"))) {
      new ChildJvm().env("LC_ALL", "C").tests(MountTableTest.class);
    }
  }
}
