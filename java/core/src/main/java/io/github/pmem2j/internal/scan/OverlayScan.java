package io.github.pmem2j.internal.scan;

import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.MountTable;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Finds the layer's file that holds the data of an overlay's file, by the mount table and the
 * overlay's options (Documentation/filesystems/overlayfs.rst of the kernel). The caller must verify
 * that it is the same file: the layers' names are those of the process that mounted them.
 */
final class OverlayScan {
  /** The file cannot be found; the message says why. */
  static final class LostException extends Exception {
    private static final long serialVersionUID = 1;

    LostException(String message) {
      super(message, null, false, false);
    }
  }

  private final MountTable mounts;
  private final Path metacopyParameter;
  private final Path maps;

  OverlayScan(Host host) {
    mounts = host.mounts();
    maps = host.proc().resolve("self/maps");
    metacopyParameter = host.sys().resolve("module/overlay/parameters/metacopy");
  }

  /** The file of the topmost layer that has the path. */
  Path resolve(Path path) throws LostException, IOException {
    Path real = path.toRealPath();
    MountTable.Mount mount = mounts.of(real);
    if (mount == null || !mount.type().equals("overlay")) {
      throw new LostException(mounts + " shows no overlay mounted above " + real);
    }
    Map<String, String> options = mount.options();
    String lower = options.getOrDefault("lowerdir", options.get("lowerdir+"));
    if (lower == null || options.containsKey("datadir+") || lower.contains("::")) {
      throw new LostException("its layers are not all in " + mounts);
    }
    if (options.getOrDefault("metacopy", metacopyDefault()).matches("on|Y")) {
      throw new LostException("its upper layer may hold names without data (metacopy)");
    }
    List<String> layers = new ArrayList<>();
    if (options.get("upperdir") != null) {
      layers.add(options.get("upperdir"));
    }
    layers.addAll(splitLayers(lower));
    String below = mount.root() + MountTable.name(real).substring(mount.point().length());
    for (String layer : layers) {
      if (!layer.startsWith("/")) {
        throw new LostException("its layer " + layer + " is not named from the root");
      }
      Path file;
      try {
        file = MountTable.path((layer + "/" + below).replaceAll("/+", "/"));
      } catch (IllegalArgumentException e) {
        throw new LostException("the name of its layer is not valid here: " + e.getMessage());
      }
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return file;
      }
    }
    throw new LostException("none of its layers has the file " + below);
  }

  private String metacopyDefault() throws IOException {
    return Files.exists(metacopyParameter)
        ? Files.readString(metacopyParameter, StandardCharsets.ISO_8859_1).strip()
        : "off";
  }

  /** Splits at colons, but not at those after a backslash, which belong to a name. */
  private static List<String> splitLayers(String text) {
    List<String> layers = new ArrayList<>();
    StringBuilder layer = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        layer.append(text.charAt(++i));
      } else if (c == ':') {
        layers.add(layer.toString());
        layer.setLength(0);
      } else {
        layer.append(c);
      }
    }
    layers.add(layer.toString());
    return layers;
  }

  /**
   * Whether an overlay's file is a layer's file: of the same size, in the same extents, and on the
   * same device, which a copy of the layer's file system is not.
   */
  boolean sameFile(Descriptor file, Descriptor layer) throws IOException {
    try (Descriptor above = file.reopen(Descriptor.Mode.READ);
        Descriptor below = layer.reopen(Descriptor.Mode.READ)) {
      FileStatus status = above.status();
      FileStatus layerStatus = below.status();
      if (layerStatus.type() != FileStatus.Type.REGULAR || status.size() != layerStatus.size()) {
        return false;
      }
      long size = status.size();
      ExtentPass here = ExtentPass.of(above::extents, true, BadSectors.NONE, size, FileScan.WHOLE);
      ExtentPass there = ExtentPass.of(below::extents, true, BadSectors.NONE, size, FileScan.WHOLE);
      return here.failure() == null
          && here.sameAs(there)
          && (status.empty() || mapsTo(above, layerStatus));
    }
  }

  /**
   * Whether a mapping of an overlay's file is one of the layer's inode. Only the table of mappings
   * shows the device below an overlay, and only up to Linux 6.6: later kernels show the overlay's
   * own, which proves nothing.
   */
  private boolean mapsTo(Descriptor file, FileStatus layer) throws IOException {
    if (file.status().size() == 0) {
      return false;
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return mapsToNow(file, layer);
        } catch (ClosedByInterruptException e) {
          interrupted = Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean mapsToNow(Descriptor file, FileStatus layer) throws IOException {
    try (FileChannel channel = FileChannel.open(file.link(), StandardOpenOption.READ)) {
      MappedByteBuffer mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, 1);
      String path = file.link().toRealPath().toString();
      boolean found = maps(Files.readString(maps, StandardCharsets.ISO_8859_1), path, layer);
      Reference.reachabilityFence(mapping);
      return found;
    }
  }

  /** Whether a table of mappings shows a path as a file with this device and inode. */
  static boolean maps(String table, String path, FileStatus file) {
    String name = new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    String end =
        " (0*)%x:(0*)%x %d +%s"
            .formatted(
                file.device().major(), file.device().minor(), file.inode(), Pattern.quote(name));
    Pattern line = Pattern.compile("\\S+ \\S+ \\S+" + end);
    return table.lines().anyMatch(text -> line.matcher(text).matches());
  }
}
