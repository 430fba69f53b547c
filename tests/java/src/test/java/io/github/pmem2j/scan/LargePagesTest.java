package io.github.pmem2j.scan;

import io.github.pmem2j.ChildJvm;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Scans on a machine with pages of 64 KiB. */
@Tag("slow")
class LargePagesTest {
  @Test
  void aFileThatIsAccessedDirectly() throws IOException {
    new ChildJvm().env(ChildJvm.preloading("liblarge_blocks.so")).tests(LargePagesChecks.class);
  }
}
