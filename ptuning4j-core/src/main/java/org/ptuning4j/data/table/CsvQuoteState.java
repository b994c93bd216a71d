package org.ptuning4j.data.table;

/** Where a scan of a CSV record stands, as far as quotes are concerned. */
enum CsvQuoteState {
  /** At the beginning of a value. */
  START,
  /** In a value without quotes, or behind one. */
  PLAIN,
  /** In a quoted value, where delimiters and line ends belong to it. */
  QUOTED,
  /** Behind a double quote in a quoted value: its end, or the first of two. */
  CLOSED,
  /** Past a double quote that RFC 4180 allows at no such place. */
  STRAY;

  /** Where the scan stands behind a line. */
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
