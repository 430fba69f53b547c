package io.github.pmem2j.cli.html;

import io.github.pmem2j.cli.text.Words;

/**
 * Collects HTML. Everything that is not written by this program goes through {@link #text}: it is
 * shown as it is, and what cannot be seen is shown as an escape sequence.
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
