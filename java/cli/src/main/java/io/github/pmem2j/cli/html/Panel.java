package io.github.pmem2j.cli.html;

import java.util.List;

/**
 * A file or a device.
 *
 * @param name its path or name
 * @param state its worst state
 * @param badge the same in a word
 * @param notes lines below its name
 * @param pictures what it looks like
 * @param tables exact values
 */
public record Panel(
    String name,
    State state,
    String badge,
    List<String> notes,
    List<Picture> pictures,
    List<Table> tables) {
  void draw(Markup page) {
    page.raw("<article class=\"is-" + state.css() + "\"><h3>");
    page.element("span", "badge", badge).raw(" ");
    page.element("span", "path", name).raw("</h3>");
    notes.forEach(note -> page.element("p", "note", note));
    pictures.forEach(picture -> picture.draw(page));
    tables.forEach(table -> table.draw(page));
    page.raw("</article>");
  }
}
