package io.github.pmem2j.osgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.PackagedJarTest;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** The jar is a bundle: another bundle, in a real framework, scans a file through it. */
class OsgiTest {
  /** In the constants of a class: the package of a class that is not the JDK's java.*. */
  private static final Pattern PACKAGE =
      Pattern.compile("((?:com|javax|jdk|net|org)(?:/[a-z0-9]+)+)/[A-Z]");

  @TempDir private Path directory;

  /** In the other bundle. */
  public static final class Client implements Callable<String> {
    @Override
    public String call() throws Exception {
      return BadBlockScanner.scan(Path.of("/proc/version")).verdict().name();
    }
  }

  /** What it exports is what the module exports to everybody. */
  @Test
  void exportsThePackagesOfTheModule() throws Exception {
    try (JarFile jar = new JarFile(PackagedJarTest.jar().toFile())) {
      String exported = jar.getManifest().getMainAttributes().getValue("Export-Package");
      List<String> packages =
          Stream.of(exported.replaceAll("\"[^\"]*\"", "").split(","))
              .map(each -> each.split(";")[0])
              .sorted()
              .toList();
      List<String> expected;
      try (InputStream module = jar.getInputStream(jar.getEntry("module-info.class"))) {
        expected =
            ModuleDescriptor.read(module).exports().stream()
                .filter(each -> !each.isQualified())
                .map(Exports::source)
                .sorted()
                .toList();
      }
      assertEquals(expected, packages);
    }
  }

  private Framework framework(Map<String, String> more) throws BundleException {
    Map<String, String> settings = new TreeMap<>(more);
    settings.put(Constants.FRAMEWORK_STORAGE, directory.resolve("cache").toString());
    settings.put(Constants.FRAMEWORK_BUNDLE_PARENT, Constants.FRAMEWORK_BUNDLE_PARENT_BOOT);
    settings.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, "org.slf4j;version=2.0.17");
    FrameworkFactory factory = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow();
    Framework framework = factory.newFramework(settings);
    framework.start();
    return framework;
  }

  /** A bundle with nothing but the client, which gets all else by its imports. */
  private Path client() throws Exception {
    Manifest manifest = new Manifest();
    Map.of(
            "Manifest-Version", "1.0",
            "Bundle-ManifestVersion", "2",
            "Bundle-SymbolicName", "client",
            "Import-Package", "io.github.pmem2j,io.github.pmem2j.scan")
        .forEach(manifest.getMainAttributes()::putValue);
    Path bundle = directory.resolve("client.jar");
    String name = Client.class.getName().replace('.', '/') + ".class";
    try (OutputStream file = Files.newOutputStream(bundle);
        JarOutputStream jar = new JarOutputStream(file, manifest);
        InputStream code = Client.class.getResourceAsStream("/" + name)) {
      jar.putNextEntry(new JarEntry(name));
      code.transferTo(jar);
    }
    return bundle;
  }

  private void scans(Map<String, String> settings) throws Exception {
    Framework framework = framework(settings);
    try {
      Bundle library =
          framework.getBundleContext().installBundle(PackagedJarTest.jar().toUri().toString());
      Bundle client = framework.getBundleContext().installBundle(client().toUri().toString());
      library.start();
      client.start();
      Class<?> theirs = client.loadClass(Client.class.getName());
      assertTrue(theirs != Client.class);
      Callable<?> call = (Callable<?>) theirs.getConstructor().newInstance();
      assertEquals("NOT_PMEM", call.call());
      assertThrows(
          ClassNotFoundException.class,
          () -> client.loadClass("io.github.pmem2j.internal.jni.NativeLibrary"));
    } finally {
      framework.stop();
      framework.waitForStop(0);
    }
  }

  /** A scan does not load every class, so this compares the imports with what all refer to. */
  @Test
  void importsThePackagesThatItsClassesName() throws Exception {
    Set<String> named = new TreeSet<>();
    try (JarFile jar = new JarFile(PackagedJarTest.jar().toFile())) {
      for (JarEntry entry : jar.stream().filter(each -> isClass(each.getName())).toList()) {
        String constants =
            new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
        PACKAGE.matcher(constants).results().forEach(found -> named.add(found.group(1)));
      }
      String imported = jar.getManifest().getMainAttributes().getValue("Import-Package");
      Set<String> packages = new TreeSet<>();
      for (String each : imported.replaceAll("\"[^\"]*\"", "").split(",")) {
        packages.add(each.split(";")[0].replace('.', '/'));
      }
      packages.removeIf(each -> each.startsWith("io/github/pmem2j"));
      assertEquals(packages, named);
    }
  }

  private static boolean isClass(String name) {
    return name.endsWith(".class") && !name.endsWith("module-info.class");
  }

  @Test
  void scansInFelix() throws Exception {
    scans(Map.of());
  }

  /** A framework that exports little of the JDK: no Flight Recorder, no JMX. */
  @Test
  void scansWithoutOptionalPackages() throws Exception {
    scans(Map.of(Constants.FRAMEWORK_SYSTEMPACKAGES, "org.osgi.framework;version=1.10"));
  }
}
