package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ScriptedNdctl;
import io.github.pmem2j.internal.jni.NoLiveHandles;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which device a dax device's repair clears, and when not; files stand for devices. */
@ExtendWith(NoLiveHandles.class)
class DaxTargetTest {
  private static final int PAGE = ScriptedNdctl.PAGE;

  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  @Test
  void clearsTheDeviceThatIsOpenWhateverHasItsName() throws IOException {
    Path device = ndctl.file("device", 2);
    Path other = ndctl.file("other", 2);
    ndctl.bad(device, PAGE, PAGE);
    ndctl.bad(other, 0, PAGE);
    Path name = Files.createSymbolicLink(ndctl.directory().resolve("name"), device);
    byte[] expected = Files.readAllBytes(other);
    try (Descriptor open = Descriptor.open(name, Descriptor.Mode.READ, Descriptor.Mode.WRITE);
        DaxTarget medium = new DaxTarget(open, ScannedHost.of(Host.local()))) {
      Files.delete(name);
      Files.createSymbolicLink(name, other);
      assertEquals(
          Map.of(), medium.clear(List.of(new ByteRange(0, 2 * PAGE)), RepairStep.Hook.NONE));
    }
    assertArrayEquals(expected, Files.readAllBytes(other));
    assertArrayEquals(
        new byte[PAGE], Arrays.copyOfRange(Files.readAllBytes(device), PAGE, 2 * PAGE));
  }

  /** A repair holds the lock that keeps others from clearing. */
  @Test
  void clearsUnderTheLockOfItsRepair() throws IOException {
    Path device = ndctl.file("device", 2);
    ndctl.bad(device, PAGE, PAGE);
    List<ByteRange> units = List.of(new ByteRange(0, 2 * PAGE));
    try (Descriptor open = Descriptor.open(device, Descriptor.Mode.READ, Descriptor.Mode.WRITE);
        DaxTarget medium = new DaxTarget(open, ScannedHost.of(Host.local()))) {
      assertTrue(FileIo.tryLock(open));
      assertEquals(Map.of(), medium.clear(units, RepairStep.Hook.NONE));
    }
    assertArrayEquals(
        new byte[PAGE], Arrays.copyOfRange(Files.readAllBytes(device), PAGE, 2 * PAGE));
  }

  /** One that fails does not hide what became of the others. */
  @Test
  void saysWhichUnitsWereNotCleared() throws IOException {
    Path device = ndctl.file("device", 4);
    ndctl.bad(device, 0, PAGE);
    ndctl.bad(device, 2 * PAGE, PAGE);
    List<ByteRange> units =
        List.of(new ByteRange(0, PAGE), new ByteRange(PAGE, PAGE), new ByteRange(2 * PAGE, PAGE));
    List<RepairStep> steps = new ArrayList<>();
    try (Descriptor open = Descriptor.open(device, Descriptor.Mode.READ, Descriptor.Mode.WRITE);
        DaxTarget medium = new DaxTarget(open, ScannedHost.of(Host.local()))) {
      assertEquals(Map.of(), medium.clear(units, steps::add));
      assertEquals(Collections.nCopies(3, RepairStep.CLEARED), steps);
      ndctl.bad(device, 2 * PAGE, PAGE);
      Map<ByteRange, IOException> failures = medium.clear(units.subList(2, 3), steps::add);
      assertEquals(Set.of(units.get(2)), failures.keySet());
    }
  }

  @Test
  void refusesBeforeAnythingIsClearedWhereLibndctlFails() throws IOException {
    Path device = ndctl.file("device", 2);
    ndctl.bad(device, 0, PAGE);
    ndctl.add("fail ndctl_new EIO");
    try (Descriptor open = Descriptor.open(device, Descriptor.Mode.READ, Descriptor.Mode.WRITE)) {
      IOException e =
          assertThrows(
              IOException.class, () -> new DaxTarget(open, ScannedHost.of(Host.local())).close());
      assertTrue(
          e.getMessage().startsWith(device + ": pmem2_badblock_context_new failed: EIO"),
          e.getMessage());
    }
    ndctl.noDevice();
    try (Descriptor open = Descriptor.open(device, Descriptor.Mode.READ, Descriptor.Mode.WRITE)) {
      IOException e =
          assertThrows(
              IOException.class, () -> new DaxTarget(open, ScannedHost.of(Host.local())).close());
      assertEquals(
          device + ": libpmem2 finds no namespace for this dax device, so it cannot be cleared",
          e.getMessage());
    }
  }
}
