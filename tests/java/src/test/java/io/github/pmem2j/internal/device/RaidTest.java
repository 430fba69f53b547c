package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Sysfs;
import io.github.pmem2j.testkit.FakeSysfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arrays that may fail although all of their members are clean. */
class RaidTest {
  private static final DeviceNumber NUMBER = Sysfs.parseDeviceNumber("9:0");

  @TempDir private Path temporary;

  @ParameterizedTest
  @CsvSource({
    "raid1,     active,   1, true",
    "raid10,    clean,    1, true",
    "raid5,     clean,    1, true",
    "raid6,     clean,    2, true",
    "raid0,     clean,     , true",
    "linear,    clean,     , true",
    "raid5,     clean,    2, false",
    "raid4,     clean,    2, false",
    "raid6,     clean,    3, false",
    "raid0,     broken,    , false",
    "faulty,    clean,     , false",
    "container, clean,     , false",
    "'',        inactive,  , false",
  })
  void ofALevelAndState(String level, String state, String degraded, boolean clean)
      throws IOException {
    FakeSysfs sysfs = new FakeSysfs(temporary.resolve("sys"));
    Path md = sysfs.raid("9:0", "md0", "", sysfs.disk("259:0", "pmem0", "")).resolve("md");
    Files.writeString(md.resolve("level"), level + "\n");
    Files.writeString(md.resolve("array_state"), state + "\n");
    Files.delete(md.resolve("degraded"));
    if (degraded != null) {
      Files.writeString(md.resolve("degraded"), degraded + "\n");
    }
    StackResolver resolver = new StackResolver(Host.local().withSys(sysfs.root()));
    DeviceStack stack = resolver.resolve(NUMBER);
    assertEquals(clean, stack.clean(), stack::toString);
    if (!clean) {
      assertUnknown(stack);
    }
    Files.delete(md.resolve("level"));
    assertUnknown(resolver.resolve(NUMBER));
  }

  private static void assertUnknown(DeviceStack stack) {
    assertEquals(
        List.of(IncompleteReason.Code.UNKNOWN_MAPPING),
        stack.reasons().stream().map(IncompleteReason::code).toList());
    String message = stack.reasons().get(0).message();
    assertTrue(message.contains("/md0/md/"), message);
  }
}
