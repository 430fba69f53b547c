package io.github.pmem2j.cli.html;

import java.util.List;

/** What a panel draws. */
public interface Picture {
  /**
   * Draws it.
   *
   * @param page where to
   */
  void draw(Markup page);

  /** The states that it shows, each of which the legend must explain. */
  List<State> states();
}
