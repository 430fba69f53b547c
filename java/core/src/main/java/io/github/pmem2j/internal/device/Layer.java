package io.github.pmem2j.internal.device;

import io.github.pmem2j.IncompleteReason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A device that is made of others. */
final class Layer {
  /** What a kind of layer can add to what is below it. */
  enum Kind {
    /** Nothing: it is clean if all that is below is clean. */
    PLAIN,
    /** Errors of its own. */
    ERRORS,
    /** Errors, and storage that sysfs does not show below it. */
    STORAGE
  }

  private Layer() {}

  /** A device made of others in a way that cannot be resolved. */
  static DeviceStack made(
      String name, List<DeviceStack> below, Kind kind, IncompleteReason.Code code, String message) {
    DeviceStack stack = joined(name, below, BadSectors.NONE);
    boolean known =
        !below.isEmpty()
            && (stack.storage() == DeviceStack.Storage.OTHER && kind != Kind.STORAGE
                || kind == Kind.PLAIN && below.stream().allMatch(DeviceStack::clean));
    if (known) {
      return stack;
    }
    List<IncompleteReason> reasons = new ArrayList<>();
    String scan = below.isEmpty() ? "what it is made of" : stack.text().replace(name + " -> ", "");
    reasons.add(
        new IncompleteReason(
            code,
            message
                + (kind == Kind.PLAIN
                    ? ", and not all that is below it is persistent memory without bad blocks"
                    : "")
                + ": scan "
                + scan));
    stack.reasons().stream()
        .filter(reason -> reason.code() != IncompleteReason.Code.MIXED_STORAGE)
        .forEach(reasons::add);
    // Other layers may hide persistent memory.
    DeviceStack.Storage storage =
        stack.storage() == DeviceStack.Storage.OTHER ? DeviceStack.Storage.MIXED : stack.storage();
    return new DeviceStack(storage, BadSectors.NONE, reasons, stack.text(), stack.lists());
  }

  /** A device made of others, and the bad sectors that this gives it. */
  static DeviceStack joined(String name, List<DeviceStack> below, BadSectors bad) {
    Set<IncompleteReason> reasons = new LinkedHashSet<>();
    Set<DeviceStack.Storage> storages = new LinkedHashSet<>();
    Set<BadBlockSource> sources = new LinkedHashSet<>();
    for (DeviceStack stack : below) {
      reasons.addAll(stack.reasons());
      sources.addAll(stack.lists());
      storages.add(stack.storage());
    }
    DeviceStack.Storage storage =
        storages.size() == 1 ? storages.iterator().next() : DeviceStack.Storage.MIXED;
    if (storages.size() > 1) {
      reasons.add(
          new IncompleteReason(
              IncompleteReason.Code.MIXED_STORAGE,
              name + " is made of persistent memory and of storage without bad-block lists"));
    }
    String text = below.stream().map(DeviceStack::text).collect(Collectors.joining(", "));
    return new DeviceStack(
        storage,
        bad,
        List.copyOf(reasons),
        name + " -> " + (below.size() == 1 ? text : "{" + text + "}"),
        List.copyOf(sources));
  }
}
