package io.github.pmem2j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The parts of /sys that the doctor looks at, as a kernel would show them. */
public final class DoctorSysfs extends FakeSysfs {
  private static final String BUS = "devices/platform/e820_pmem/ndbus0/";

  /** One without devices. */
  public DoctorSysfs(Path root) throws IOException {
    super(root);
  }

  /** A region with a size, a place and a list. */
  public DoctorSysfs region(int id, String badBlocks) throws IOException {
    String region = BUS + "region" + id;
    file(BUS + "nfit/scrub", "1");
    file(region + "/size", "536870912");
    file(region + "/resource", "0x40000000");
    file(region + "/badblocks", badBlocks);
    dimms(region);
    return link("bus/nd/devices/region" + id, region);
  }

  /** A namespace of a region, used through a block device. */
  public DoctorSysfs disk(int region, String mode, String badBlocks) throws IOException {
    String name = "namespace" + region + ".0";
    namespace(region, name, mode, "pfn" + region + ".0");
    String block = BUS + "region" + region + "/pfn" + region + ".0/block/pmem" + region;
    file(block + "/size", "1048576");
    file(block + "/badblocks", badBlocks);
    return link("block/pmem" + region, block);
  }

  /** A namespace of a region, used through a dax device. */
  public DoctorSysfs daxDevice(int region) throws IOException {
    namespace(region, "namespace" + region + ".0", "dax", "dax" + region + ".1");
    String dax = "dax" + region + ".0";
    String place = BUS + "region" + region + "/dax" + region + ".1/" + dax;
    file(place + "/size", "33554432");
    return link("bus/dax/devices/" + dax, place);
  }

  private void namespace(int region, String name, String mode, String holder) throws IOException {
    String place = BUS + "region" + region + "/" + name;
    file(place + "/size", "536870912");
    file(place + "/resource", "0x40000000");
    file(place + "/mode", mode);
    file(place + "/holder", holder);
    link("bus/nd/devices/" + name, place);
    String held = BUS + "region" + region + "/" + holder;
    file(held + "/size", "528482304");
    file(held + "/resource", "0x40200000");
    link("bus/nd/devices/" + holder, held);
  }

  /** A dax device of another bus. */
  public DoctorSysfs otherDaxDevice(String name) throws IOException {
    file("devices/platform/hmem.0/" + name + "/size", "1073741824");
    return link("bus/dax/devices/" + name, "devices/platform/hmem.0/" + name);
  }

  /** Writes a line to a file. */
  public DoctorSysfs file(String path, String text) throws IOException {
    write(path, text.isEmpty() ? text : text + "\n");
    return this;
  }

  /** Makes a file that its owner may not read either, unless that is root. */
  public DoctorSysfs deny(String path) throws IOException {
    Files.setPosixFilePermissions(root().resolve(path), Set.of());
    return this;
  }

  /** Makes a file that cannot be read by anybody: a directory. */
  public DoctorSysfs broken(String path) throws IOException {
    Path file = root().resolve(path).toRealPath();
    Files.delete(file);
    Files.createDirectory(file);
    return this;
  }

  private DoctorSysfs link(String path, String target) throws IOException {
    Path link = root().resolve(path);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, root().resolve(target));
    return this;
  }
}
