package io.github.pmem2j;

import java.io.Serializable;
import java.net.URI;
import java.nio.file.Path;

/** A path that survives serialization: as a URI, which keeps the bytes of every name. */
final class SerializedPath implements Serializable {
  private static final long serialVersionUID = 1L;

  private final URI uri;

  SerializedPath(Path path) {
    uri = path.toUri();
  }

  Path path() {
    return Path.of(uri);
  }
}
