package org.ptuning4j.data.tagging;

import java.util.Locale;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.input.FileFormat;

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

  /**
   * The format that the settings of an input name, or this one where they name none.
   *
   * @throws InvalidInputException where they name one that no roles are in
   */
  RoleFormat orSet(FileFormat set) {
    return switch (set) {
      case AUTO -> this;
      case JSONL -> JSONL;
      case CONLL05 -> CONLL05;
      case CONLL12 -> CONLL12;
      default ->
          throw InvalidInputException.of(
              "format: %s is not one of roles (jsonl, conll05, conll12)", set.label());
    };
  }

  /** The format that the beginning of a file looks like. */
  static RoleFormat fromFirstLine(String line) {
    String start = line.strip();
    if (FileFormat.isJson(start)) {
      return JSONL;
    }
    return start.startsWith("#begin document") ? CONLL12 : CONLL05;
  }
}
