package io.github.pmem2j.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

/** Writes one JSON object a line. */
final class Json {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private Json() {}

  /**
   * A record as an object, without the components that are null. Control characters are escaped.
   */
  static String line(Record value) {
    return GSON.toJson(value);
  }
}
