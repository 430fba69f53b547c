package io.github.pmem2j.emulated;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Repairs where the driver refuses a write to bad blocks: the file gets others. */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class RepairByReplacingTest {
  @Test
  void everyPageIsRestored(Machine machine) throws IOException {
    Namespace disk = NfitTest.fsdax();
    RepairScenario scenario = RepairScenario.create(machine.ext4(disk.device()));
    NfitTest.inject(disk, scenario.toSpoil());
    scenario.salvage();
    scenario.repair();
  }
}
