package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.pmem2j.device.Scrub;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import io.github.pmem2j.libpmem2.Pmem2Source;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.Salvage;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.watch.BadBlockWatch;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No public method takes null; it throws before it does anything. */
@Tag("no-native")
class NullTest {
  /** It frees the watch and the reader, which the next call would need. */
  private static final String CLOSE = "close";

  /** Their own tests call them with null: ScrubTest and ClearTest. */
  private static final Set<Class<?>> NEED_A_DEVICE = Set.of(Scrub.class, Pmem2BadBlocks.class);

  @TempDir private Path temporary;
  private final Map<Class<?>, Object> samples = new HashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private int calls;

  @BeforeEach
  void makeSamples() throws Exception {
    Path file = Files.write(temporary.resolve("file"), new byte[4096]);
    ByteRange range = new ByteRange(0, 512);
    BadRange bad = BadRange.of(range, range, BadRange.Kind.DATA);
    sample(Path.class, file);
    sample(String.class, "text");
    sample(Collection.class, List.of(file));
    sample(List.class, List.of());
    sample(Iterable.class, List.of());
    sample(Map.class, Map.of());
    sample(Optional.class, Optional.empty());
    sample(OptionalLong.class, OptionalLong.empty());
    sample(Instant.class, Instant.EPOCH);
    sample(Throwable.class, new Exception());
    sample(Consumer.class, (Consumer<Object>) each -> {});
    sample(ThreadFactory.class, Executors.defaultThreadFactory());
    sample(ByteBuffer.class, ByteBuffer.allocate(512));
    sample(OutputStream.class, new ByteArrayOutputStream());
    sample(WritableByteChannel.class, Channels.newChannel(new ByteArrayOutputStream()));
    sample(ByteRange.class, range);
    sample(RangeSet.class, RangeSet.of(range));
    sample(RangeSet.Builder.class, RangeSet.builder());
    sample(BadRange.class, bad);
    sample(BadBlockReport.class, BadBlockReport.builder().build(file, 4096));
    sample(BadBlockReport.Builder.class, BadBlockReport.builder());
    sample(Progress.class, new Progress(file, Progress.Unit.BYTES, 0, OptionalLong.empty(), 0));
    sample(RangeRestorer.class, RangeRestorer.zeros());
    sample(BadBlockScanner.class, BadBlockScanner.local());
    sample(BadBlockRepair.class, BadBlockRepair.of(file));
    sample(Salvage.class, Salvage.of(file, temporary.resolve("copy")));
    sample(SalvageReader.class, closed(SalvageReader.open(file)));
    sample(Pmem2Source.class, closed(Pmem2Source.open(file)));
    sample(BadBlockWatch.class, closed(BadBlockWatch.open(file, change -> {})));
  }

  private <T> void sample(Class<T> type, Object value) {
    samples.put(type, value);
  }

  private <T extends AutoCloseable> T closed(T resource) {
    open.add(resource);
    return resource;
  }

  @AfterEach
  void closeSamples() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }

  @Test
  void isRefusedEverywhere() throws Exception {
    URL core = BadBlockScanner.class.getProtectionDomain().getCodeSource().getLocation();
    for (JavaClass type : new ClassFileImporter().importUrl(core)) {
      if (!type.getPackageName().contains(".internal") && isPublic(type)) {
        check(type.reflect());
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(calls > 80, calls + " calls");
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(NullTest::isPublic).orElse(true);
  }

  private void check(Class<?> type) throws ReflectiveOperationException {
    List<Executable> all = new ArrayList<>(List.of(type.getConstructors()));
    for (Method method : type.getDeclaredMethods()) {
      boolean implemented = !type.isInterface() || Modifier.isStatic(method.getModifiers());
      if (Modifier.isPublic(method.getModifiers())
          && !method.isSynthetic()
          && implemented
          && !method.getName().equals("equals")
          && !method.getName().equals(CLOSE)) {
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

  private void check(Executable executable, int missing) throws ReflectiveOperationException {
    Object target = null;
    if (executable instanceof Method method && !Modifier.isStatic(method.getModifiers())) {
      target = argument(method.getDeclaringClass());
      if (target == null) {
        if (!NEED_A_DEVICE.contains(method.getDeclaringClass())) {
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
      if (!(e.getCause() instanceof NullPointerException)) {
        wrong.add("parameter " + missing + " of " + executable + ": " + e.getCause());
      }
    }
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
