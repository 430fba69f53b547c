package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.device.DeviceStatus;
import io.github.pmem2j.device.OwnedRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The status of bad ranges of a region outside its devices. */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class StatusNfitTest {
  /** The second page of a namespace, which has its mode and the offset of its data. */
  private static final Sectors IN_INFO_BLOCK = new Sectors(8 + 4, 1);

  private static DeviceStatus status(Path device) throws IOException {
    String name = device.getFileName().toString();
    return DeviceStatus.ofMachine().stream()
        .filter(status -> status.device().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name));
  }

  @Test
  void aBadSectorInTheInfoBlockIsTheNamespaces(Machine machine) throws IOException {
    Namespace disk = NfitTest.fsdax();
    NfitTest.injectBelow(disk, IN_INFO_BLOCK);
    try {
      assertEquals(List.of(IN_INFO_BLOCK), disk.regionBadBlocks());
      assertEquals(RangeSet.empty(), status(disk.device()).badBlocks());
      ByteRange bad = new ByteRange(IN_INFO_BLOCK.first() * Sectors.SIZE, Sectors.SIZE);
      BadBlockOwner owner =
          new BadBlockOwner(
              Kind.NAMESPACE_METADATA, Optional.empty(), Optional.empty(), disk.name());
      DeviceStatus region = status(disk.region());
      assertEquals(List.of(new OwnedRange(bad, List.of(owner))), region.ranges());
    } finally {
      NfitTest.clearBelow(disk);
    }
  }
}
