package org.ptuning4j.data;

/** What a file holds at one place: a {@link Row} that can be used or a {@link BadRow}. */
public sealed interface Entry permits Row, BadRow {

  /** The physical line on which it starts, counted from 1. */
  int line();

  /**
   * Its number among the file's records, counted from 1, where lines do not tell them apart, as in
   * a JSON list on one line; else 0.
   */
  int record();
}
