package io.github.pmem2j.ignite;

import io.github.pmem2j.ignite.StorageFile.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private NodeStorage(IgniteConfiguration configuration, String consistentId) {
    this.configuration = configuration;
    this.consistentId = consistentId;
  }

  /** The directories of a node that exist; none if it keeps no data on disk. */
  static List<StorageDirectory> of(Ignite ignite) throws IOException {
    IgniteConfiguration configuration = ignite.configuration();
    DataStorageConfiguration storage = configuration.getDataStorageConfiguration();
    if (regions(storage).noneMatch(r -> r.isPersistenceEnabled() || r.isCdcEnabled())) {
      return List.of();
    }
    return new NodeStorage(configuration, consistentId(ignite)).directories(storage);
  }

  /** Whether a node keeps data on disk: then it must have a storage directory. */
  static boolean isPersistent(Ignite ignite) {
    return regions(ignite.configuration().getDataStorageConfiguration())
        .anyMatch(DataRegionConfiguration::isPersistenceEnabled);
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

  private List<StorageDirectory> directories(DataStorageConfiguration storage) throws IOException {
    String main = storage.getStoragePath();
    add(main == null ? "db" : main, null);
    if (storage.getExtraStoragePaths() != null) {
      for (String extra : storage.getExtraStoragePaths()) {
        add(extra + "/db", null);
      }
    }
    add(storage.getWalPath(), Role.WAL);
    add(storage.getWalArchivePath(), Role.WAL_ARCHIVE);
    add(storage.getCdcWalPath(), Role.CDC);
    addTypes();
    return found;
  }

  /** Ignite keeps the metadata of binary types below the work directory, wherever the rows are. */
  private void addTypes() throws IOException {
    Path types = path("db").normalize();
    if (consistentId == null && found.stream().anyMatch(other -> types.equals(other.path()))) {
      return;
    }
    add("db/binary_meta", Role.OTHER);
    Path marshaller = types.resolve("marshaller");
    if (Files.isDirectory(marshaller)) {
      addOnce(new StorageDirectory(marshaller, Role.OTHER, 0));
    }
  }

  private void add(String configured, Role role) throws IOException {
    Path root = path(configured);
    if (!Files.isDirectory(root)) {
      return;
    }
    if (consistentId == null) {
      addOnce(new StorageDirectory(root.normalize(), role, 2));
      return;
    }
    for (Path folder : folders(root)) {
      addOnce(new StorageDirectory(folder.normalize(), role, 1));
    }
  }

  private Path path(String configured) {
    return Path.of(configuration.getWorkDirectory()).resolve(configured).toAbsolutePath();
  }

  private void addOnce(StorageDirectory directory) {
    if (found.stream().noneMatch(other -> other.path().equals(directory.path()))) {
      found.add(directory);
    }
  }

  /** Ignite names a node's folder after its consistent ID, configured or generated: node00-UUID. */
  private List<Path> folders(Path root) throws IOException {
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
          .filter(Files::isDirectory)
          .toList();
    }
  }
}
