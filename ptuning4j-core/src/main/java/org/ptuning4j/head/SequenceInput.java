package org.ptuning4j.head;

import java.util.Locale;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;

/** What a head over whole sequences reads of each. */
public enum SequenceInput {
  /** The checkpoint's own pooler over the first token, frozen with the backbone. */
  POOLER,
  /** The first token's last hidden state. */
  FIRST_TOKEN,
  /** A trained tanh(W h + b) over the first token (RoBERTa's classification head). */
  DENSE;

  /** As it is written in files and on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads what {@link #label} writes. */
  public static SequenceInput parse(String text) {
    for (SequenceInput input : values()) {
      if (input.label().equals(text)) {
        return input;
      }
    }
    throw InvalidInputException.of("head: '%s' is not one of pooler, first-token, dense", text);
  }

  /**
   * The pooler where the checkpoint has one, else the first token: a random pooler that has to be
   * saved beside the prompt would be no better, and is easily lost.
   */
  public static SequenceInput byDefault(BackboneSpec spec) {
    return spec.hasPooler() ? POOLER : FIRST_TOKEN;
  }
}
