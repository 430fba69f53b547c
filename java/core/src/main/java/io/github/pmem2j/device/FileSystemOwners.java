package io.github.pmem2j.device;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.CancelledException;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.device.StackResolver;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.FileSystemType;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.scan.FileScan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The owners of the bad sectors below a mounted file system. */
final class FileSystemOwners {
  private static final String EXT = "ext4";
  private static final int SHOWN = 3;

  private final Host host;
  private final Path mount;
  private final String typeName;
  private final DeviceNumber device;
  private final DeviceStack stack;
  private final BadSectors bad;
  private final StackResolver resolver;
  private final RangeOwners claims;
  private final ProgressListener progress;

  FileSystemOwners(
      Host host,
      Path mount,
      String typeName,
      DeviceNumber device,
      DeviceStack stack,
      StackResolver resolver,
      RangeOwners claims,
      ProgressListener progress) {
    this.host = host;
    this.mount = mount;
    this.typeName = typeName;
    this.device = device;
    this.stack = stack;
    this.bad = stack.bad();
    this.resolver = resolver;
    this.claims = claims;
    this.progress = progress;
  }

  /**
   * Assigns owners to the sectors whose owner is found, and to the rest the reason why it is
   * unknown.
   *
   * @throws CancelledException if the thread was interrupted
   */
  void find() throws CancelledException {
    String why;
    try (Descriptor root = Descriptor.open(mount, Descriptor.Mode.READ)) {
      FileSystemType type = FileSystemType.of(root.fileSystemType());
      if (!root.status().device().equals(device)) {
        why = "something else is mounted over it";
      } else if (type != FileSystemType.ONE_DEVICE && type != FileSystemType.XFS) {
        why = "where its files lie is not known";
      } else {
        why = find(root);
      }
    } catch (CancelledException e) {
      throw e;
    } catch (IOException e) {
      why = NativeError.cause(e);
    }
    BadBlockOwner unknown = BadBlockOwner.of(Kind.UNKNOWN, typeName + " on " + mount + ": " + why);
    bad.bytes().forEach(range -> claims.add(bad, range, unknown));
  }

  private String find(Descriptor root) throws IOException {
    SpaceOwners space = new SpaceOwners(device, bad, claims);
    String why = "";
    try {
      space.read(root);
    } catch (IOException e) {
      why = "; " + NativeError.cause(e);
    }
    BadSectors without = within(bad.bytes().minus(space.claimed()).minus(journal()));
    FileScan scan = new FileScan(host);
    TreeOwners tree =
        new TreeOwners(
            device,
            bad,
            without,
            space.inodes(),
            claims,
            path -> scan.scan(path, this::stack),
            progress);
    tree.walk(mount);
    return "no file or directory was found that lies there: it may be extents or extended attributes"
        + " of a file, or a file that is deleted and still open"
        + unreadable(tree.unreadable())
        + why;
  }

  /** The list of each device is read once, not for each damaged file. */
  private DeviceStack stack(DeviceNumber number) {
    return number.equals(device) ? stack : resolver.resolve(number);
  }

  private static String unreadable(List<Path> paths) {
    if (paths.isEmpty()) {
      return "";
    }
    return "; where these lie cannot be read: "
        + paths.stream().limit(SHOWN).map(Path::toString).collect(Collectors.joining(", "))
        + (paths.size() > SHOWN ? " and " + (paths.size() - SHOWN) + " more" : "");
  }

  /** Assigns the journal of ext4, which has no name. */
  private RangeSet journal() {
    RangeSet.Builder claimed = RangeSet.builder();
    if (typeName.equals(EXT)) {
      for (ByteRange range : ExtJournal.find(device, host)) {
        claimed.addAll(claims.add(bad, range, BadBlockOwner.of(Kind.LOG, "")));
      }
    }
    return claimed.build();
  }

  /** The bad sectors in some ranges of the device. */
  private BadSectors within(RangeSet ranges) {
    BadSectors.Builder within = new BadSectors.Builder();
    for (ByteRange range : ranges) {
      long start = range.offset() / BadRange.SECTOR_SIZE;
      long end = range.end() / BadRange.SECTOR_SIZE;
      within.addAll(bad.section(start, end - start), start);
    }
    return within.build();
  }
}
