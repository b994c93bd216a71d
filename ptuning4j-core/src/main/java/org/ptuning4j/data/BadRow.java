package org.ptuning4j.data;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Objects;

/**
 * A record of a data file that cannot be used, or a part of one.
 *
 * @param source where it is, from line 1 on, and what the file calls it as far as that can be read
 * @param cause what is wrong with it and what would be right, for the person who has the file
 * @param lack what it lacks
 * @param kind what rows with the same fault have in common, by which they are counted
 */
public record BadRow(@JsonUnwrapped Source source, String cause, Lack lack, String kind)
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

  /** Checks that there is a line and a cause. */
  public BadRow {
    if (source.line() < 1) {
      throw new IllegalArgumentException("line must be at least 1, is " + source.line());
    }
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(lack, "lack");
    Objects.requireNonNull(kind, "kind");
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

  @Override
  public String toString() {
    return source.place() + ": " + cause;
  }
}
