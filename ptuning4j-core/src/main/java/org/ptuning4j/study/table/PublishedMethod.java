package org.ptuning4j.study.table;

import java.util.Arrays;
import java.util.Optional;

/** The columns of the tables of P-Tuning v2 (arXiv 2110.07602). */
public enum PublishedMethod {
  /** Full fine-tuning (tables 2 and 3). */
  FT("FT"),
  /** Prompt tuning at the input, backbone frozen (tables 2 and 3). */
  PT("PT"),
  /** P-tuning v2 (tables 2 and 3). */
  PT_2("PT-2"),
  /** P-tuning v2 that started from a multi-task prompt (table 3). */
  MPT_2("MPT-2"),
  /** P-tuning v2 with a linear head on the first token (table 4). */
  PT_2_LINEAR_HEAD("PT-2 linear head"),
  /** P-tuning v2 with the language model's head over label words (table 4). */
  PT_2_VERBALIZER("PT-2 verbalizer");

  private final String key;

  PublishedMethod(String key) {
    this.key = key;
  }

  /** Its name in the papers, such as {@code PT-2}. */
  public String key() {
    return key;
  }

  /** The method of this name. */
  public static Optional<PublishedMethod> of(String key) {
    return Arrays.stream(values()).filter(method -> method.key.equals(key)).findFirst();
  }
}
