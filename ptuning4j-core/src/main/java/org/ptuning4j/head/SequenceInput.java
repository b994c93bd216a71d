package org.ptuning4j.head;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;

/** What a head over whole sequences reads of each. */
public enum SequenceInput {
  /**
   * The checkpoint's own pooler, frozen with the backbone: over the first token, or over the mean
   * where its configuration says so.
   */
  POOLER,
  /** The first token's last hidden state. */
  FIRST_TOKEN,
  /** The last token's last hidden state, which alone saw the whole text in a decoder. */
  LAST_TOKEN,
  /**
   * The mean of the last hidden states of the text's own tokens, its special tokens among them; a
   * prompt's soft tokens are left out.
   */
  MEAN,
  /**
   * A trained tanh(W h + b) over the token that stands for the text (RoBERTa's classification
   * head).
   */
  DENSE,
  /** The same with GELU in the place of tanh (ELECTRA's and DeBERTa's classification heads). */
  DENSE_GELU,
  /** The same with ReLU in the place of tanh (DistilBERT's classification head). */
  DENSE_RELU;

  /** Whether there is a trained layer of its own between what is read and the last one. */
  public boolean isDense() {
    return switch (this) {
      case DENSE, DENSE_GELU, DENSE_RELU -> true;
      case POOLER, FIRST_TOKEN, LAST_TOKEN, MEAN -> false;
    };
  }

  /** Whether it says something of the whole text in a model that sees texts this way. */
  public boolean suits(Direction direction) {
    return switch (this) {
      case POOLER, FIRST_TOKEN -> direction.summary(2) == 0;
      case LAST_TOKEN -> direction.summary(2) == 1;
      case MEAN, DENSE, DENSE_GELU, DENSE_RELU -> true;
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
   * What the checkpoint's own classifiers read: the pooler where it has one, else what its
   * configuration names, which is the token that stands for the text in most families. A random
   * pooler that has to be saved beside the prompt would be no better, and is easily lost.
   */
  public static SequenceInput byDefault(BackboneSpec spec) {
    if (spec.hasPooler()) {
      return POOLER;
    }
    return switch (spec.pooling()) {
      case TOKEN -> token(spec.direction());
      case MEAN -> MEAN;
    };
  }

  /** The state of the token that stands for the text. */
  public static SequenceInput token(Direction direction) {
    return FIRST_TOKEN.suits(direction) ? FIRST_TOKEN : LAST_TOKEN;
  }
}
