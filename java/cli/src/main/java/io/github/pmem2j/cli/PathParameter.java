package io.github.pmem2j.cli;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Has picocli read paths by {@link PathConverter}. */
final class PathParameter implements ITypeConverter<Path> {
  @Override
  public Path convert(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException("a path is empty");
    }
    return PathConverter.path(text);
  }
}
