package org.ptuning4j.data.tagging;

import java.util.Locale;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;

/** How a file of semantic roles is written. */
public enum RoleFormat {
  /** Told from the file's first line. */
  AUTO,
  /**
   * One JSON object a line: {@code words} (or {@code tokens}), {@code predicate} (an index counted
   * from 0), {@code tags} and perhaps {@code lemma}; or {@code words} and a list {@code frames} of
   * such objects without the words.
   */
  JSONL,
  /**
   * Columns as in the CoNLL-2005 shared task, words and props in one file: a column of words, a
   * column that has the lemma of each predicate and {@code -} elsewhere, then a column of brackets
   * for each predicate in the order of the predicates.
   */
  CONLL05,
  /** The {@code _conll} files of the CoNLL-2012 shared task (OntoNotes), with their words. */
  CONLL12;

  /** A list is no format of roles, but the reader of lines says so best. */
  private static final Pattern JSON = Pattern.compile("\\{\\s*[\"}]|\\[\\s*\\{");

  /** As it is written on the command line: auto, jsonl, conll05, conll12. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads what {@link #label} writes. */
  public static RoleFormat parse(String text) {
    for (RoleFormat format : values()) {
      if (format.label().equals(text)) {
        return format;
      }
    }
    throw InvalidInputException.of(
        "role format: '%s' is not one of auto, jsonl, conll05, conll12", text);
  }

  /** The format that the beginning of a file looks like. */
  static RoleFormat fromFirstLine(String line) {
    String start = line.strip();
    if (start.equals("{") || start.equals("[") || JSON.matcher(start).lookingAt()) {
      return JSONL;
    }
    return start.startsWith("#begin document") ? CONLL12 : CONLL05;
  }
}
