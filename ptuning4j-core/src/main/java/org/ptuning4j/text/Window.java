package org.ptuning4j.text;

import java.util.ArrayList;
import java.util.List;

/** A stretch of a text's tokens, end exclusive. */
record Window(int start, int end) {

  /** The window that truncation keeps. */
  static Window first(int length, int size, Truncation.Direction direction) {
    return switch (direction) {
      case RIGHT -> new Window(0, Math.min(size, length));
      case LEFT -> new Window(Math.max(0, length - size), length);
    };
  }

  /**
   * All windows over a text, beginning with the one that truncation keeps. Neighbours share {@code
   * stride} tokens; the last one is as long as what is left. Requires {@code 0 <= stride < size}
   * where the text is longer than {@code size}.
   */
  static List<Window> all(int length, int size, int stride, Truncation.Direction direction) {
    List<Window> windows = new ArrayList<>();
    for (int covered = 0; ; covered += size - stride) {
      Window window =
          switch (direction) {
            case RIGHT -> new Window(covered, Math.min(covered + size, length));
            case LEFT -> new Window(Math.max(0, length - covered - size), length - covered);
          };
      windows.add(window);
      boolean last =
          switch (direction) {
            case RIGHT -> window.end == length;
            case LEFT -> window.start == 0;
          };
      if (last) {
        return windows;
      }
    }
  }

  int size() {
    return end - start;
  }
}
