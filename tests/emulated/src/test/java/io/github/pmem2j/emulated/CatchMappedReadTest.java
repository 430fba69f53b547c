package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whether catching InternalError around a mapped read protects a program: not on JDK 17. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class CatchMappedReadTest {
  private static final Path JVMS = Path.of("/usr/lib/jvm");
  private static final int READS = 2000;

  @Test
  void catchingTheErrorProtectsOnNewJdksAlone(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), 16);
    disk.inject(new Sectors(FileExtent.page(file.path(), 3).first(), 1));
    for (Path java : jvms()) {
      int version = version(java);
      Command.Result result =
          Command.attempt(
              java,
              "-XX:+UseSerialGC",
              "-cp",
              System.getProperty("java.class.path"),
              MappedReads.class.getName(),
              file.path(),
              3 * Sectors.PAGE,
              ByteBuffer.wrap(file.page(3)).getLong(),
              READS);
      String outcome = result.output().strip();
      System.out.printf("JDK %d, %d mapped reads of a bad page: %s%n", version, READS, outcome);
      if (version >= 25) {
        assertEquals(0, result.exitCode(), result::toString);
        assertEquals(
            READS
                + " caught around the read, 0 in its caller, 0 further out; 0 returned, 0 with"
                + " wrong bytes",
            outcome);
      } else if (result.exitCode() != 0) {
        System.out.println(result);
        assertTrue(result.errors().contains("InternalError"), result::toString);
      }
    }
  }

  /** One java of each JDK of this machine. */
  private static List<Path> jvms() throws IOException {
    try (Stream<Path> homes = Files.list(JVMS)) {
      return homes
          .map(home -> home.resolve("bin/java"))
          .filter(Files::isExecutable)
          .map(Sysfs::real)
          .distinct()
          .sorted()
          .toList();
    }
  }

  private static int version(Path java) {
    String release = Sysfs.read(java.getParent().resolveSibling("release"));
    return Integer.parseInt(release.replaceAll("(?s)^.*JAVA_VERSION=\"(\\d+).*$", "$1"));
  }
}
