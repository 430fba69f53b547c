package io.github.pmem2j.cli.json;

import com.google.gson.annotations.SerializedName;
import java.util.List;

/** The diagnosis of {@code doctor}. */
public record DoctorJson(
    boolean works, Software software, Devices devices, List<Problem> problems) {
  /**
   * What the program runs on.
   *
   * @param platform the name of the platform whose native library is used
   * @param kernel operating system, release and architecture
   */
  public record Software(
      String pmem2j,
      String platform,
      String kernel,
      String jvm,
      String user,
      @SerializedName("native") Library nativeLibrary,
      Library libndctl) {}

  /** A library: its origin and, if known, its version; or why it is missing. */
  public record Library(String from, String version, ErrorJson error) {
    /** Whether it could be loaded. */
    public boolean works() {
      return error == null;
    }
  }

  /**
   * The persistent memory that the kernel shows.
   *
   * @param namespaces without the empty ones, which are not configured yet
   * @param files the files of sysfs that libpmem2 and libndctl need
   */
  public record Devices(
      List<Region> regions,
      List<Namespace> namespaces,
      List<Disk> disks,
      List<DaxDevice> daxDevices,
      List<NeededFile> files) {}

  /** A region; size and list are null if they cannot be read. */
  public record Region(String name, Long size, BadRanges badRanges) {}

  /** A namespace; its mode as ndctl names it, and the device that it is used through, or null. */
  public record Namespace(String name, String mode, Long size, String device) {}

  /** A block device, with who fills its list, and the partitions and volumes on it. */
  public record Disk(
      String name, Long size, BadRanges badRanges, SourceJson source, List<String> volumes) {}

  /** A dax device; libpmem2 finds it if it is on the NVDIMM bus. */
  public record DaxDevice(String name, Long size, boolean onNvdimmBus, SourceJson source) {}

  /** One of the kernel's lists: how many bad ranges, and whether it can hold them all. */
  public record BadRanges(long count, boolean complete) {}

  /** A file of sysfs; the reason is null if it is readable. */
  public record NeededFile(String path, boolean readable, String reason) {}

  /** An obstacle to finding bad blocks, and the remedy. */
  public record Problem(String problem, String remedy) {}
}
