package org.ptuning4j.backbone;

import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Which way a model's tokens see a text, and so which of them stands for all of it and how a blank
 * is put to its language model.
 */
public enum Direction {
  /** Each token sees all others, as in encoders: the first stands for the text. */
  BIDIRECTIONAL {
    @Override
    public int summary(int length) {
      return 0;
    }
  },
  /** Each token sees itself and what comes before, as in decoders: only the last saw the text. */
  CAUSAL {
    @Override
    public int summary(int length) {
      return length - 1;
    }

    @Override
    public boolean writes() {
      return true;
    }
  },
  /**
   * Each token of a text sees all others, and what fills a blank in it is written token by token,
   * as GLM has it: the first stands for the text.
   */
  INFILLING {
    @Override
    public int summary(int length) {
      return 0;
    }

    @Override
    public boolean writes() {
      return true;
    }
  },
  /**
   * Each token of a source sees all others, and a target is written token by token in another half
   * of the model, which sees the source's states (T5): the source's first token stands for it.
   */
  ENCODER_DECODER {
    @Override
    public int summary(int length) {
      return 0;
    }

    @Override
    public boolean writes() {
      return true;
    }

    @Override
    public TokenRow throughout(int[] ids) {
      int[] twice = IntStream.concat(IntStream.of(ids), IntStream.of(ids)).toArray();
      return TokenRow.of(twice, new int[twice.length]).withTarget(ids.length);
    }
  };

  /** As it is written where models are described. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The token that stands for a whole row.
   *
   * @param length the number of the row's tokens, 1 or more
   */
  public abstract int summary(int length);

  /**
   * A text as a row that goes through every layer: a source and the same as its target, where those
   * are read by layers of their own.
   */
  public TokenRow throughout(int[] ids) {
    return TokenRow.of(ids, new int[ids.length]);
  }

  /** Whether models of this kind write texts, token by token. */
  public boolean writes() {
    return false;
  }
}
