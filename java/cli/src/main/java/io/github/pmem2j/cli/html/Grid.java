package io.github.pmem2j.cli.html;

import io.github.pmem2j.cli.text.Words;
import java.util.List;

/** A file's blocks as cells in rows. */
public final class Grid implements Picture {
  private static final int COLUMNS = 64;
  private static final int MAX_CELLS = COLUMNS * 16;

  /** The unit of the pattern that makes cells of a rectangle. */
  private static final int CELL = 10;

  private final String name;
  private final long size;
  private final long block;
  private final Cells cells;

  /**
   * A grid.
   *
   * @param name the file's name
   * @param size in bytes
   * @param block the size of a block in bytes, a power of two; a cell may have several
   * @param rest the state of what no span covers
   * @param spans what is in another state
   */
  public Grid(String name, long size, long block, State rest, List<Span> spans) {
    this.name = name;
    this.size = size;
    this.block = block;
    long cell = block;
    while (size > 0 && (size - 1) / cell >= MAX_CELLS) {
      cell *= 2;
    }
    cells = new Cells(size, cell, rest, spans);
  }

  @Override
  public List<State> states() {
    return cells.states();
  }

  @Override
  public void draw(Markup page) {
    if (size == 0) {
      page.element("p", "scale", "empty: there is nothing to show");
      return;
    }
    int rows = (cells.count() - 1) / COLUMNS + 1;
    page.raw("<svg class=\"grid\" viewBox=\"0 0 " + COLUMNS * CELL + " " + rows * CELL);
    page.raw("\" role=\"img\" aria-label=\"").text("Blocks of " + name).raw("\">");
    cells.runs().forEach(run -> draw(page, run));
    page.raw("</svg>");
    String scale = "1 cell = " + Words.bytes(cells.cellSize());
    if (cells.cellSize() > block) {
      scale += " = " + Words.count(cells.cellSize() / block, "block") + ", with its worst state";
    }
    page.element("p", "scale", scale + "; " + Words.bytes(size) + " in all");
  }

  /** Rectangles: the end of a row, whole rows, the beginning of a row. */
  private void draw(Markup page, Cells.Run run) {
    int from = run.first();
    int end = from + run.count();
    while (from < end) {
      int column = from % COLUMNS;
      int count = end - from;
      int height = 1;
      if (column > 0) {
        count = Math.min(count, COLUMNS - column);
      } else if (count > COLUMNS) {
        height = count / COLUMNS;
        count = height * COLUMNS;
      }
      page.raw("<rect class=\"").raw(run.state().css());
      if (column > 0) {
        page.raw("\" x=\"" + column * CELL);
      }
      if (from >= COLUMNS) {
        page.raw("\" y=\"" + from / COLUMNS * CELL);
      }
      page.raw("\" width=\"" + count / height * CELL + "\" height=\"" + height * CELL);
      page.raw("\"><title>").text(cells.text(run)).raw("</title></rect>");
      from += count;
    }
  }
}
