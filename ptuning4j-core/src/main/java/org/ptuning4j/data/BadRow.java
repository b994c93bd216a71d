package org.ptuning4j.data;

import java.util.Map;
import java.util.Objects;

/**
 * A record of a data file that cannot be used.
 *
 * @param source where it is in the file, with what it calls itself as far as that can be read
 * @param cause what is wrong with it and what would be right, for the person who has the file
 * @param lack what it lacks, as far as somebody asks
 * @param kind what rows with the same fault have in common, by which they are counted
 */
public record BadRow(Source source, String cause, Lack lack, String kind) implements Entry {

  /** What a bad row may lack. */
  public enum Lack {
    /** A text that the model would read: it is absent or shows nothing. */
    TEXT,
    /** The right answer, without which the row can be predicted on all the same. */
    ANSWER,
    /** Nothing: what is there is wrong. */
    NOTHING
  }

  /** Checks that there is a line and a cause. */
  public BadRow {
    if (source.line() < 1) {
      throw new IllegalArgumentException("line must be at least 1, is " + source.line());
    }
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(lack, "lack");
    Objects.requireNonNull(kind, "kind");
  }

  /** A row whose cause is of its own kind. */
  public BadRow(Source source, String cause, Lack lack) {
    this(source, cause, lack, cause);
  }

  /** A record in which something is wrong. */
  public BadRow(Source source, String cause) {
    this(source, cause, Lack.NOTHING);
  }

  /** A record of which only the line is known. */
  public BadRow(int line, String cause, Lack lack) {
    this(Source.ofLine(line), cause, lack);
  }

  /** A record of which only the line is known, in which something is wrong. */
  public BadRow(int line, String cause) {
    this(line, cause, Lack.NOTHING);
  }

  @Override
  public int line() {
    return source.line();
  }

  @Override
  public int record() {
    return source.record();
  }

  /** What the record calls itself, as far as that can be read. */
  public Map<String, Object> ids() {
    return source.ids();
  }

  @Override
  public String toString() {
    return source.place() + ": " + cause;
  }
}
