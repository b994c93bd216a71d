package org.ptuning4j.head;

import java.util.Locale;

/** What scores the tags of words. */
public enum TagHead {
  /**
   * A linear layer over each word, and a score for each tag behind each other one: whole sequences
   * of tags are learnt (a conditional random field). What a run does unless told otherwise.
   */
  CRF,
  /** A linear layer over each word, whose tag is learnt by itself, as the papers have it. */
  SOFTMAX;

  /** As it is written in files and on the command line: crf, softmax. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
