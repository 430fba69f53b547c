package io.github.pmem2j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Passes each JUnit 5 test with a parameter of the type {@link SimulatedPmem} its own one, in an
 * empty directory that is deleted after the test. A parameter of a {@code BeforeAll} method, or of
 * the constructor, gets one for all tests of the class: damage in it stays from test to test.
 *
 * <p>The directory is below {@code java.io.tmpdir}. If that is on neither ext4 nor XFS, set another
 * one with the configuration parameter {@value #DIRECTORY} of the JUnit platform.
 */
@SuppressWarnings("exports") // Whoever uses it has JUnit.
public final class PmemExtension implements ParameterResolver, AfterEachCallback, AfterAllCallback {
  /** The configuration parameter of the JUnit platform with the directory of the files. */
  public static final String DIRECTORY = "io.github.pmem2j.testkit.directory";

  private static final Namespace NAMESPACE = Namespace.create(PmemExtension.class);

  /** For JUnit. */
  public PmemExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == SimulatedPmem.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            SimulatedPmem.class,
            key ->
                open(
                    context
                        .getConfigurationParameter(DIRECTORY)
                        .orElse(System.getProperty("java.io.tmpdir"))),
            SimulatedPmem.class);
  }

  private static SimulatedPmem open(String parent) {
    try {
      Path directory = Files.createTempDirectory(Path.of(parent), "pmem2j-test");
      try {
        return SimulatedPmem.open(directory);
      } catch (IOException e) {
        Files.delete(directory);
        throw e;
      }
    } catch (IOException e) {
      throw new ParameterResolutionException(
          "no simulated persistent memory: "
              + e.getMessage()
              + "; name a directory by the configuration parameter "
              + DIRECTORY,
          e);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    close(context);
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    close(context);
  }

  private static void close(ExtensionContext context) throws IOException {
    SimulatedPmem pmem =
        context.getStore(NAMESPACE).remove(SimulatedPmem.class, SimulatedPmem.class);
    if (pmem != null) {
      pmem.close();
      DirectoryTree.delete(pmem.directory());
    }
  }
}
