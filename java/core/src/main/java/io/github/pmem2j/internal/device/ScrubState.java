package io.github.pmem2j.internal.device;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The scrubs of a bus, as the kernel reports them in {@code nfit/scrub}
 * (Documentation/ABI/testing/sysfs-bus-nfit of the kernel): {@code 3}, or {@code 3+} while one is
 * running.
 *
 * @param ended the number of scrubs that have ended since the driver was loaded
 * @param running whether one is running
 */
public record ScrubState(int ended, boolean running) {
  private static final Pattern TEXT = Pattern.compile("(0|[1-9][0-9]{0,8})(\\+?)");

  /** Reads the text without its line's end; empty if it is not what the kernel writes. */
  public static Optional<ScrubState> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new ScrubState(Integer.parseInt(matcher.group(1)), !matcher.group(2).isEmpty()))
        : Optional.empty();
  }
}
