package io.github.pmem2j;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What libndctl says of this machine, decided by the test: writes the script that the scripted
 * libndctl (tests/native/scripted_ndctl, whose README describes the language) reads whenever a
 * context is opened. Files made here lie on this machine's own disk, with their real extents; the
 * script makes that disk persistent memory and some of its sectors bad.
 *
 * <p>To be used as a field with {@code @RegisterExtension}.
 */
public final class ScriptedNdctl implements BeforeEachCallback, AfterEachCallback {
  /** What the tests' files are made of, in bytes. */
  public static final int PAGE = 4096;

  private static final int SECTOR = 512;

  /** The disk below the files as a namespace in fsdax mode, after which bad blocks may follow. */
  private static final String FSDAX =
      """
      log @log
      bus ACPI.NFIT
        region 0 resource 0x100000000 numa 0
          dimm 8089-a2-1837-0000001 dirty-shutdowns 3
          dimm 8089-a2-1837-0000002 dirty-shutdowns 4
          namespace fsdax block @disk size 1048576G
      """;

  private static final Pattern EXTENT =
      Pattern.compile("(?m)^\\s*\\d+:\\s*(\\d+)\\.\\.\\s*(\\d+):\\s*(\\d+)\\.\\.");

  private final Path script = Path.of(System.getenv("PMEM2J_NDCTL_SCRIPT"));
  private final Path directory = script.getParent();
  private final StringBuilder statements = new StringBuilder();

  /** The extents of files as {@link #bad} first saw them: writing does not move them. */
  private final Map<Path, List<Extent>> known = new HashMap<>();

  /** A piece of a file, in bytes: where it is in the file and on the disk. */
  public record Extent(long logical, long physical, long length) {}

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    deleteAll();
    Files.createDirectories(directory.resolve("disk"));
    fsdax();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    deleteAll();
  }

  private void deleteAll() throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** The directory of the script and the files; what a script names with {@code @} is in here. */
  public Path directory() {
    return directory;
  }

  /** The script's own path. */
  public Path path() {
    return script;
  }

  /** Replaces the whole script. */
  public ScriptedNdctl script(String text) throws IOException {
    statements.setLength(0);
    return add(text);
  }

  /** Appends statements. */
  public ScriptedNdctl add(String text) throws IOException {
    statements.append(text).append('\n');
    return write();
  }

  /** At once, because other threads may be reading it. */
  private ScriptedNdctl write() throws IOException {
    Path fresh = directory.resolve("script.new");
    Files.writeString(fresh, statements);
    Files.move(fresh, script, StandardCopyOption.ATOMIC_MOVE);
    return this;
  }

  /** Begins again with a disk that is persistent memory without bad blocks. */
  public ScriptedNdctl fsdax() throws IOException {
    return script(FSDAX);
  }

  /** Begins again with a machine whose persistent memory is not below the files. */
  public ScriptedNdctl noDevice() throws IOException {
    return script("log @log\nbus ACPI.NFIT\n region 0 resource 0x100000000\n");
  }

  /** Makes a file whose page n is full of the byte {@code n % 255 + 1}. */
  public Path file(String name, int pages) throws IOException {
    Path file = directory.resolve(name);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content(pages)));
      channel.force(true); // until then it has no place on the disk
    }
    place(file);
    return file;
  }

  /** What {@link #file} writes. */
  public static byte[] content(int pages) {
    byte[] content = new byte[pages * PAGE];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i / PAGE % 255 + 1);
    }
    return content;
  }

  /** Makes the file's device the one that scripts call {@code @disk}. */
  public void place(Path file) throws IOException {
    long device = (long) Files.getAttribute(file, "unix:dev");
    long major = (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
    long minor = (device & 0xff) | (device >>> 12 & ~0xffL);
    Files.writeString(directory.resolve("disk/dev"), major + ":" + (int) minor + "\n");
  }

  /** Makes bytes of a file bad, which are whole sectors, in one piece for each extent. */
  public ScriptedNdctl bad(Path file, long offset, long length) throws IOException {
    List<Extent> extents = known.get(file);
    if (extents == null) {
      extents = extents(file);
      known.put(file, extents);
    }
    for (Extent extent : extents) {
      long begin = Math.max(offset, extent.logical());
      long end = Math.min(offset + length, extent.logical() + extent.length());
      if (begin < end) {
        long physical = extent.physical() + begin - extent.logical();
        statements.append("badblock ").append(physical / SECTOR);
        statements.append(' ').append((end - begin) / SECTOR).append('\n');
      }
    }
    return write();
  }

  /** Where a file is on its disk, as filefrag (of e2fsprogs) reports. */
  public static List<Extent> extents(Path file) throws IOException {
    String text = run("filefrag", "-v", "-b" + SECTOR, file.toString());
    List<Extent> extents = new ArrayList<>();
    Matcher matcher = EXTENT.matcher(text);
    while (matcher.find()) {
      long first = Long.parseLong(matcher.group(1));
      long last = Long.parseLong(matcher.group(2));
      long physical = Long.parseLong(matcher.group(3));
      extents.add(new Extent(first * SECTOR, physical * SECTOR, (last - first + 1) * SECTOR));
    }
    if (extents.isEmpty()) {
      throw new IOException("no extents of " + file + " in: " + text);
    }
    return extents;
  }

  /** What the scripted libndctl was asked to do since the test began. */
  public String log() throws IOException {
    Path log = directory.resolve("log");
    return Files.exists(log) ? Files.readString(log) : "";
  }

  /** Holds every call of a function of libndctl, from the {@code after}'th on, in a new barrier. */
  public Barrier hold(String function, int after) throws IOException {
    Path fifo = directory.resolve("fifo-" + function);
    run("mkfifo", fifo.toString());
    add("block-on " + function + " @" + fifo.getFileName() + " after " + after);
    return new Barrier(fifo);
  }

  /** A call of libndctl that waits for the test. */
  public static final class Barrier implements AutoCloseable {
    private final Path fifo;
    private OutputStream stream;

    Barrier(Path fifo) {
      this.fifo = fifo;
    }

    /** Returns when the call is under way, and will stay so. */
    public void await() {
      try {
        stream = Files.newOutputStream(fifo);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Lets the call go on. */
    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  /** Runs a program, which must succeed, and returns its output. */
  public static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return output;
  }
}
