package io.github.pmem2j.cli.html;

import io.github.pmem2j.cli.text.Words;
import java.util.List;

/**
 * A table. On a narrow page each row becomes a block of lines, to which the style sheet adds the
 * heads of the columns.
 *
 * @param kind which columns it has
 * @param rows the rows; a cell that is empty is not shown on a narrow page
 */
public record Table(Kind kind, List<List<String>> rows) {
  /** More would make the page too large. */
  static final int MAX_ROWS = 2000;

  /** The columns of a table. */
  public enum Kind {
    /** What is bad in a file. */
    RANGES("ranges", "Offset", "Length", "What is there", "Blocks to clear", "On the device"),
    /** What cannot be read in a file. */
    UNREAD("unread", "Offset", "Length", "What"),
    /** What is bad on a device. */
    OWNED("owned", "Offset", "Length", "Belongs to", "File", "At"),
    /** Why more may be bad. */
    REASONS("reasons", "Reason", "In words"),
    /** Who reports the errors of a device. */
    SOURCES("sources", "Device", "Source", "Meaning");

    private final String css;
    private final List<String> head;

    Kind(String css, String... head) {
      this.css = css;
      this.head = List.of(head);
    }

    String css() {
      return css;
    }

    List<String> head() {
      return head;
    }
  }

  /** Keeps the rows. */
  public Table {
    rows = List.copyOf(rows);
  }

  void draw(Markup page) {
    if (rows.isEmpty()) {
      return;
    }
    page.raw("<table class=\"" + kind.css + "\"><thead><tr>");
    kind.head.forEach(name -> page.raw("<th>").text(name).raw("</th>"));
    page.raw("</tr></thead><tbody>");
    for (List<String> row : rows.subList(0, Math.min(rows.size(), MAX_ROWS))) {
      page.raw("<tr>");
      row.forEach(cell -> page.raw("<td>").text(cell).raw("</td>"));
      page.raw("</tr>");
    }
    page.raw("</tbody></table>");
    if (rows.size() > MAX_ROWS) {
      int more = rows.size() - MAX_ROWS;
      page.element("p", "folded", Words.count(more, "row") + " more: --json prints them all.");
    }
  }
}
