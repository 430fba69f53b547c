package io.github.pmem2j;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Calls the public methods and constructors of a jar with null for one parameter after the other.
 * Each must throw a {@code NullPointerException} whose message has the parameter's name, or is the
 * JVM's and has its number.
 */
public final class NullCalls {
  /** It frees the samples, which the next call would need. */
  private static final String CLOSE = "close";

  private final Map<Class<?>, Object> samples = new HashMap<>();
  private final Set<Class<?>> unavailable;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private int calls;

  /** {@code unavailable} are the types of which there can be no object here. */
  public NullCalls(Class<?>... unavailable) {
    this.unavailable = Set.of(unavailable);
  }

  /** Sets the argument, or the object to call, of a type. */
  public <T> void sample(Class<T> type, Object value) {
    samples.put(type, value);
    if (value instanceof AutoCloseable resource) {
      open.add(0, resource);
    }
  }

  /** What is wrong with the public types of the jar that contains a class. */
  public List<String> ofJar(Class<?> type) throws ReflectiveOperationException {
    URL jar = type.getProtectionDomain().getCodeSource().getLocation();
    for (JavaClass each : new ClassFileImporter().importUrl(jar)) {
      if (!each.getPackageName().contains(".internal") && isPublic(each)) {
        check(each.reflect());
      }
    }
    return wrong;
  }

  /** The number of calls. */
  public int calls() {
    return calls;
  }

  /** Closes the samples. */
  public void closeSamples() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(NullCalls::isPublic).orElse(true);
  }

  private void check(Class<?> type) throws ReflectiveOperationException {
    List<Executable> all = new ArrayList<>(List.of(type.getConstructors()));
    for (Method method : type.getDeclaredMethods()) {
      boolean implemented = !type.isInterface() || Modifier.isStatic(method.getModifiers());
      if (Modifier.isPublic(method.getModifiers())
          && !method.isSynthetic()
          && implemented
          && !method.getName().equals(CLOSE)
          && !(type.isEnum() && method.getName().equals("valueOf"))
          && !isForeign(method)) {
        all.add(method);
      }
    }
    for (Executable each : all) {
      Class<?>[] types = each.getParameterTypes();
      for (int i = 0; i < types.length; i++) {
        if (!types[i].isPrimitive()) {
          check(each, i);
        }
      }
    }
  }

  /** Whether a type of another library, or of the JDK, declares the method. */
  private static boolean isForeign(Method method) {
    List<Class<?>> above = new ArrayList<>(List.of(method.getDeclaringClass()));
    for (int i = 0; i < above.size(); i++) {
      Class<?> type = above.get(i);
      if (!type.getName().startsWith("io.github.pmem2j.")
          && Arrays.stream(type.getDeclaredMethods())
              .anyMatch(
                  other ->
                      other.getName().equals(method.getName())
                          && other.getParameterCount() == method.getParameterCount())) {
        return true;
      }
      above.addAll(List.of(type.getInterfaces()));
      if (type.getSuperclass() != null) {
        above.add(type.getSuperclass());
      }
    }
    return false;
  }

  private void check(Executable executable, int missing) throws ReflectiveOperationException {
    Object target = null;
    if (executable instanceof Method method && !Modifier.isStatic(method.getModifiers())) {
      target = argument(method.getDeclaringClass());
      if (target == null) {
        if (!unavailable.contains(method.getDeclaringClass())) {
          wrong.add("no sample to call " + executable);
        }
        return;
      }
    }
    Class<?>[] types = executable.getParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = i == missing ? null : argument(types[i]);
    }
    calls++;
    try {
      Object result =
          executable instanceof Constructor<?> constructor
              ? constructor.newInstance(arguments)
              : ((Method) executable).invoke(target, arguments);
      if (result instanceof AutoCloseable resource) {
        open.add(resource);
      }
      wrong.add("parameter " + missing + " of " + executable);
    } catch (InvocationTargetException e) {
      Parameter parameter = executable.getParameters()[missing];
      if (!(e.getCause() instanceof NullPointerException)
          || !names(e.getCause().getMessage(), parameter.getName(), missing)) {
        wrong.add(parameter + " of " + executable + ": " + e.getCause());
      }
    }
  }

  private static boolean names(String message, String name, int index) {
    return message != null
        && (message.equals(name)
            || message.contains("\"" + name + "\"")
            || message.contains("\"<parameter" + (index + 1) + ">\""));
  }

  private Object argument(Class<?> type) {
    if (type == boolean.class) {
      return false;
    } else if (type == int.class) {
      return 1;
    } else if (type == long.class) {
      return 512L;
    } else if (type.isEnum()) {
      return type.getEnumConstants()[0];
    } else if (!samples.containsKey(type) && type.isInterface()) {
      return Proxy.newProxyInstance(
          type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
    }
    return samples.get(type);
  }
}
