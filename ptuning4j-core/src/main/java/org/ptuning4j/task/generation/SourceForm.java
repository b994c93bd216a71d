package org.ptuning4j.task.generation;

import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.task.template.InfillingTokens;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.RenderedCloze;
import org.ptuning4j.text.TextTokenizer;

/** How a source is put to a model that writes: what it reads, and where each token is told. */
sealed interface SourceForm permits ContinuedSource, InfilledSource, EncodedSource {

  /**
   * The row that the model goes on with.
   *
   * @throws org.ptuning4j.InvalidInputException if the model cannot read the source
   */
  TokenRow row(String source, ItemEncoder encoder);

  /**
   * The same with what it is to write, and the columns where that is told.
   *
   * @param target its tokens, one at least
   */
  RenderedCloze row(String source, ItemEncoder encoder, int[] target);

  /** A target's tokens with the one that ends it, cut to so many. */
  int[] target(String text, TextTokenizer tokenizer, int most);

  /**
   * Makes sure that a model can learn where to end.
   *
   * @throws org.ptuning4j.InvalidInputException if no token ends a text
   */
  void requireEnd();

  /**
   * The form for a model.
   *
   * @throws org.ptuning4j.InvalidInputException if the tokenizer lacks a token that it takes
   */
  static SourceForm of(
      GenerationTask task, TargetTokens tokens, TextTokenizer tokenizer, Direction direction) {
    return switch (direction) {
      case INFILLING ->
          new InfilledSource(
              task.separator(), task.truncation().strategy(), InfillingTokens.of(tokenizer));
      case ENCODER_DECODER ->
          new EncodedSource(tokens, task.separator(), task.truncation().strategy());
      case CAUSAL, BIDIRECTIONAL -> new ContinuedSource(tokens, task.truncation().strategy());
    };
  }
}
