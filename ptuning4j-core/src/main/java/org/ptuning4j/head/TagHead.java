package org.ptuning4j.head;

import java.util.Locale;

/** What scores the tags of words. */
public enum TagHead {
  /**
   * A linear layer over each word, and a score for each tag behind each other one: whole sequences
   * of tags are learnt (a conditional random field). What is usual over a frozen model.
   */
  CRF,
  /**
   * A linear layer over each word, whose tag is learnt by itself, as the papers have it. What is
   * usual where the model itself is trained, and can learn how tags follow each other.
   */
  SOFTMAX;

  /** The usual one. */
  public static TagHead usual(boolean trainsBackbone) {
    return trainsBackbone ? SOFTMAX : CRF;
  }

  /** As it is written in files and on the command line: crf, softmax. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
