package io.github.pmem2j.libpmem2;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** /dev/zero, where libpmem2 takes it for a dax device: in a mount namespace of a child's own. */
final class DaxDevice {
  static final Path PATH = Path.of("/dev/zero");

  private static final String SCRIPT =
      ChildJvm.root().resolve("tests/native/scripted_ndctl/as_devdax.sh").toString();

  private DaxDevice() {}

  /** Skips the test where no mount namespace may be made. */
  static void assume() throws IOException {
    Process probe = new ProcessBuilder(SCRIPT, PATH.toString(), "true").start();
    try {
      assumeTrue(probe.waitFor() == 0, "this user may not make a mount namespace here");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static void tests(Class<?> checks) throws IOException {
    // A directory of its own: the parent's extension is about to delete the other.
    Path script = ChildJvm.target().resolve("scripted-devdax/script");
    Files.createDirectories(script.getParent());
    new ChildJvm()
        .under(SCRIPT, PATH.toString())
        .env("PMEM2J_NDCTL_SCRIPT", script.toString())
        .tests(checks);
  }
}
