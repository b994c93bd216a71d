package org.ptuning4j.cli.demo;

import java.util.List;

/**
 * One labelled example of a demo task: a single text or a pair of texts, and its label.
 *
 * @param texts one text per text column of the task, in the task's column order
 * @param label the label's name
 */
public record DemoRow(List<String> texts, String label) {

  /**
   * Checks that every text can be written into a JSON string as it is, so that the files need no
   * escapes.
   *
   * @throws IllegalArgumentException when there is no text, or a text or the label is blank or
   *     holds a quotation mark, a backslash or anything but printable ASCII
   */
  public DemoRow {
    texts = List.copyOf(texts);
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("texts: none, expected one per text column");
    }
    texts.forEach(text -> requirePlain("texts", text));
    requirePlain("label", label);
  }

  private static void requirePlain(String field, String value) {
    if (value.isBlank() || !value.chars().allMatch(DemoRow::isPlain)) {
      throw new IllegalArgumentException(
          field
              + ": '"
              + value
              + "', expected printable ASCII without quotation mark or backslash");
    }
  }

  private static boolean isPlain(int character) {
    return character >= ' ' && character <= '~' && character != '"' && character != '\\';
  }
}
