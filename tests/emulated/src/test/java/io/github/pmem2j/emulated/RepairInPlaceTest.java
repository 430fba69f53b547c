package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repairs where the driver clears an error below a write: the file stays in its place. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class RepairInPlaceTest {
  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs"})
  void everyPageIsRestored(String type, Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = type.equals("xfs") ? machine.xfs(disk.device()) : machine.ext4(disk.device());
    RepairScenario scenario = RepairScenario.create(mount);
    Sectors[] bad = scenario.toSpoil();
    disk.inject(bad);
    scenario.salvage();
    scenario.repair();
    // The last page is no whole page of the file: it was replaced, and its error is in free space.
    assertEquals(List.of(bad[bad.length - 1]), disk.badBlocks());
  }
}
