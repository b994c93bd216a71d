package org.ptuning4j.task.template;

import java.util.Arrays;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BlankFilling;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.text.TextTokenizer;

/**
 * How a template's gap is put to a language model: what it can read of the template, what stands in
 * the gap, and where each token of a wording is looked for.
 */
public sealed interface Blank {

  /**
   * What a model can read of a template.
   *
   * @throws InvalidInputException if it cannot read what matters
   */
  ClozeTemplate readable(ClozeTemplate template);

  /** Whether anything may follow the gap, the special tokens at the end too. */
  boolean isWithin();

  /**
   * What stands in the gap.
   *
   * @param wording the tokens that are looked for
   */
  int[] filling(int[] wording);

  /**
   * What follows the template and its special tokens.
   *
   * @param wording the tokens that are looked for
   */
  default int[] following(int[] wording) {
    return new int[0];
  }

  /**
   * The column that is read for a token of the wording.
   *
   * @param gap the column where the gap begins
   * @param end the column where what follows begins
   * @param token the number of the token in the wording, from 0
   */
  int read(int gap, int end, int token);

  /**
   * The row as the model reads it.
   *
   * @param row all its tokens
   * @param gap the column where the gap begins
   * @param end the column where what follows begins
   */
  default TokenRow placed(TokenRow row, int gap, int end) {
    return row;
  }

  /**
   * The blank of a model.
   *
   * @param template asks for it, for messages
   * @throws InvalidInputException if the vocabulary lacks what it takes
   */
  static Blank of(Direction direction, TextTokenizer tokenizer, ClozeTemplate template) {
    return switch (direction) {
      case BIDIRECTIONAL ->
          new Masked(
              tokenizer
                  .maskId()
                  .orElseThrow(
                      () ->
                          InvalidInputException.of(
                              "template \"%s\": this model fills in masks, and its vocabulary has"
                                  + " no mask token; use the tokenizer that belongs to it",
                              template.source())));
      case CAUSAL -> new Continued();
      case INFILLING -> new Infilled(InfillingTokens.of(tokenizer), true);
      case ENCODER_DECODER -> new Sentinel(SentinelTokens.of(tokenizer));
    };
  }

  /**
   * Masks, one for each token, which are all looked for at once where they stand (Devlin et al.,
   * arXiv 1810.04805, section 3.1).
   *
   * @param mask the mask token
   */
  record Masked(int mask) implements Blank {

    @Override
    public ClozeTemplate readable(ClozeTemplate template) {
      return template;
    }

    @Override
    public boolean isWithin() {
      return true;
    }

    @Override
    public int[] filling(int[] wording) {
      int[] masks = new int[wording.length];
      Arrays.fill(masks, mask);
      return masks;
    }

    @Override
    public int read(int gap, int end, int token) {
      return gap + token;
    }
  }

  /**
   * What comes next: each token of a wording is looked for at the one before it, the first at the
   * end of what precedes the gap (P-Tuning, arXiv 2103.10385, section 4.1).
   */
  record Continued() implements Blank {

    @Override
    public ClozeTemplate readable(ClozeTemplate template) {
      return template.endingAtMask();
    }

    @Override
    public boolean isWithin() {
      return false;
    }

    @Override
    public int[] filling(int[] wording) {
      return Arrays.copyOf(wording, wording.length - 1);
    }

    @Override
    public int read(int gap, int end, int token) {
      return gap + token - 1;
    }
  }

  /**
   * One mask, which is filled after the text: each token of a wording is looked for at the one
   * before it, the first at the token that begins a filling (GLM, arXiv 2103.10360, sections 2.1
   * and 2.3).
   *
   * @param tokens the mask and what a filling begins with
   * @param isWithin whether the text goes on after the gap
   */
  record Infilled(InfillingTokens tokens, boolean isWithin) implements Blank {

    @Override
    public ClozeTemplate readable(ClozeTemplate template) {
      return template;
    }

    @Override
    public int[] filling(int[] wording) {
      return new int[] {tokens.mask()};
    }

    @Override
    public int[] following(int[] wording) {
      int[] following = new int[wording.length];
      following[0] = tokens.start();
      System.arraycopy(wording, 0, following, 1, wording.length - 1);
      return following;
    }

    @Override
    public int read(int gap, int end, int token) {
      return end + token;
    }

    @Override
    public TokenRow placed(TokenRow row, int gap, int end) {
      return row.withFilling(new BlankFilling(end, gap));
    }
  }

  /**
   * A sentinel in the source; the target repeats it and goes on with what fills the blank, each
   * token of which is looked for at the one before it (T5, arXiv 1910.10683, section 3.1.4).
   *
   * @param tokens the sentinel and what a target begins with
   */
  record Sentinel(SentinelTokens tokens) implements Blank {

    @Override
    public ClozeTemplate readable(ClozeTemplate template) {
      return template;
    }

    @Override
    public boolean isWithin() {
      return true;
    }

    @Override
    public int[] filling(int[] wording) {
      return new int[] {tokens.sentinel()};
    }

    @Override
    public int[] following(int[] wording) {
      int[] following = new int[wording.length + 1];
      following[0] = tokens.start();
      following[1] = tokens.sentinel();
      System.arraycopy(wording, 0, following, 2, wording.length - 1);
      return following;
    }

    @Override
    public int read(int gap, int end, int token) {
      return end + 1 + token;
    }

    @Override
    public TokenRow placed(TokenRow row, int gap, int end) {
      return row.withTarget(end);
    }
  }
}
