package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.jni.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a program calls first, the native library is loaded, or the error says why not. */
@Tag("slow")
class FirstCallTest {
  private static final Pattern CALLS = Pattern.compile("(\\d+) calls");
  private static final int PATH_MAX = 4096;
  private static final int NAME = 120;

  @TempDir private Path temporary;

  private void callAll(ChildJvm jvm) throws IOException {
    Path file = Files.write(temporary.resolve("file"), new byte[PATH_MAX]);
    String tooLong = "/x".repeat(PATH_MAX / 2 + 1);
    Path tree = Files.createDirectory(temporary.resolve("tree"));
    Path shallow = tree.resolve("s");
    Path deep = shallow;
    while (deep.toString().length() < PATH_MAX - 2 * NAME) {
      deep = deep.resolve("d".repeat(NAME));
    }
    Files.createDirectories(deep);
    // Nobody can read the last directories by their paths, not even root.
    Path renamed = Files.move(shallow, tree.resolve("l".repeat(2 * NAME)));
    try {
      String output = jvm.run(FirstCalls.class, tooLong, tree.toString(), file.toString()).ok();
      Matcher matcher = CALLS.matcher(output);
      assertTrue(matcher.find() && Integer.parseInt(matcher.group(1)) > 100, output);
    } finally {
      Files.move(renamed, shallow); // so that it can be deleted
    }
  }

  @Test
  void withALibrary() throws IOException {
    callAll(new ChildJvm());
  }

  @Test
  void withoutOne() throws IOException {
    callAll(
        new ChildJvm()
            .fromJar()
            .options("-D" + NativeLibrary.LIBRARY_PROPERTY + "=/there/is/no/libpmem2j.so"));
  }
}
