package io.github.pmem2j.cli.html;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A page about bad blocks, in one file: no scripts, no external resources, and a policy that
 * forbids both. It stays below 2 MB: panels that do not fit are counted.
 */
public final class Page {
  /** The beginning of each page. */
  public static final String BEGIN = "<!DOCTYPE html><!-- pmem2j -->";

  /** A panel that begins before this is drawn; the largest is about 0.4 MB. */
  private static final int MAX_LENGTH = 1_500_000;

  private final State state;
  private final String headline;
  private final String detail;
  private final List<String> origin = new ArrayList<>();
  private final List<String> advice = new ArrayList<>();
  private final List<Tile> tiles = new ArrayList<>();
  private final List<Section> sections = new ArrayList<>();

  private record Tile(State state, long number, String what) {}

  private record Section(
      String title, List<Panel> panels, List<Table> tables, List<String> folded) {}

  /**
   * A page with nothing but the verdict.
   *
   * @param state the verdict
   * @param headline the verdict in words
   * @param detail a sentence more
   */
  public Page(State state, String headline, String detail) {
    this.state = state;
    this.headline = headline;
    this.detail = detail;
  }

  /**
   * Adds a line about the origin of the page.
   *
   * @param what the command, the machine or the time
   */
  public void origin(String what) {
    origin.add(what);
  }

  /**
   * Adds what to do.
   *
   * @param text a sentence; what is in `backquotes` is a command
   */
  public void advise(String text) {
    advice.add(text);
  }

  /**
   * Adds a number.
   *
   * @param of what state it counts, if it is not 0
   * @param number the number
   * @param what what it counts
   */
  public void count(State of, long number, String what) {
    tiles.add(new Tile(number == 0 ? State.OUTSIDE : of, number, what));
  }

  /**
   * Adds a section.
   *
   * @param title its title
   * @param panels what it shows, the most important first
   * @param folded sentences about what it does not show
   */
  public void section(String title, List<Panel> panels, List<String> folded) {
    if (!panels.isEmpty() || !folded.isEmpty()) {
      sections.add(new Section(title, panels, List.of(), folded));
    }
  }

  /**
   * Adds a section of a table.
   *
   * @param title its title
   * @param table the table; without rows there is no section
   */
  public void section(String title, Table table) {
    if (!table.rows().isEmpty()) {
      sections.add(new Section(title, List.of(), List.of(table), List.of()));
    }
  }

  /** {@return the page, in UTF-8} */
  public byte[] bytes() {
    Markup page = new Markup();
    page.raw(BEGIN).raw("<html lang=\"en\"><head><meta charset=\"utf-8\">");
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"").text(Style.POLICY);
    page.raw("\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    page.raw("<meta name=\"color-scheme\" content=\"light dark\"><title>").text(headline);
    page.raw("</title><style>").raw(Style.SHEET).raw("</style></head><body>");
    page.raw(Style.PATTERNS);
    drawHead(page);
    drawLegend(page);
    sections.forEach(section -> draw(page, section));
    page.raw("</main></body></html>\n");
    return page.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void drawHead(Markup page) {
    page.raw(
        "<main><header class=\"is-" + state.css() + "\"><p class=\"sign\" aria-hidden=\"true\">");
    page.raw(Style.sign(state)).raw("</p><div><h1>").text(headline).raw("</h1>");
    page.element("p", "detail", detail);
    page.element("p", "origin", String.join(" \u00b7 ", origin)).raw("</div></header>");
    if (!tiles.isEmpty()) {
      page.raw("<ul class=\"tiles\">");
      for (Tile tile : tiles) {
        page.raw("<li class=\"is-" + tile.state.css() + "\">");
        page.element("b", "number", String.valueOf(tile.number))
            .raw(" ")
            .text(tile.what)
            .raw("</li>");
      }
      page.raw("</ul>");
    }
    if (!advice.isEmpty()) {
      page.raw("<section class=\"advice\"><h2>What to do</h2><ul>");
      advice.forEach(text -> drawAdvice(page, text));
      page.raw("</ul></section>");
    }
  }

  private static void drawAdvice(Markup page, String text) {
    page.raw("<li>");
    String[] parts = text.split("`", -1);
    for (int i = 0; i < parts.length; i++) {
      page.raw(i % 2 == 0 ? "" : "<code>").text(parts[i]).raw(i % 2 == 0 ? "" : "</code>");
    }
    page.raw("</li>");
  }

  private void drawLegend(Markup page) {
    Set<State> shown = EnumSet.noneOf(State.class);
    for (Section section : sections) {
      section.panels.forEach(p -> p.pictures().forEach(picture -> shown.addAll(picture.states())));
    }
    if (shown.isEmpty()) {
      return;
    }
    page.raw("<section class=\"legend\"><h2>Legend</h2><ul>");
    for (State each : shown) {
      page.raw("<li><svg class=\"grid\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"");
      page.raw(each.css() + "\" width=\"10\" height=\"10\"/></svg>");
      page.element("b", "word", each.label()).raw(" ").text(each.meaning()).raw("</li>");
    }
    page.raw("</ul></section>");
  }

  private static void draw(Markup page, Section section) {
    page.raw("<section><h2>").text(section.title).raw("</h2>");
    int drawn = 0;
    while (drawn < section.panels.size() && page.length() < MAX_LENGTH) {
      section.panels.get(drawn).draw(page);
      drawn++;
    }
    if (drawn < section.panels.size()) {
      int more = section.panels.size() - drawn;
      page.element(
          "p", "folded", more + " more would make this page too large: --json has them all.");
    }
    section.tables.forEach(table -> table.draw(page));
    section.folded.forEach(text -> page.element("p", "folded", text));
    page.raw("</section>");
  }
}
