package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.testkit.FakeSysfs;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Whatever sysfs and device-mapper report of a partition and of a mapped device on a disk with a
 * bad sector, they are clean only if that sector is not theirs. The input is the partition's start
 * and size, its disk's number and the table, with a | between.
 */
public final class SysfsFuzz {
  private static final long BAD = 150;
  private static final DeviceNumber DISK = new DeviceNumber(259, 0);
  private static final DeviceNumber PARTITION = new DeviceNumber(259, 1);
  private static final DeviceNumber MAPPED = new DeviceNumber(252, 0);
  private static final String PLACE = FakeSysfs.REGION + "/pfn0.0/block/pmem0";
  private static final FakeSysfs SYSFS = sysfs();

  private SysfsFuzz() {}

  private static FakeSysfs sysfs() {
    try {
      FakeSysfs sysfs =
          new FakeSysfs(
              Path.of(System.getProperty("io.github.pmem2j.test.directory"), "fuzz", "sysfs"));
      sysfs.disk(DISK.toString(), "pmem0", BAD + " 1\n");
      sysfs.partition(PARTITION.toString(), "pmem0", "pmem0p1", 0, 0);
      sysfs.above(MAPPED.toString(), "dm-0");
      return sysfs;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    String[] parts = new String(input, StandardCharsets.ISO_8859_1).split("\\|", -1);
    if (parts.length != 4 || parts[2].strip().matches("0*252:0+")) {
      return; // and none in which the partition is one of the mapped device's
    }
    SYSFS.write(PLACE + "/pmem0p1/start", parts[0]);
    SYSFS.write(PLACE + "/pmem0p1/size", parts[1]);
    SYSFS.write(PLACE + "/dev", parts[2]);
    StackResolver resolver =
        new StackResolver(Host.local().withSys(SYSFS.root()).withTables(device -> parts[3]));

    BigInteger start = number(parts[0]);
    BigInteger size = number(parts[1]);
    boolean known = parts[2].strip().matches("0?259:0{1,7}") && start != null && size != null;
    boolean bad =
        known
            && start.compareTo(BigInteger.valueOf(BAD)) <= 0
            && start.add(size).compareTo(BigInteger.valueOf(BAD)) > 0;
    DeviceStack partition = resolver.resolve(PARTITION);
    assertFalse(partition.storage() == DeviceStack.Storage.OTHER, partition::toString);
    assertEquals(known && !bad, partition.clean(), partition::toString);
    assertEquals(bad, !partition.bad().isEmpty(), partition::toString);

    DeviceStack mapped = resolver.resolve(MAPPED);
    assertFalse(mapped.storage() == DeviceStack.Storage.OTHER, mapped::toString);
    if (mapped.clean()) {
      List<MappingTableFuzz.Target> targets = MappingTableFuzz.targets(parts[3]);
      assertFalse(targets == null, mapped::toString);
      for (MappingTableFuzz.Target target : targets) {
        assertFalse(target.holds(DISK, BAD), mapped::toString);
        if (target.devices().contains(PARTITION)) {
          assertTrue(known, mapped::toString);
          assertFalse(bad && target.holds(PARTITION, BAD - start.longValue()), mapped::toString);
        }
      }
    }
  }

  /** A number as sysfs writes it, that fits in a long; else null. */
  private static BigInteger number(String text) {
    String word = text.strip();
    BigInteger number = null;
    if (word.matches("0|[1-9][0-9]*")) {
      number = new BigInteger(word);
    } else if (word.matches("0x[0-9a-f]+")) {
      number = new BigInteger(word.substring(2), 16);
    }
    return number == null || number.bitLength() > 63 ? null : number;
  }
}
