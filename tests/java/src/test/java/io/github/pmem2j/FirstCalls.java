package io.github.pmem2j;

import io.github.pmem2j.scan.BadBlockScanner;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.BaseStream;
import java.util.stream.Stream;

/**
 * Run by {@link FirstCallTest}: calls every public method with classes that have not loaded the
 * library. A class loader takes the place of a JVM, and is replaced once it has come as far as to
 * try. An exception is an answer; a {@link LinkageError} is not.
 */
final class FirstCalls {
  private static final String BASE = "io.github.pmem2j";
  private static final int MAX_DEPTH = 3;

  private final Path input;
  private final List<String> wrong = new ArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private int calls;
  private Loader loader;

  private FirstCalls(Path input) {
    this.input = input;
  }

  /** The paths to call with; prints how many calls there were, and fails with those that erred. */
  public static void main(String[] args) throws Exception {
    List<String> wrong = new ArrayList<>();
    int calls = 0;
    for (String arg : args) {
      FirstCalls each = new FirstCalls(Path.of(arg));
      each.run();
      calls += each.calls;
      wrong.addAll(each.wrong);
    }
    wrong.forEach(System.out::println);
    System.out.println(calls + " calls");
    System.exit(wrong.isEmpty() ? 0 : 1);
  }

  private void run() throws Exception {
    for (String name : exportedClasses()) {
      Class<?> type = Class.forName(name, false, FirstCalls.class.getClassLoader());
      if (!Modifier.isPublic(type.getModifiers())) {
        continue;
      }
      for (Executable each : executables(type)) {
        first(name, each);
      }
    }
  }

  private static List<Executable> executables(Class<?> type) {
    List<Executable> all = new ArrayList<>(List.of(type.getConstructors()));
    for (Method method : type.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
        all.add(method);
      }
    }
    all.sort(Comparator.comparing(Executable::toString));
    return all;
  }

  private void first(String type, Executable executable) throws Exception {
    if (loader == null || loader.spent) {
      loader = new Loader(classPath());
    }
    for (Executable each : executables(Class.forName(type, true, loader))) {
      if (each.toString().equals(executable.toString())) {
        calls++;
        call(each);
      }
    }
  }

  private static final class Loader extends URLClassLoader {
    private boolean spent;

    Loader(URL[] classPath) {
      super(classPath, ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      spent |= name.endsWith(".Native") || name.contains(".NativeLibrary");
      return super.findClass(name);
    }
  }

  private void call(Executable executable) throws ReflectiveOperationException {
    try {
      drain(invoke(executable, 0));
    } catch (InvocationTargetException e) {
      for (Throwable t = e.getCause(); t != null; t = t.getCause()) {
        if (t instanceof LinkageError && e.getCause() instanceof Error) {
          wrong.add(executable + " of " + name() + ": " + e.getCause());
          return;
        }
      }
    } catch (LinkageError e) {
      wrong.add(executable + " of " + name() + ": " + e);
    } finally {
      closeMade();
    }
  }

  /** To be closed after the call, as the Cleaner would complain. */
  private void made(AutoCloseable open) {
    opened.add(open);
  }

  private void closeMade() {
    for (AutoCloseable open : opened) {
      try {
        open.close();
      } catch (Exception | LinkageError e) {
        // The call itself is what is tested.
      }
    }
    opened.clear();
  }

  private String name() {
    String text = input.toString();
    return text.length() > 100 ? text.substring(0, 100) + "..." : text;
  }

  private Object invoke(Executable executable, int depth) throws ReflectiveOperationException {
    Object[] arguments = new Object[executable.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = argument(executable.getParameterTypes()[i], depth);
    }
    if (executable instanceof Constructor<?> constructor) {
      return constructor.newInstance(arguments);
    }
    Method method = (Method) executable;
    boolean isStatic = Modifier.isStatic(method.getModifiers());
    Object target = isStatic ? null : argument(method.getDeclaringClass(), depth);
    return target == null && !isStatic ? null : method.invoke(target, arguments);
  }

  /** What is lazy calls when it is asked. */
  private static void drain(Object result) throws InvocationTargetException {
    try {
      if (result instanceof Stream<?> stream) {
        stream.forEach(each -> {});
      }
      if (result instanceof AutoCloseable open) {
        open.close();
      }
    } catch (Exception | Error e) {
      throw new InvocationTargetException(e);
    }
  }

  private Object argument(Class<?> type, int depth) throws ReflectiveOperationException {
    if (type == Path.class) {
      return input;
    } else if (type == boolean.class) {
      return false;
    } else if (type == int.class) {
      return 1;
    } else if (type == long.class) {
      return 4096L;
    } else if (type == String.class) {
      return "text";
    } else if (type == Optional.class) {
      return Optional.empty();
    } else if (type.isEnum()) {
      return type.getEnumConstants()[0];
    } else if (type.isAssignableFrom(List.class)) {
      return List.of();
    } else if (BaseStream.class.isAssignableFrom(type) || !type.getName().startsWith(BASE)) {
      return null;
    }
    return depth == MAX_DEPTH ? null : make(type, depth);
  }

  /** An object of ours, by whichever of its public makers succeeds. */
  private Object make(Class<?> type, int depth) throws ReflectiveOperationException {
    for (Executable maker : executables(type)) {
      boolean makes =
          maker instanceof Constructor<?>
              || maker instanceof Method method
                  && Modifier.isStatic(method.getModifiers())
                  && method.getReturnType() == type;
      if (makes && (type.isInterface() || !Modifier.isAbstract(type.getModifiers()))) {
        try {
          Object made = invoke(maker, depth + 1);
          if (made instanceof AutoCloseable open) {
            made(open);
          }
          return made;
        } catch (InvocationTargetException e) {
          if (e.getCause() instanceof Error) {
            throw e;
          }
        }
      }
    }
    return type.isInterface()
        ? Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (p, m, a) -> null)
        : null;
  }

  private static URL[] classPath() throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return urls.toArray(URL[]::new);
  }

  private static List<String> exportedClasses() throws Exception {
    Path location =
        Path.of(BadBlockScanner.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Set<String> names = new HashSet<>();
    if (Files.isDirectory(location)) {
      collect(location, names);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(location)) {
        collect(jar.getPath("/"), names);
      }
    }
    return names.stream().sorted().toList();
  }

  private static void collect(Path root, Set<String> names) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      files
          .map(file -> root.relativize(file).toString())
          .filter(file -> file.startsWith(BASE.replace('.', '/')) && file.endsWith(".class"))
          .filter(file -> Arrays.stream(file.split("/")).noneMatch("internal"::equals))
          .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
          .forEach(names::add);
    }
  }
}
