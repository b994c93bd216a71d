package org.ptuning4j.data;

/** What a file holds at one place: a {@link Row} that can be used or a {@link BadRow}. */
public sealed interface Entry permits Row, BadRow {

  /** The physical line on which it starts, counted from 1. */
  int line();
}
