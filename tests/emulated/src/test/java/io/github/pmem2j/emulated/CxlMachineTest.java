package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The machine itself, flavours cxl and cxl2: poison can be injected, is listed, and cleared. */
@Tag("cxl")
@Tag("cxl2")
@ExtendWith(MachineExtension.class)
class CxlMachineTest {

  @Test
  void poisonUnderAFileIsListedByTheDeviceAlone(Machine machine) throws IOException {
    for (Namespace disk : Cxl.namespaces()) {
      TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), 16);
      Cxl.Poison poison = Cxl.inject(disk, FileExtent.page(file.path(), 5).offset() + 512, 64);
      assertEquals(List.of(poison), Cxl.listed());
      assertEquals(List.of(poison), Cxl.listedByProgram(poison.memdev()));
      assertEquals(List.of(), disk.badBlocks());
      assertEquals(List.of(), disk.regionBadBlocks());
      Cxl.clear(poison);
      assertEquals(List.of(), Cxl.listed());
      byte[] cleared = file.page(5);
      Arrays.fill(cleared, 512, 576, (byte) 0);
      assertArrayEquals(cleared, file.mappedRead(5));
    }
  }
}
