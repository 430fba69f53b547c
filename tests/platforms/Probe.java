import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What ci/platforms runs beside the command line: {@code Probe open FILE} uses the library as this
 * JVM was given it, {@code Probe twice FILE JAR…} in two class loaders at once, as two applications
 * in one server do. Both print a line that begins with ok.
 */
final class Probe {
  public static void main(String[] arguments) throws Exception {
    List<Object> opened = new ArrayList<>();
    if (arguments[0].equals("open")) {
      opened.add(Pmem2BadBlocks.open(Path.of(arguments[1])));
    } else {
      URL[] jars = new URL[arguments.length - 2];
      for (int i = 0; i < jars.length; i++) {
        jars[i] = Path.of(arguments[i + 2]).toUri().toURL();
      }
      for (int i = 0; i < 2; i++) {
        ClassLoader loader = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader());
        Class<?> library = loader.loadClass("io.github.pmem2j.libpmem2.Pmem2BadBlocks");
        opened.add(library.getMethod("open", Path.class).invoke(null, Path.of(arguments[1])));
      }
    }
    for (Object badBlocks : opened) {
      System.out.println("ok " + badBlocks.getClass().getModule() + " " + badBlocks);
      ((AutoCloseable) badBlocks).close();
    }
    if (opened.size() == 2 && opened.get(0).getClass() == opened.get(1).getClass()) {
      throw new AssertionError("one class " + Arrays.toString(arguments));
    }
  }
}
