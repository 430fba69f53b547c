package io.github.pmem2j;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.pmem2j.cli.FatJar;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The packages of the core and what each may use; DESIGN.md shows them. */
@Tag("no-native")
class LayerTest {
  private static final String ROOT = "io.github.pmem2j";

  /** Each uses only packages before it. */
  private static final List<String> LAYERS =
      Stream.of(
              "",
              ".internal.jni",
              ".internal.linux",
              ".internal.jfr",
              ".internal.device",
              ".internal.journal",
              ".internal.scan",
              ".scan",
              ".device",
              ".libpmem2",
              ".repair",
              ".watch")
          .map(ROOT::concat)
          .toList();

  private static final Set<String> EXPORTED =
      LAYERS.stream().filter(name -> !name.contains(".internal.")).collect(toSet());

  private static final URL LOCATION =
      BadBlockScanner.class.getProtectionDomain().getCodeSource().getLocation();

  static { // Else each class that is mentioned would be read, too.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
  }

  private static final ClassFileImporter IMPORTER =
      new ClassFileImporter().withImportOption(location -> location.contains("io/github/pmem2j/"));

  private static final JavaClasses CORE = IMPORTER.importUrl(LOCATION);

  @Test
  void everyPackageIsALayer() {
    Set<String> packages =
        CORE.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.isEmpty())
            .collect(toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(LAYERS), packages);
  }

  /** The picture in DESIGN.md: the layers in their order, then every other package. */
  @Test
  void designShowsEveryPackage() throws IOException {
    String picture = Files.readString(ChildJvm.root().resolve("DESIGN.md")).split("```")[1];
    String[] parts = picture.split("-{9,}");
    List<String> layers =
        parts[0]
            .lines()
            .filter(line -> line.matches("\\w.*"))
            .map(line -> line.split(" ")[0])
            .toList();
    assertEquals(
        LAYERS.stream()
            .map(name -> name.equals(ROOT) ? name : name.substring(ROOT.length() + 1))
            .toList(),
        layers);
    Set<String> shown = new HashSet<>(List.of(parts[1].split("[^\\w.]+")));
    try (Stream<Path> files = Files.walk(ChildJvm.root().resolve("java"))) {
      Set<String> missing =
          files
              .map(Path::toString)
              .filter(name -> name.matches(".*/src/main/java/io/github/pmem2j/.*[.]java"))
              .map(name -> name.replaceAll(".*/io/github/pmem2j/|/?[^/]*$", "").replace('/', '.'))
              .filter(name -> !layers.contains(name) && !name.isEmpty() && !shown.contains(name))
              .collect(toCollection(TreeSet::new));
      assertEquals(Set.of(), missing);
    }
  }

  @Test
  void eachLayerUsesOnlyThoseBefore() {
    for (int i = 0; i < LAYERS.size() - 1; i++) {
      String[] above = LAYERS.subList(i + 1, LAYERS.size()).toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(LAYERS.get(i))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(above)
          .check(CORE);
    }
  }

  @Test
  void flightRecorderIsBesideLinux() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".internal.jfr")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".internal.linux")
        .check(CORE);
  }

  @Test
  void exportsNothingInternal() throws IOException, URISyntaxException {
    Set<String> exported =
        module().exports().stream()
            .filter(export -> !export.isQualified())
            .map(ModuleDescriptor.Exports::source)
            .collect(toSet());
    assertEquals(EXPORTED, exported);
  }

  @Test
  void exportsTheHostToTheTestKitAlone() throws IOException, URISyntaxException {
    assertEquals(
        Map.of(ROOT + ".internal.linux", Set.of(ROOT + ".testkit")),
        module().exports().stream()
            .filter(ModuleDescriptor.Exports::isQualified)
            .collect(toMap(ModuleDescriptor.Exports::source, ModuleDescriptor.Exports::targets)));
  }

  private static ModuleDescriptor module() throws IOException, URISyntaxException {
    return ModuleFinder.of(Path.of(LOCATION.toURI())).find(ROOT).orElseThrow().descriptor();
  }

  /**
   * A larger record's constructor is easy to call wrongly, and a new component breaks its callers.
   */
  @Test
  void aPublicRecordHasAtMostFiveComponents() {
    List<String> larger =
        IMPORTER.importPackages(ROOT).stream()
            .filter(type -> type.isRecord() && type.getModifiers().contains(JavaModifier.PUBLIC))
            .filter(type -> !type.getPackageName().matches(".*[.](internal|cli|testkit)([.].*)?"))
            .filter(type -> type.getFields().stream().filter(LayerTest::isComponent).count() > 5)
            .map(JavaClass::getName)
            .toList();
    assertEquals(List.of(), larger);
  }

  private static boolean isComponent(JavaField field) {
    return !field.getModifiers().contains(JavaModifier.STATIC);
  }

  /** The command line and the adapters. */
  @Test
  void theOtherArtifactsUseWhatIsExported() throws IOException {
    try (JarFile jar = new JarFile(FatJar.path().toFile())) {
      check(IMPORTER.importJar(jar), ".cli..");
    }
    check(IMPORTER.importPackages(ROOT + ".micrometer"), ".micrometer..");
    check(IMPORTER.importPackages(ROOT + ".lucene"), ".lucene..");
    check(IMPORTER.importPackages(ROOT + ".h2"), ".h2..");
    check(IMPORTER.importPackages(ROOT + ".ignite"), ".ignite..");
  }

  @Test
  void theTestKitUsesTheHostBeside() {
    URL kit = SimulatedPmem.class.getProtectionDomain().getCodeSource().getLocation();
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".testkit")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            LAYERS.stream()
                .filter(name -> name.contains(".internal.") && !name.endsWith(".linux"))
                .toArray(String[]::new))
        .check(IMPORTER.importUrl(kit));
  }

  private static void check(JavaClasses classes, String artifact) {
    assertFalse(classes.that(resideInAnyPackage(ROOT + artifact)).isEmpty());
    noClasses()
        .that()
        .resideInAPackage(ROOT + artifact)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".internal..")
        .check(classes);
  }
}
