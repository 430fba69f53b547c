package io.github.pmem2j.cli.html;

import io.github.pmem2j.cli.text.Words;

/**
 * Collects HTML. All text that is not part of this program passes through {@link #text}: it is
 * shown unchanged, with escape sequences for invisible characters.
 */
public final class Markup {
  private final StringBuilder html = new StringBuilder();

  Markup() {}

  /** Adds markup. */
  Markup raw(String markup) {
    html.append(markup);
    return this;
  }

  /** Adds a text, also as the value of an attribute in double quotes. */
  Markup text(String text) {
    text.codePoints().forEach(this::append);
    return this;
  }

  private void append(int c) {
    switch (c) {
      case '&' -> html.append("&amp;");
      case '<' -> html.append("&lt;");
      case '>' -> html.append("&gt;");
      case '"' -> html.append("&quot;");
      case '\'' -> html.append("&#39;");
      default -> {
        if (Words.isHidden(c)) {
          html.append(Words.escape(c));
        } else {
          html.appendCodePoint(c);
        }
      }
    }
  }

  /** Adds an element with nothing but text. */
  Markup element(String name, String css, String text) {
    raw("<" + name + " class=\"" + css + "\">").text(text);
    return raw("</" + name + ">");
  }

  int length() {
    return html.length();
  }

  @Override
  public String toString() {
    return html.toString();
  }
}
