package io.github.pmem2j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory made up like sysfs: devices, and their index by number. */
public class FakeSysfs {
  public static final String BUS = "devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0";
  public static final String REGION = BUS + "/region0";

  /** The commands of a bus that is scrubbed. */
  public static final String COMMANDS =
      "ars_cap ars_start ars_status clear_error translate_spa call\n";

  /** The devices on the CXL bus. */
  public static final String CXL = "bus/cxl/devices/";

  private final Path root;

  /** One without devices, the bus of which is scrubbed. */
  public FakeSysfs(Path root) throws IOException {
    this.root = root;
    Files.createDirectories(root.resolve("dev/block"));
    Files.createDirectories(root.resolve("dev/char"));
    write(BUS + "/commands", COMMANDS);
    write(BUS + "/nfit/scrub", "1\n");
    dimms(REGION);
  }

  /** Makes a region one of persistent memory of two DIMMs. */
  public void dimms(String region) throws IOException {
    write(region + "/devtype", "nd_pmem\n");
    write(region + "/mappings", "2\n");
  }

  public Path root() {
    return root;
  }

  /** A device, with attributes as pairs of names and contents. */
  public Path device(String index, String number, String directory, String... attributes)
      throws IOException {
    Path device = Files.createDirectories(root.resolve(directory));
    Path link = root.resolve("dev/" + index + "/" + number);
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of("../../" + directory));
    Files.writeString(device.resolve("dev"), number + "\n");
    for (int i = 0; i < attributes.length; i += 2) {
      write(directory + "/" + attributes[i], attributes[i + 1]);
    }
    return device;
  }

  /** A whole disk of persistent memory in the first region. */
  public Path disk(String number, String name, String list) throws IOException {
    String directory = REGION + "/pfn0.0/block/" + name;
    write(REGION + "/pfn0.0/namespace", "namespace0.0\n");
    return device("block", number, directory, "badblocks", list, "size", "1000000\n");
  }

  /** A disk that is on a bus, such as "scsi". */
  public Path diskOn(String bus, String number, String directory, String... attributes)
      throws IOException {
    Path disk = device("block", number, directory, attributes);
    Files.createDirectories(disk.resolve("device"));
    Files.createSymbolicLink(disk.resolve("device/subsystem"), Path.of("../../../bus/" + bus));
    return disk;
  }

  /** A region of CXL memory over as many devices as it has ways: see {@link #cxlTarget}. */
  public void cxlRegion(String name, int ways, String granularity, String start, String size)
      throws IOException {
    write(CXL + name + "/interleave_ways", ways + "\n");
    write(CXL + name + "/interleave_granularity", granularity + "\n");
    write(CXL + name + "/resource", start + "\n");
    write(CXL + name + "/size", size + "\n");
  }

  /** A part of a CXL device, by its decoder, such as decoder2.1, in a place of a region. */
  public void cxlTarget(
      String region, int place, String decoder, String memdev, String start, String size)
      throws IOException {
    write(CXL + region + "/target" + place, decoder + "\n");
    write(CXL + decoder + "/dpa_resource", start + "\n");
    write(CXL + decoder + "/dpa_size", size + "\n");
    String port = decoder.substring("decoder".length(), decoder.indexOf('.'));
    Path uport = root.resolve(CXL + "endpoint" + port + "/uport");
    Files.createDirectories(uport.getParent());
    Files.deleteIfExists(uport);
    Files.createSymbolicLink(uport, Path.of("../../" + memdev));
    write(CXL + memdev + "/trigger_poison_list", "");
  }

  /** A raid1 of md, with the list that it keeps itself of its first member. */
  public Path raid(String number, String name, String list, Path... members) throws IOException {
    Path raid = above(number, name, members);
    String md = "devices/virtual/block/" + name + "/md/";
    write(md + "level", "raid1\n");
    write(md + "array_state", "clean\n");
    write(md + "degraded", "0\n");
    String member = md + "dev-" + members[0].getFileName();
    write(member + "/bad_blocks", list);
    write(member + "/unacknowledged_bad_blocks", "");
    return raid;
  }

  /** A partition of it. */
  public Path partition(String number, String disk, String name, long start, long size)
      throws IOException {
    String directory = REGION + "/pfn0.0/block/" + disk + "/" + name;
    return device(
        "block", number, directory, "partition", "1\n", "start", start + "\n", "size", size + "\n");
  }

  /** A virtual device above others. */
  public Path above(String number, String name, Path... below) throws IOException {
    String directory = "devices/virtual/block/" + name;
    device("block", number, directory, "size", "1000\n");
    for (Path device : below) {
      Path slaves = Files.createDirectories(root.resolve(directory).resolve("slaves"));
      Files.createSymbolicLink(slaves.resolve(device.getFileName()), device);
    }
    if (name.startsWith("dm-")) {
      write(directory + "/dm/name", "vg-lv\n");
    }
    return root.resolve(directory);
  }

  /** An attribute. */
  public void write(String file, String content) throws IOException {
    Path path = root.resolve(file);
    if (!Files.isDirectory(path.getParent())) { // JDK 17.0.12 takes no link for a directory
      Files.createDirectories(path.getParent());
    }
    Files.writeString(path, content);
  }
}
