package io.github.pmem2j.internal.device;

import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.ErrorSource.Kind;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.IncompleteReason.Code;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Determines what fills a device's list of bad blocks, from its NVDIMM bus
 * (Documentation/ABI/testing/sysfs-bus-nfit of the kernel). The bus's {@code provider} is not
 * enough: QEMU's NVDIMM has ACPI.NFIT, too.
 */
public final class SourceReader {
  public static final String NFIT = "nfit";

  /** Present where the bus has all commands of the address range scrub. */
  public static final String SCRUB = "nfit/scrub";

  private static final String PARAMETERS = "module/nfit/parameters";

  private static final Pattern CXL_BRIDGE = Pattern.compile("nvdimm-bridge[0-9]+");
  private static final Pattern DIMMS = Pattern.compile("[1-9][0-9]{0,9}");

  private final Sysfs sysfs;
  private final boolean trusted;

  /**
   * Creates a reader of a machine.
   *
   * @param trusted whether to trust lists that nothing is known to fill
   */
  public SourceReader(Sysfs sysfs, boolean trusted) {
    this.sysfs = sysfs;
    this.trusted = trusted;
  }

  /**
   * A source of errors, and why an empty list from it proves nothing.
   *
   * @param reasons empty if it does
   */
  public record SourceState(ErrorSource source, List<IncompleteReason> reasons) {}

  /** The source of a device on an NVDIMM bus. */
  public SourceState read(String device, NvdimmPath place) {
    return read(device, place.region());
  }

  /** The source of a region, or of a device in it. */
  public SourceState read(String device, String region) {
    SourceState answer = find(device, region);
    return trusted && !answer.reasons.isEmpty() ? known(device, Kind.TRUSTED) : answer;
  }

  private SourceState find(String device, String region) {
    String bus = NvdimmPath.parent(region);
    try {
      return of(
          device,
          region,
          sysfs.file(NvdimmPath.parent(bus), NvdimmPath.name(bus)),
          (directory, name) -> sysfs.line(directory, name),
          sysfs.exists(bus, NFIT));
    } catch (IOException e) {
      return unreliable(
          new ErrorSource(device, Kind.NOBODY, 0, false),
          Code.LIST_UNREADABLE,
          "whether "
              + device
              + " is scrubbed is unknown: "
              + NativeError.cause(e)
              + "; allow this user to read "
              + sysfs.file(bus, SCRUB)
              + " and the attributes of "
              + NvdimmPath.name(region));
    }
  }

  /** Reads sysfs. */
  @FunctionalInterface
  public interface Attributes {
    /** An attribute of a directory below the root; null if there is none. */
    String line(String directory, String name) throws IOException;
  }

  /**
   * The source of a device, by what sysfs shows of its region and bus.
   *
   * @param region the region's directory below the root of sysfs
   * @param bus the bus's directory, for messages
   * @param nfit whether the bus has {@link #NFIT}
   */
  public static SourceState of(
      String device, String region, String bus, Attributes sysfs, boolean nfit) throws IOException {
    String directory = NvdimmPath.parent(region);
    if (CXL_BRIDGE.matcher(NvdimmPath.name(NvdimmPath.parent(directory))).matches()) {
      return known(device, Kind.DEVICE_LIST);
    }
    String scrub = sysfs.line(directory, SCRUB);
    if (scrub != null) {
      return dimms(sysfs, region)
          ? scrubbed(device, scrub, bus + "/" + SCRUB, sysfs)
          : nobody(
              device,
              NvdimmPath.name(region)
                  + " is a virtual disk or volatile memory, which the kernel does not scrub: ");
    }
    if (nfit) {
      return unreliable(
          new ErrorSource(device, Kind.MACHINE_CHECKS, 0, false),
          Code.NOBODY_LOOKS,
          "the platform does not scrub "
              + device
              + ": the kernel lists only errors that were consumed since it started; read all data"
              + " with verify");
    }
    return nobody(device, "");
  }

  /**
   * Whether a region is persistent memory of DIMMs. The kernel scrubs no virtual disks and CDs of
   * an NFIT, which have no DIMMs, and volatile memory only if the platform can
   * (acpi_nfit_register_regions of the kernel's drivers/acpi/nfit/core.c).
   */
  private static boolean dimms(Attributes sysfs, String region) throws IOException {
    String mappings = sysfs.line(region, "mappings");
    return "nd_pmem".equals(sysfs.line(region, "devtype"))
        && mappings != null
        && DIMMS.matcher(mappings).matches();
  }

  private static SourceState nobody(String device, String why) {
    return unreliable(
        new ErrorSource(device, Kind.NOBODY, 0, false),
        Code.NOBODY_LOOKS,
        why
            + "nothing looks for errors of "
            + device
            + ", so the kernel's list may lack some: read all data with verify");
  }

  private static SourceState scrubbed(String device, String scrub, String file, Attributes sysfs)
      throws IOException {
    ScrubState state = ScrubState.parse(scrub).orElse(null);
    if (state == null) {
      return unreliable(
          new ErrorSource(device, Kind.NOBODY, 0, false),
          Code.LIST_MALFORMED,
          file + " is not what the kernel writes, \"" + scrub + "\": report this");
    }
    boolean running = state.running();
    int ended = Math.max(state.ended() - (withoutFirstScrub(sysfs) ? 1 : 0), 0);
    ErrorSource source = new ErrorSource(device, Kind.SCRUBBED, ended, running);
    if (source.reliable()) {
      return new SourceState(source, List.of());
    }
    return running
        ? unreliable(
            source,
            Code.SCRUB_RUNNING,
            "the first scrub of "
                + device
                + " is under way: wait until "
                + file
                + " is "
                + (state.ended() + 1)
                + " (pmem2j scrub --wait), and scan again")
        : unreliable(
            source,
            Code.NEVER_SCRUBBED,
            device
                + " has never been scrubbed: scrub it as root (pmem2j scrub --wait), or read all data"
                + " with verify");
  }

  /**
   * Whether the kernel was told not to scrub when it starts: it then only queries what the platform
   * knows already, and counts that as a scrub (ars_register of the kernel's
   * drivers/acpi/nfit/core.c).
   */
  private static boolean withoutFirstScrub(Attributes sysfs) throws IOException {
    return "Y".equals(sysfs.line(PARAMETERS, "no_init_ars"));
  }

  private static SourceState known(String device, Kind kind) {
    return new SourceState(new ErrorSource(device, kind, 0, false), List.of());
  }

  private static SourceState unreliable(ErrorSource source, Code code, String message) {
    return new SourceState(source, List.of(new IncompleteReason(code, message)));
  }
}
