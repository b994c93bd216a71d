package org.ptuning4j.data;

import java.util.Map;

/** One thing that a task asks about, as it is read from a file. */
public interface Example {

  /** The line of the file on which its record starts, counted from 1. */
  int line();

  /** Where it came from, with what the file calls it. */
  default Source source() {
    return Source.ofLine(line());
  }

  /**
   * What the file calls it, by which answers are matched with what was asked: {@code id}, or the
   * numbers of paragraph, question and answer. Nothing where the file does not name its records.
   */
  default Map<String, Object> ids() {
    return source().ids();
  }
}
