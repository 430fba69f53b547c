package io.github.pmem2j.emulated;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repairs on blocks smaller than a page, one of which may be good between bad ones. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class RepairSmallBlocksTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mkfs.ext4 -q -F -b 1024",
        "mkfs.ext4 -q -F -b 2048",
        "mkfs.xfs -q -f -b size=1024",
        "mkfs.xfs -q -f -m reflink=1,rmapbt=1"
      })
  void everyPageIsRestored(String mkfs, Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Command.run((Object[]) (mkfs + " " + disk.device()).split(" "));
    RepairScenario scenario = RepairScenario.create(machine.mount(disk.device()));
    disk.inject(scenario.toSpoil());
    Sysfs.write(Path.of("/proc/sys/vm/drop_caches"), "1");
    scenario.salvage();
    scenario.repair();
  }
}
