package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is installed and uploaded: each module below java, which the BOM lists, and no test. */
class ArtifactsTest {
  private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(pmem2j[a-z0-9-]*)<");
  private static final String SKIPPED = "<maven.deploy.skip>true</maven.deploy.skip>";

  private static List<String> poms(String folder) throws IOException {
    try (Stream<Path> modules = Files.list(ChildJvm.root().resolve(folder))) {
      return modules
          .map(module -> module.resolve("pom.xml"))
          .filter(Files::exists)
          .sorted(Comparator.naturalOrder())
          .map(ArtifactsTest::text)
          .toList();
    }
  }

  private static String text(Path pom) {
    try {
      return Files.readString(pom);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> artifacts(String pom) {
    return ARTIFACT.matcher(pom).results().map(found -> found.group(1)).toList();
  }

  @Test
  void theBomListsEachModule() throws IOException {
    String bom = text(ChildJvm.root().resolve("java/bom/pom.xml"));
    // The first artifact of each file is the parent, the second the module itself.
    List<String> modules =
        poms("java").stream().map(pom -> artifacts(pom).get(1)).sorted().toList();
    List<String> listed = artifacts(bom.substring(bom.indexOf("<dependencyManagement>")));
    assertEquals(
        modules.stream().filter(name -> !name.equals("pmem2j-bom")).toList(),
        listed.stream().sorted().toList());
  }

  @Test
  void testsAreNeitherInstalledNorUploaded() throws IOException {
    List<String> tests = poms("tests");
    assertTrue(tests.size() >= 5, () -> "only " + tests.size());
    for (String pom : tests) {
      assertTrue(pom.contains(SKIPPED), () -> artifacts(pom).get(1) + " would be uploaded");
    }
    for (String pom : poms("java")) {
      assertTrue(!pom.contains(SKIPPED), () -> artifacts(pom).get(1) + " would not be uploaded");
    }
    String parent = text(ChildJvm.root().resolve("pom.xml"));
    assertTrue(
        parent.contains("<maven.install.skip>${maven.deploy.skip}</maven.install.skip>"),
        "what is not uploaded would be installed");
  }
}
