package org.ptuning4j.head;

import java.util.Locale;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;

/**
 * A linear classifier over whole sequences (P-Tuning v2, section 3.3: no verbalizer).
 *
 * @param labels the number of classes, 2 or more
 * @param input what it reads
 * @param dropout the dropout rate on its input in training
 */
public record SequenceHeadSpec(int labels, Input input, double dropout) {

  /** What the classifier reads. */
  public enum Input {
    /** The checkpoint's own pooler over the first token, frozen with the trunk. */
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
    public static Input parse(String text) {
      for (Input input : values()) {
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
    public static Input byDefault(BackboneSpec spec) {
      return spec.hasPooler() ? POOLER : FIRST_TOKEN;
    }
  }

  /** Checks the ranges. */
  public SequenceHeadSpec {
    if (labels < 2) {
      throw InvalidInputException.of(
          "labels: %d; a classifier needs at least two different labels", labels);
    }
    if (dropout < 0 || dropout >= 1) {
      throw InvalidInputException.of("head dropout: %s must lie in [0, 1)", dropout);
    }
  }

  /** The number of trained values. */
  public long parameterCount(BackboneSpec spec) {
    long hidden = spec.hidden();
    long linear = (hidden + 1) * labels;
    return input == Input.DENSE ? linear + (hidden + 1) * hidden : linear;
  }
}
