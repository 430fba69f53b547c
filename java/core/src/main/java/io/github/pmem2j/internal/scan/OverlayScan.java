package io.github.pmem2j.internal.scan;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.MountTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * From a file of an overlay to the file of a layer that has its data, by the mount table and the
 * overlay's options (Documentation/filesystems/overlayfs.rst of the kernel). The caller must make
 * sure that it is the same file: the layers' names are those of the process that mounted them.
 */
final class OverlayScan {
  /** The file cannot be followed; the message says why. */
  static final class LostException extends Exception {
    private static final long serialVersionUID = 1;

    LostException(String message) {
      super(message, null, false, false);
    }
  }

  private final MountTable mounts;
  private final Path metacopyParameter;

  OverlayScan(Host host) {
    mounts = host.mounts();
    metacopyParameter = host.sys().resolve("module/overlay/parameters/metacopy");
  }

  /** The first of the layers' files that a file's path leads to. */
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
    String below = mount.root() + real.toString().substring(mount.point().length());
    for (String layer : layers) {
      if (!layer.startsWith("/")) {
        throw new LostException("its layer " + layer + " is not named from the root");
      }
      Path file;
      try {
        file = Path.of(layer + "/" + below);
      } catch (InvalidPathException e) {
        throw new LostException("the name of its layer is none here: " + e.getMessage());
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
   * Whether an overlay's file has the size and the place of a layer's file: on the same device, in
   * the same extents.
   */
  static boolean sameFile(Descriptor file, Descriptor layer) throws IOException {
    try (Descriptor above = file.reopen(Descriptor.Mode.READ);
        Descriptor below = layer.reopen(Descriptor.Mode.READ)) {
      FileStatus status = above.status();
      FileStatus layerStatus = below.status();
      if (layerStatus.type() != FileStatus.Type.REGULAR || status.size() != layerStatus.size()) {
        return false;
      }
      long size = status.size();
      ByteRange whole = new ByteRange(0, Long.MAX_VALUE);
      ExtentPass here = ExtentPass.of(above::extents, true, BadSectors.NONE, size, whole);
      ExtentPass there = ExtentPass.of(below::extents, true, BadSectors.NONE, size, whole);
      return here.failure() == null && here.sameAs(there);
    }
  }
}
