package io.github.pmem2j.h2;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;

/**
 * Registers {@link FilePathPmem} with H2. {@link DriverManager} loads it as a service, so programs
 * that connect through it can use {@code jdbc:h2:pmem:} without further code. It makes no
 * connections itself. Thread-safe.
 */
public final class PmemFileSystemDriver implements Driver {
  /** Registers the file system. */
  public PmemFileSystemDriver() {
    FilePathPmem.register();
  }

  @Override
  public boolean acceptsURL(String url) {
    return false;
  }

  /** Returns null, as JDBC requires of a driver for a URL that is not its own. */
  @Override
  public Connection connect(String url, Properties info) {
    return null;
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 0;
  }

  @Override
  public int getMinorVersion() {
    return 1;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }
}
