package io.github.pmem2j.libpmem2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.Pmem2Error;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.ScriptedNdctl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Machines without libndctl, or with an old one: broken libraries come first on the path. */
class MissingNdctlTest {
  private static final Path SCRIPTED = Path.of(System.getenv("LD_LIBRARY_PATH"));

  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  @TempDir Path libraries;

  private void check(String why) throws IOException {
    Path file = ndctl.file("file", 1);
    ndctl.bad(file, 0, ScriptedNdctl.PAGE);
    new ChildJvm()
        .env("LD_LIBRARY_PATH", libraries + ":" + SCRIPTED)
        .run(Main.class, file.toString(), libraries.toString(), why)
        .ok();
  }

  private void broken(String library) throws IOException {
    Files.createFile(libraries.resolve(library));
  }

  @Test
  void noLibndctl() throws IOException {
    broken("libndctl.so.6");
    check("libndctl.so.6: file too short");
  }

  @Test
  void noLibdaxctl() throws IOException {
    broken("libdaxctl.so.1");
    check("libdaxctl.so.1: file too short");
  }

  @Test
  void anOldLibndctl() throws IOException {
    Files.copy(SCRIPTED.resolve("libdaxctl.so.1"), libraries.resolve("libndctl.so.6"));
    check("libndctl.so.6 has no ndctl_");
  }

  static final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]);
      try (Pmem2Source source = Pmem2Source.open(file)) {
        assertEquals(ScriptedNdctl.PAGE, source.size()); // needs no libndctl
        for (int i = 0; i < 3; i++) {
          Pmem2Exception e = assertThrows(Pmem2Exception.class, () -> Pmem2BadBlocks.open(source));
          assertEquals(Pmem2Error.PMEM2_E_NOSUPP, e.error());
          assertEquals(Optional.of(file), e.path());
          assertTrue(e.errorMessage().contains(args[2]), e.errorMessage());
          if (!args[2].contains("has no")) {
            for (String name : List.of("libndctl6", "libdaxctl1", "ndctl-libs", "daxctl-libs")) {
              assertTrue(e.errorMessage().contains(name), e.errorMessage());
            }
          }
        }
        assertEquals(
            Pmem2Error.PMEM2_E_NOSUPP,
            assertThrows(Pmem2Exception.class, source::deviceUnsafeShutdownCount).error());
        // Installing it helps a running program.
        for (String library : List.of("libndctl.so.6", "libdaxctl.so.1")) {
          Files.deleteIfExists(Path.of(args[1], library));
        }
        try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(source)) {
          assertEquals(List.of(new ByteRange(0, ScriptedNdctl.PAGE)), badBlocks.remaining());
        }
        assertEquals(7, source.deviceUnsafeShutdownCount());
      }
    }
  }
}
