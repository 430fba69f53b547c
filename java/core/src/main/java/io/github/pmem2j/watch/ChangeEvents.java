package io.github.pmem2j.watch;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.jfr.Events;
import java.nio.file.Path;

/** The events of Flight Recorder for a change. */
final class ChangeEvents {
  private ChangeEvents() {}

  static void found(BadBlockChange change) {
    emit(change, Events::badBlockFound);
  }

  static void cleared(BadBlockChange change) {
    emit(change, Events::badBlockCleared);
  }

  @FunctionalInterface
  private interface Event {
    void emit(String device, long deviceOffset, long length, Path path, long offset);
  }

  /** One event for each part of a file, and one for each range that hits none. */
  private static void emit(BadBlockChange change, Event event) {
    RangeSet.Builder hit = RangeSet.builder();
    change
        .files()
        .forEach(
            (path, parts) ->
                parts.forEach(
                    part -> {
                      ByteRange place = part.deviceRange();
                      hit.add(place);
                      event.emit(
                          change.device(), place.offset(), place.length(), path, part.offset());
                    }));
    for (ByteRange range : change.ranges().minus(hit.build())) {
      event.emit(change.device(), range.offset(), range.length(), null, 0);
    }
  }
}
