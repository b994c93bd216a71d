package org.ptuning4j.data.table;

/** The state of a scan of a CSV record for quotes. */
enum CsvQuoteState {
  /** At the beginning of a value. */
  START,
  /** In a value without quotes, or after one. */
  PLAIN,
  /** In a quoted value, where delimiters and line ends belong to it. */
  QUOTED,
  /** After a double quote in a quoted value: its end, or the first of two. */
  CLOSED,
  /** Past a double quote that RFC 4180 allows at no such place. */
  STRAY;

  /** The state after a line. */
  CsvQuoteState over(String line, char delimiter) {
    if (line.indexOf('"') < 0) {
      return this == QUOTED ? QUOTED : PLAIN;
    }
    CsvQuoteState scan = this;
    for (int i = 0; i < line.length() && scan != STRAY; i++) {
      scan = scan.after(line.charAt(i), delimiter);
    }
    return scan;
  }

  private CsvQuoteState after(char c, char delimiter) {
    return switch (this) {
      case START -> c == '"' ? QUOTED : c == delimiter ? START : PLAIN;
      case PLAIN -> c == '"' ? STRAY : c == delimiter ? START : PLAIN;
      case QUOTED -> c == '"' ? CLOSED : QUOTED;
      case CLOSED -> c == '"' ? QUOTED : c == delimiter ? START : STRAY;
      case STRAY -> STRAY;
    };
  }
}
