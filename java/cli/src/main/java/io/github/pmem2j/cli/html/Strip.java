package io.github.pmem2j.cli.html;

import io.github.pmem2j.cli.text.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A device as a strip from its first byte to its last. The style sheet gives each bad part a
 * border, so that a sector of a terabyte is two pixels wide.
 */
public final class Strip implements Picture {
  private static final int PARTS = 2000;
  private static final double PERCENT = 100;

  private final String name;
  private final long size;
  private final State rest;
  private final Cells cells;

  /**
   * A strip.
   *
   * @param name the device
   * @param size in bytes
   * @param rest the state of what no span covers
   * @param spans what is in another state
   */
  public Strip(String name, long size, State rest, List<Span> spans) {
    this.name = name;
    this.size = size;
    this.rest = rest;
    cells = new Cells(size, (size - 1) / PARTS + 1, rest, spans);
  }

  @Override
  public List<State> states() {
    return cells.states();
  }

  @Override
  public void draw(Markup page) {
    if (size == 0) {
      return;
    }
    page.raw("<svg class=\"strip\" role=\"img\" aria-label=\"").text("Device " + name).raw("\">");
    page.raw("<rect class=\"" + rest.css() + "\" width=\"100%\" height=\"100%\"><title>");
    page.text(rest.label() + ": " + rest.meaning()).raw("</title></rect>");
    List<Cells.Run> runs = new ArrayList<>(cells.runs());
    runs.sort(Comparator.comparing(Cells.Run::state).reversed()); // The worst is on top.
    for (Cells.Run run : runs) {
      if (run.state() != rest) {
        long begin = cells.begin(run.first());
        long end = cells.end(run.first() + run.count() - 1);
        page.raw("<rect class=\"" + run.state().css() + " mark\" x=\"" + percent(begin));
        page.raw("\" width=\"" + percent(end - begin) + "\" height=\"100%\"><title>");
        page.text(cells.text(run)).raw("</title></rect>");
      }
    }
    page.raw("</svg><p class=\"ends\"><span>0</span><span>");
    page.text(Words.size(size)).raw("</span></p>");
  }

  private String percent(long bytes) {
    return String.format(Locale.ROOT, "%.3f%%", PERCENT * bytes / size);
  }
}
