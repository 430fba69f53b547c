package io.github.pmem2j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The types that the packaged jar writes as JSON, and its Gson. */
final class JsonTypes {
  private static final String PACKAGE = "io.github.pmem2j.cli.json.";

  private final ClassLoader jar;
  private final Object gson;

  JsonTypes() {
    try {
      URL[] urls = {FatJar.path().toUri().toURL()};
      jar = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
      gson = jar.loadClass("com.google.gson.Gson").getConstructor().newInstance();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** The type that a command prints: scan, ScanJson. */
  Class<?> of(String command) {
    String name = command.substring(0, 1).toUpperCase(Locale.ROOT) + command.substring(1);
    return load(PACKAGE + name + "Json");
  }

  private Class<?> load(String name) {
    try {
      return jar.loadClass(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  /** An object read into a type, and written by the command line again. */
  String throughType(String json, String command) {
    try {
      Object value = fromJson(json, of(command));
      return (String) load(PACKAGE + "Json").getMethod("line", Record.class).invoke(null, value);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(json, e);
    }
  }

  /** The same object on one line. */
  String compact(String json) {
    try {
      Object tree = fromJson(json, load("com.google.gson.JsonElement"));
      return (String) gson.getClass().getMethod("toJson", Object.class).invoke(gson, tree);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(json, e);
    }
  }

  private Object fromJson(String json, Class<?> type) throws ReflectiveOperationException {
    return gson.getClass()
        .getMethod("fromJson", String.class, Class.class)
        .invoke(gson, json, type);
  }

  /** Every field that a command may print, by its place, and whether it is always there. */
  Map<String, Boolean> fields(String command) {
    Map<String, Boolean> fields = new TreeMap<>();
    add("", of(command), fields);
    return fields;
  }

  private void add(String prefix, Class<?> type, Map<String, Boolean> fields) {
    for (RecordComponent component : type.getRecordComponents()) {
      String place = prefix + name(component, type);
      Class<?> inner = component.getType();
      fields.put(place, inner.isPrimitive());
      if (inner == List.class) {
        Type element = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
        inner = (Class<?>) element;
        place += "[]";
      }
      if (inner.isRecord()) {
        add(place + ".", inner, fields);
      }
    }
  }

  private static String name(RecordComponent component, Class<?> type) {
    try {
      for (Annotation given : type.getDeclaredField(component.getName()).getAnnotations()) {
        if (given.annotationType().getSimpleName().equals("SerializedName")) {
          return (String) given.annotationType().getMethod("value").invoke(given);
        }
      }
      return component.getName();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
