package io.github.pmem2j.cli.html;

/**
 * A range in one state.
 *
 * @param offset where it begins, in bytes
 * @param length how many bytes it has
 * @param state its state
 */
public record Span(long offset, long length, State state) {
  long end() {
    return offset + length;
  }
}
