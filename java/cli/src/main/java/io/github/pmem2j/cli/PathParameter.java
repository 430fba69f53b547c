package io.github.pmem2j.cli;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Has picocli read paths by {@link PathConverter}. */
final class PathParameter implements ITypeConverter<Path> {
  static final String EMPTY = "a path is empty";

  @Override
  public Path convert(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException(EMPTY);
    }
    return PathConverter.path(text);
  }
}
