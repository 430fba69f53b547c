package io.github.pmem2j;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every input of tests/java/corpus, in the fuzzer by whose name it lies. */
class FuzzCorpusTest {
  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicContainer> corpora() throws IOException {
    return list(ChildJvm.root().resolve("tests/java/corpus")).stream().map(FuzzCorpusTest::corpus);
  }

  private static DynamicContainer corpus(Path directory) {
    try {
      MethodHandle fuzzer =
          MethodHandles.publicLookup()
              .findStatic(
                  Class.forName(directory.getFileName().toString()),
                  "fuzzerTestOneInput",
                  MethodType.methodType(void.class, byte[].class));
      Stream<DynamicTest> inputs =
          list(directory).stream()
              .map(
                  input ->
                      DynamicTest.dynamicTest(
                          input.getFileName().toString(),
                          () -> fuzzer.invoke(Files.readAllBytes(input))));
      return DynamicContainer.dynamicContainer(directory.getFileName().toString(), inputs);
    } catch (IOException | ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
