package org.ptuning4j.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A record of a data file that cannot be used.
 *
 * @param line the physical line on which the record starts, counted from 1
 * @param record its number among the file's records, counted from 1, where lines do not tell them
 *     apart; else 0
 * @param ids what the file calls it, as far as that can be read ({@link Source#ids})
 * @param cause what is wrong with it and what would be right, for the person who has the file
 * @param lack what it lacks
 * @param kind what rows with the same fault have in common, by which they are counted
 */
public record BadRow(
    int line, int record, Map<String, Object> ids, String cause, Lack lack, String kind)
    implements Entry {

  /** What a bad row may lack. */
  public enum Lack {
    /** A text that the model would read: it is absent or shows nothing. */
    TEXT,
    /** The right answer, without which the row can be predicted on all the same. */
    ANSWER,
    /** Nothing: what is there is wrong. */
    NOTHING
  }

  /** Checks that there is a line and a cause, and copies the ids. */
  public BadRow {
    if (line < 1) {
      throw new IllegalArgumentException("line must be at least 1, is " + line);
    }
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(lack, "lack");
    Objects.requireNonNull(kind, "kind");
    ids = Collections.unmodifiableMap(new LinkedHashMap<>(ids));
  }

  /** A record at its place, that is counted with others of its kind. */
  public BadRow(Source source, String cause, Lack lack, String kind) {
    this(source.line(), source.record(), source.ids(), cause, lack, kind);
  }

  /** A record at its place, that is counted with others of the same cause. */
  public BadRow(Source source, String cause, Lack lack) {
    this(source, cause, lack, cause);
  }

  /** A record at its place, in which something is wrong. */
  public BadRow(Source source, String cause) {
    this(source, cause, Lack.NOTHING);
  }

  /** A record of which only the line is known. */
  public BadRow(int line, String cause, Lack lack) {
    this(line, 0, Map.of(), cause, lack, cause);
  }

  /** A record of which only the line is known, in which something is wrong. */
  public BadRow(int line, String cause) {
    this(line, cause, Lack.NOTHING);
  }

  /** Where it came from, with what it calls itself. */
  public Source source() {
    return new Source(line, record, ids);
  }

  @Override
  public String toString() {
    return source().place() + ": " + cause;
  }
}
