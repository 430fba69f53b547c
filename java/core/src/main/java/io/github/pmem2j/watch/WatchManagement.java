package io.github.pmem2j.watch;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/**
 * Shows a {@link BadBlockWatch} in JMX, from {@link #register} until this is closed. Only this
 * needs the module {@code java.management}. Thread-safe.
 */
public final class WatchManagement implements AutoCloseable {
  private static final String DOMAIN = "io.github.pmem2j";

  private final MBeanServer server;
  private final ObjectName name;
  private final AtomicBoolean closed = new AtomicBoolean();

  private WatchManagement(MBeanServer server, ObjectName name) {
    this.server = server;
    this.name = name;
  }

  /**
   * Registers a watch with the platform's server, as {@code
   * io.github.pmem2j:type=BadBlockWatch,name=…}.
   *
   * @param watch the watch; closing it does not end the registration
   * @param name a name that is unique among the registered watches
   * @return the registration
   * @throws IllegalStateException if there is one with this name
   */
  public static WatchManagement register(BadBlockWatch watch, String name) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(watch, "watch");
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName objectName =
          new ObjectName(DOMAIN + ":type=BadBlockWatch,name=" + ObjectName.quote(name));
      server.registerMBean(
          new StandardMBean(new Bean(watch), BadBlockWatchMXBean.class, true), objectName);
      return new WatchManagement(server, objectName);
    } catch (InstanceAlreadyExistsException e) {
      throw new IllegalStateException("there is a watch named " + name + " already", e);
    } catch (JMException e) {
      throw new IllegalStateException("cannot register the watch " + name, e);
    }
  }

  /** {@return the name of the registration in JMX} */
  public ObjectName objectName() {
    return name;
  }

  /** Ends the registration, not the watch. Idempotent. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return; // Another registration may have taken the name.
    }
    try {
      server.unregisterMBean(name);
    } catch (InstanceNotFoundException e) {
      // It is already unregistered.
    } catch (JMException e) {
      throw new IllegalStateException("cannot unregister " + name, e);
    }
  }

  private record Bean(BadBlockWatch watch) implements BadBlockWatchMXBean {
    @Override
    public boolean isRunning() {
      return watch.status().running();
    }

    @Override
    public List<String> getLists() {
      return watch.status().lists().stream().map(Object::toString).toList();
    }

    @Override
    public List<String> getUnwatched() {
      return watch.status().unwatched().stream()
          .map(unwatched -> unwatched.path() + ": " + unwatched.reason())
          .toList();
    }

    @Override
    public long getBadRanges() {
      return watch.status().badRanges();
    }

    @Override
    public long getFound() {
      return watch.status().found();
    }

    @Override
    public long getCleared() {
      return watch.status().cleared();
    }

    @Override
    public long getListenerFailures() {
      return watch.status().listenerFailures();
    }

    @Override
    public Map<String, String> getVerdicts() {
      Map<String, String> verdicts = new TreeMap<>();
      watch.status().verdicts().forEach((path, v) -> verdicts.put(path.toString(), v.name()));
      return verdicts;
    }

    @Override
    public String getLastScan() {
      return watch.status().lastScan().toString();
    }

    @Override
    public void check() throws IOException {
      watch.check();
    }
  }
}
