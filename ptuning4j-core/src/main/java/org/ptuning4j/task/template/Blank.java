package org.ptuning4j.task.template;

import java.util.Arrays;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Direction;
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
   * The column that is read for a token of the wording.
   *
   * @param gap the column where the gap begins
   * @param token the number of the token in the wording, from 0
   */
  int read(int gap, int token);

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
    public int read(int gap, int token) {
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
    public int read(int gap, int token) {
      return gap + token - 1;
    }
  }
}
