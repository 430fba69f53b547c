package io.github.pmem2j.libpmem2;

import static io.github.pmem2j.ScriptedNdctl.PAGE;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ScriptedNdctl;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A file of four pages, of which the scripted libndctl reports one as bad. */
abstract class BadBlockTestCase {
  static final ByteRange BAD = new ByteRange(PAGE, PAGE);

  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  Path file;

  @BeforeEach
  void makeBadBlock() throws IOException {
    file = ndctl.file("file", 4);
    ndctl.bad(file, BAD.offset(), BAD.length());
  }
}
