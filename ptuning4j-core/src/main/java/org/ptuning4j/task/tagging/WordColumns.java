package org.ptuning4j.task.tagging;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.tagging.WordSplitter;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.template.ColumnValues;
import org.ptuning4j.task.template.Template;

/**
 * The words of one row, such as a JSON object: given as {@code words} (or {@code tokens}), or as
 * {@code text}, which is split at white space and around punctuation.
 *
 * @param words the words
 * @param text the text that they were split from, or {@code null}
 */
record WordColumns(List<String> words, String text) {

  /** What a task on words takes. */
  static final TaskInputs.Field INPUT =
      new TaskInputs.Field("text", TaskInputs.Kind.WORDS, Template.parse("{words|tokens|text}"));

  static WordColumns of(Row row) throws UnusableRowException {
    for (String name : List.of("words", "tokens")) {
      if (row.get(name) != null) {
        return new WordColumns(list(name, row.get(name)), null);
      }
    }
    if (row.get("text") == null) {
      throw new UnusableRowException(
          "there is neither 'words' (a list of them) nor 'text'; one of them must be given");
    }
    if (!(row.get("text") instanceof String text)) {
      throw new UnusableRowException(
          "'text' holds a " + ColumnValues.kind(row.get("text")) + " where text is needed");
    }
    List<String> words = WordSplitter.words(text);
    if (words.isEmpty()) {
      throw new UnusableRowException("'text' is empty");
    }
    return new WordColumns(words, text);
  }

  private static List<String> list(String name, Object value) throws UnusableRowException {
    if (!(value instanceof List<?> list) || list.isEmpty()) {
      throw new UnusableRowException("'" + name + "' should be a list of words, one at least");
    }
    List<String> words = new ArrayList<>();
    for (Object each : list) {
      if (!(each instanceof String word) || NormalText.isSpace(word)) {
        throw new UnusableRowException(
            "word " + (words.size() + 1) + " of '" + name + "' is blank or no text");
      }
      words.add(word);
    }
    return words;
  }

  /** Whether the text has nothing but what words are split at; no-break spaces are of that kind. */
  static boolean isSpace(String text) {
    return NormalText.isSpace(text);
  }
}
