package io.github.pmem2j.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of bytes as it is written on the command line. */
final class ByteCount implements ITypeConverter<Long> {
  private static final Pattern COUNT =
      Pattern.compile("(?:0[xX]([0-9a-fA-F]+)|([0-9]+))(?:([kKMGTPE])(?:iB)?)?");
  private static final String UNITS = "KMGTPE";
  private static final int BITS_OF_UNIT = 10;

  @Override
  public Long convert(String text) {
    Matcher matcher = COUNT.matcher(text);
    try {
      if (matcher.matches()) {
        long count =
            matcher.group(1) == null
                ? Long.parseLong(matcher.group(2))
                : Long.parseLong(matcher.group(1), 16);
        String unit = matcher.group(3);
        int units = unit == null ? 0 : UNITS.indexOf(unit.equals("k") ? "K" : unit) + 1;
        return Math.multiplyExact(count, 1L << (units * BITS_OF_UNIT));
      }
    } catch (NumberFormatException | ArithmeticException e) {
      throw new TypeConversionException("'" + text + "' is 2^63 or more");
    }
    throw new TypeConversionException(
        "'"
            + text
            + "' is not a number of bytes, such as 8192, 0x2000 or 8k (k, M, G and T are powers of"
            + " 1024)");
  }
}
