package org.ptuning4j.prompt.form;

import java.util.Locale;

/**
 * Whether a text attends to a deep prompt and to itself with one softmax or with two. A prompt
 * trained one way is wrong the other way, so it is saved with it.
 */
public enum PrefixSoftmax {
  /**
   * {@code softmax(q·[P_k ; K]ᵀ)·[P_v ; V]}, as P-Tuning v2 and prefix tuning have it: what the
   * prompt gains the text loses.
   */
  JOINT,
  /**
   * {@code softmax(q·Kᵀ)·V + softmax(q·P_kᵀ)·P_v}: what the prompt gives is added, and the text
   * attends to itself as it does without one. This is the attention of LLaMA-Adapter (Zhang et al.,
   * arXiv 2303.16199, section 3.2); where that has a gate that starts at zero, here values start at
   * zero.
   */
  SEPARATE;

  /** As it is written in files and on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
