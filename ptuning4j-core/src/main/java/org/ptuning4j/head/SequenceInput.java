package org.ptuning4j.head;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;

/** What a head over whole sequences reads of each. */
public enum SequenceInput {
  /** The checkpoint's own pooler over the first token, frozen with the backbone. */
  POOLER,
  /** The first token's last hidden state. */
  FIRST_TOKEN,
  /** The last token's last hidden state, which alone saw the whole text in a decoder. */
  LAST_TOKEN,
  /**
   * A trained tanh(W h + b) over the token that stands for the text (RoBERTa's classification
   * head).
   */
  DENSE;

  /** Whether it says something of the whole text in a model that sees texts this way. */
  public boolean suits(Direction direction) {
    return switch (this) {
      case POOLER, FIRST_TOKEN -> direction == Direction.BIDIRECTIONAL;
      case LAST_TOKEN -> direction == Direction.CAUSAL;
      case DENSE -> true;
    };
  }

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
    throw InvalidInputException.of(
        "head: '%s' is not one of %s",
        text, Arrays.stream(values()).map(SequenceInput::label).collect(Collectors.joining(", ")));
  }

  /**
   * The pooler where the checkpoint has one, else the token that stands for the text: a random
   * pooler that has to be saved beside the prompt would be no better, and is easily lost.
   */
  public static SequenceInput byDefault(BackboneSpec spec) {
    return spec.hasPooler() ? POOLER : token(spec.direction());
  }

  /** The state of the token that stands for the text. */
  public static SequenceInput token(Direction direction) {
    return FIRST_TOKEN.suits(direction) ? FIRST_TOKEN : LAST_TOKEN;
  }
}
