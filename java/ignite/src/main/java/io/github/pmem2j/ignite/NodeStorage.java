package io.github.pmem2j.ignite;

import io.github.pmem2j.ignite.StorageFile.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ignite.Ignite;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;

/** The directories of a node's files, from its configuration and its consistent ID. */
final class NodeStorage {
  private final IgniteConfiguration configuration;
  private final String consistentId;
  private final List<StorageDirectory> found = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private NodeStorage(IgniteConfiguration configuration, String consistentId) {
    this.configuration = configuration;
    this.consistentId = consistentId;
  }

  /** The storage of a node. */
  static NodeStorage of(Ignite ignite) {
    IgniteConfiguration configuration = ignite.configuration();
    DataStorageConfiguration storage = configuration.getDataStorageConfiguration();
    NodeStorage found = new NodeStorage(configuration, consistentId(ignite));
    boolean persistent = regions(storage).anyMatch(DataRegionConfiguration::isPersistenceEnabled);
    if (persistent || regions(storage).anyMatch(DataRegionConfiguration::isCdcEnabled)) {
      found.add(storage, persistent);
    }
    regions(storage)
        .map(DataRegionConfiguration::getSwapPath)
        .filter(Objects::nonNull)
        .forEach(found::addSwap);
    return found;
  }

  /** The directories that exist; none if the node keeps no data on disk. */
  List<StorageDirectory> directories() {
    return found;
  }

  /** Why there may be more directories, or more in them. */
  List<String> problems() {
    return problems;
  }

  private static Stream<DataRegionConfiguration> regions(DataStorageConfiguration storage) {
    if (storage == null) {
      return Stream.empty();
    }
    DataRegionConfiguration[] others = storage.getDataRegionConfigurations();
    return Stream.concat(
        Stream.of(storage.getDefaultDataRegionConfiguration()),
        others == null ? Stream.empty() : Stream.of(others));
  }

  /** Null until the node has joined: then the directories of all nodes on this machine are used. */
  private static String consistentId(Ignite ignite) {
    try {
      return Objects.toString(ignite.cluster().localNode().consistentId(), null);
    } catch (RuntimeException e) {
      return Objects.toString(ignite.configuration().getConsistentId(), null);
    }
  }

  private void add(DataStorageConfiguration storage, boolean persistent) {
    String main = storage.getStoragePath();
    add(main == null ? "db" : main, null, persistent);
    if (storage.getExtraStoragePaths() != null) {
      for (String extra : storage.getExtraStoragePaths()) {
        add(extra + "/db", null, false);
      }
    }
    add(storage.getWalPath(), Role.WAL, persistent);
    add(storage.getWalArchivePath(), Role.WAL_ARCHIVE, persistent);
    add(storage.getCdcWalPath(), Role.CDC, false);
    addTypes();
  }

  /** The files that a region without persistence maps: in Ignite's home, if it knows that. */
  private void addSwap(String path) {
    String home = configuration.getIgniteHome();
    Path swap = home == null ? Path.of(path) : Path.of(home).resolve(path);
    add(swap.toAbsolutePath().toString(), Role.OTHER, false);
  }

  /** Ignite keeps the metadata of binary types below the work directory, wherever the rows are. */
  private void addTypes() {
    Path types = path("db");
    if (consistentId == null && isFound(types)) {
      return;
    }
    add("db/binary_meta", Role.OTHER, false);
    Path marshaller = types.resolve("marshaller");
    try {
      if (isDirectory(marshaller)) {
        addOnce(new StorageDirectory(marshaller, Role.OTHER, 0));
      }
    } catch (IOException e) {
      problems.add("cannot scan " + marshaller + ": " + e);
    }
  }

  /** Adds a directory that all nodes of a machine share, if this node has a folder there. */
  private void add(String configured, Role role, boolean required) {
    Path root = path(configured);
    try {
      List<Path> folders = isDirectory(root) ? folders(root) : List.of();
      if (folders.isEmpty() && required) {
        problems.add(
            "the node has no directory in "
                + root
                + "; if its files are elsewhere, scan them with: pmem2j scan --recursive"
                + " DIRECTORY");
      }
      int depth = consistentId == null ? 2 : 1;
      folders.forEach(folder -> addOnce(new StorageDirectory(folder, role, depth)));
    } catch (IOException e) {
      problems.add("cannot scan " + root + ": " + e);
    }
  }

  /** Unlike that of Files, it does not call one that cannot be read absent. */
  private static boolean isDirectory(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).isDirectory();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private Path path(String configured) {
    return Path.of(configuration.getWorkDirectory()).resolve(configured).toAbsolutePath();
  }

  private void addOnce(StorageDirectory directory) {
    if (!isFound(directory.path())) {
      found.add(directory);
    }
  }

  /** The paths stay as Ignite has them in its messages. */
  private boolean isFound(Path path) {
    return found.stream().anyMatch(other -> other.path().normalize().equals(path.normalize()));
  }

  /** Ignite names a node's folder after its consistent ID, configured or generated: node00-UUID. */
  private List<Path> folders(Path root) throws IOException {
    if (consistentId == null) {
      return List.of(root);
    }
    StringBuilder masked = new StringBuilder();
    consistentId.chars().forEach(c -> masked.append(Character.isLetterOrDigit(c) ? (char) c : '_'));
    Pattern madeUp = Pattern.compile("node\\d+-" + Pattern.quote(consistentId));
    try (Stream<Path> children = Files.list(root)) {
      return children
          .filter(
              child -> {
                String name = child.getFileName().toString();
                return name.contentEquals(masked) || madeUp.matcher(name).matches();
              })
          .toList();
    }
  }
}
