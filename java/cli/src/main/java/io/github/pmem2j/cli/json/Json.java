package io.github.pmem2j.cli.json;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.Locale;

/** Writes one JSON object a line. */
public final class Json {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private Json() {}

  /**
   * A record as an object, without the components that are null. Control characters are escaped,
   * and so are single surrogates: UTF-8 has none, and each stands for a byte of a name that is not
   * UTF-8.
   */
  public static String line(Record value) {
    StringBuilder line = new StringBuilder();
    GSON.toJson(value)
        .codePoints()
        .forEach(
            c -> {
              if (Character.getType(c) == Character.SURROGATE) {
                line.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                line.appendCodePoint(c);
              }
            });
    return line.toString();
  }
}
