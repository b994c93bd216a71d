package org.ptuning4j.data;

/**
 * One input of a sequence classification, ready for the tokenizer.
 *
 * @param line the line of the file on which its record starts, counted from 1
 * @param text the text, or the first of two
 * @param pair the second text, or {@code null} for a task on single texts
 * @param label the label as the file writes it, or {@code null} where it is not known
 */
public record TextExample(int line, String text, String pair, String label) {

  /** Checks that there is text. */
  public TextExample {
    requireText("text", text);
    if (pair != null) {
      requireText("pair", pair);
    }
  }

  /** Whether there is a second text. */
  public boolean hasPair() {
    return pair != null;
  }

  /** Whether the label is known. */
  public boolean hasLabel() {
    return label != null;
  }

  private static void requireText(String name, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " is blank");
    }
  }
}
