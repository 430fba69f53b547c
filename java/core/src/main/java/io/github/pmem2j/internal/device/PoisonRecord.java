package io.github.pmem2j.internal.device;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One error of a CXL device's poison list, as the kernel's trace event {@code cxl_poison} prints it
 * (drivers/cxl/core/trace.h of the kernel).
 *
 * @param memdev the device
 * @param listed true for an entry of the list, false for an injection or a clearing
 * @param region the CXL region that the kernel found the address in, empty if none
 * @param hpa the first byte's physical address on the host, or {@link #NO_HPA}
 * @param dpa the first byte's address in the device
 * @param length in bytes of the device
 * @param flags of the answer that the record was in, such as "More"
 */
record PoisonRecord(
    String memdev,
    boolean listed,
    String region,
    long hpa,
    long dpa,
    long length,
    List<String> flags) {
  /** The kernel does not know the address on the host. */
  static final long NO_HPA = -1;

  /** The flag of every part of a list but the last. */
  static final String MORE = "More";

  private static final String EVENT = "cxl_poison: ";

  /** Fields without a pattern of their own below may have any value. */
  private static final Pattern FIELD = Pattern.compile("([a-z][a-z0-9_]*)=([!-~]*)");

  private static final Pattern MEMDEV = Pattern.compile("mem[0-9]{1,9}");
  private static final Pattern REGION = Pattern.compile("(?:region[0-9]{1,9})?");
  private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-f]{1,16}");
  private static final Pattern TYPE = Pattern.compile("List|Inject|Clear");
  private static final Pattern FLAGS = Pattern.compile("(?:[A-Za-z0-9]+(?:\\|[A-Za-z0-9]+)*)?");

  /** Device addresses have 52 bits. */
  private static final long MAX_ADDRESS = 1L << 52;

  /** A line differs from what the kernel prints. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  /** Parses a line, without its end. */
  static PoisonRecord parse(String line) throws MalformedException {
    if (!line.startsWith(EVENT)) {
      throw new MalformedException("not an event cxl_poison");
    }
    Map<String, String> fields = new HashMap<>();
    for (String field : line.substring(EVENT.length()).split(" ", -1)) {
      Matcher matcher = FIELD.matcher(field);
      if (!matcher.matches() || fields.put(matcher.group(1), matcher.group(2)) != null) {
        throw new MalformedException("a field that is not NAME=VALUE, or is there twice");
      }
    }
    String flags = get(fields, "flags", FLAGS);
    PoisonRecord record =
        new PoisonRecord(
            get(fields, "memdev", MEMDEV),
            get(fields, "trace_type", TYPE).equals("List"),
            get(fields, "region", REGION),
            hpa(fields),
            address(fields, "dpa"),
            address(fields, "dpa_length"),
            flags.isEmpty() ? List.of() : List.of(flags.split("\\|")));
    if (record.length <= 0 || record.length > MAX_ADDRESS - record.dpa) {
      throw new MalformedException("dpa and dpa_length are not a range of the device");
    }
    return record;
  }

  private static String get(Map<String, String> fields, String name, Pattern pattern)
      throws MalformedException {
    String value = fields.get(name);
    if (value == null || !pattern.matcher(value).matches()) {
      throw new MalformedException(name + " is missing, or not a " + name);
    }
    return value;
  }

  private static long hpa(Map<String, String> fields) throws MalformedException {
    long hpa = Long.parseUnsignedLong(get(fields, "hpa", ADDRESS).substring(2), 16);
    if (hpa != NO_HPA && (hpa < 0 || hpa > MAX_ADDRESS)) {
      throw new MalformedException("hpa is not an address");
    }
    return hpa;
  }

  private static long address(Map<String, String> fields, String name) throws MalformedException {
    long address = Long.parseUnsignedLong(get(fields, name, ADDRESS).substring(2), 16);
    if (address < 0 || address > MAX_ADDRESS) {
      throw new MalformedException(name + " is not an address");
    }
    return address;
  }
}
