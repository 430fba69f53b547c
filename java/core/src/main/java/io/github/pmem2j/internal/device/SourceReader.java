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

  private static final Pattern CXL_BRIDGE = Pattern.compile("nvdimm-bridge[0-9]+");

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
    SourceState answer = find(device, NvdimmPath.parent(region));
    return trusted && !answer.reasons.isEmpty() ? known(device, Kind.TRUSTED) : answer;
  }

  private SourceState find(String device, String bus) {
    try {
      String scrub = sysfs.line(bus, SCRUB);
      String directory = sysfs.file(NvdimmPath.parent(bus), NvdimmPath.name(bus));
      return of(device, directory, scrub, scrub != null || sysfs.exists(bus, NFIT));
    } catch (IOException e) {
      return unreliable(
          new ErrorSource(device, Kind.NOBODY, 0, false),
          Code.LIST_UNREADABLE,
          sysfs.file(bus, SCRUB)
              + " cannot be read, so whether "
              + device
              + " is scrubbed is unknown: "
              + NativeError.cause(e)
              + "; allow this user to read it");
    }
  }

  /**
   * The source of a device, by what sysfs shows of its bus.
   *
   * @param bus the bus's directory
   * @param scrub the content of its {@link #SCRUB}; null if there is none
   * @param nfit whether there is {@link #NFIT}
   */
  public static SourceState of(String device, String bus, String scrub, boolean nfit) {
    if (CXL_BRIDGE.matcher(NvdimmPath.name(NvdimmPath.parent(bus))).matches()) {
      return known(device, Kind.DEVICE_LIST);
    }
    if (scrub != null) {
      return scrubbed(device, scrub, bus + "/" + SCRUB);
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
    return unreliable(
        new ErrorSource(device, Kind.NOBODY, 0, false),
        Code.NOBODY_LOOKS,
        "nothing looks for errors of "
            + device
            + ", so the kernel's list may lack some: read all data with verify");
  }

  private static SourceState scrubbed(String device, String scrub, String file) {
    ScrubState state = ScrubState.parse(scrub).orElse(null);
    if (state == null) {
      return unreliable(
          new ErrorSource(device, Kind.NOBODY, 0, false),
          Code.LIST_MALFORMED,
          file + " is not what the kernel writes, \"" + scrub + "\": report this");
    }
    boolean running = state.running();
    ErrorSource source = new ErrorSource(device, Kind.SCRUBBED, state.ended(), running);
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
                + " is 1 (pmem2j scrub --wait), and scan again")
        : unreliable(
            source,
            Code.NEVER_SCRUBBED,
            device
                + " has never been scrubbed: scrub it as root (pmem2j scrub --wait), or read all data"
                + " with verify");
  }

  private static SourceState known(String device, Kind kind) {
    return new SourceState(new ErrorSource(device, kind, 0, false), List.of());
  }

  private static SourceState unreliable(ErrorSource source, Code code, String message) {
    return new SourceState(source, List.of(new IncompleteReason(code, message)));
  }
}
