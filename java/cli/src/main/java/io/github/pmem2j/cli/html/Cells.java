package io.github.pmem2j.cli.html;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/**
 * A file or device, divided into cells of equal size. A cell has the worst state of all ranges in
 * it, however small.
 */
final class Cells {
  /** Neighbours in one state. */
  record Run(int first, int count, State state) {}

  private final long size;
  private final long cellSize;
  private final State[] states;

  /**
   * Divides it.
   *
   * @param size in bytes; without any there are no cells
   * @param cellSize in bytes
   * @param rest the state of the bytes outside all spans
   */
  Cells(long size, long cellSize, State rest, List<Span> spans) {
    this.size = size;
    this.cellSize = cellSize;
    states = new State[size == 0 ? 0 : Math.toIntExact((size - 1) / cellSize + 1)];
    Arrays.fill(states, rest);
    for (Span span : spans) {
      if (span.length() > 0 && span.offset() < size) {
        int last = (int) ((Math.min(span.end(), size) - 1) / cellSize);
        for (int i = (int) (span.offset() / cellSize); i <= last; i++) {
          states[i] = states[i].worse(span.state());
        }
      }
    }
  }

  int count() {
    return states.length;
  }

  long cellSize() {
    return cellSize;
  }

  /** The first byte of a cell. */
  long begin(int cell) {
    return cell * cellSize;
  }

  /** The byte after a cell. */
  long end(int cell) {
    return cell == states.length - 1 ? size : begin(cell + 1);
  }

  /** All cells, in order. */
  List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    int first = 0;
    for (int i = 1; i <= states.length; i++) {
      if (i == states.length || states[i] != states[first]) {
        runs.add(new Run(first, i - first, states[first]));
        first = i;
      }
    }
    return runs;
  }

  /** Each state that a cell has, once. */
  List<State> states() {
    EnumSet<State> found = EnumSet.noneOf(State.class);
    found.addAll(Arrays.asList(states));
    return List.copyOf(found);
  }

  /** For the title of a run. */
  String text(Run run) {
    long begin = begin(run.first);
    return run.state.label() + ": bytes " + begin + " to " + (end(run.first + run.count - 1) - 1);
  }
}
