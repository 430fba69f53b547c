package io.github.pmem2j.internal.jni;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.security.CodeSource;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The resources packed beside the classes. */
final class JarResource {
  private JarResource() {}

  /** The content of a resource, or null if there is none. */
  static byte[] read(String name) throws IOException {
    try (InputStream in = JarResource.class.getResourceAsStream("/" + name)) {
      return in == null ? readFromJar(name) : in.readAllBytes();
    }
  }

  /** If the jar's directory ends in '!', the JDK takes that for the end of the jar's name. */
  private static byte[] readFromJar(String name) throws IOException {
    CodeSource source = JarResource.class.getProtectionDomain().getCodeSource();
    if (source == null || !source.getLocation().getProtocol().equals("file")) {
      return null;
    }
    File file;
    try {
      file = new File(source.getLocation().toURI());
    } catch (URISyntaxException | IllegalArgumentException e) {
      return null;
    }
    if (!file.isFile()) {
      return null;
    }
    try (ZipFile jar = new ZipFile(file)) {
      ZipEntry entry = jar.getEntry(name);
      return entry == null ? null : jar.getInputStream(entry).readAllBytes();
    }
  }
}
