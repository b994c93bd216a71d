package org.ptuning4j.cli.shell;

import java.util.List;

/** Descriptions of options and commands, as plain text. */
final class Sentence {

  private Sentence() {}

  /** All of a description in one line. */
  static String whole(String[] description) {
    return String.join(" ", description)
        .replace("%n", " ")
        .replace("%%", "%")
        .replaceAll("\\s+", " ")
        .strip();
  }

  /** The first sentence of a description, without its full stop. */
  static String first(String[] description) {
    String whole = whole(description);
    int end = end(whole);
    return end < 0 ? whole.replaceFirst("[.:]$", "") : whole.substring(0, end);
  }

  /** Where the first sentence ends; a full stop within words ends none. */
  private static int end(String text) {
    return List.of(". ", "; ", ": ").stream()
        .mapToInt(text::indexOf)
        .filter(at -> at >= 0)
        .min()
        .orElse(-1);
  }
}
