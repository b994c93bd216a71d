package org.ptuning4j.train;

import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.prompt.PromptVocabulary;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * A model's words: its tokenizer's names, its backbone's vectors.
 *
 * @param tokenizer the model's tokenizer
 * @param backbone the model's backbone
 */
record ModelVocabulary(TextTokenizer tokenizer, Backbone backbone) implements PromptVocabulary {

  @Override
  public int size() {
    return Math.min(tokenizer.vocabularySize(), backbone.spec().vocabulary());
  }

  @Override
  public int[] ids(String text) {
    return tokenizer.encodeWithoutSpecialTokens(text, null, Truncation.none()).ids();
  }

  /** With the space before it that many tokenizers make part of a word. */
  @Override
  public int[] idsWithin(String text) {
    return ids(tokenizer.prependsSpace() ? text : " " + text);
  }

  @Override
  public OptionalInt id(String token) {
    return tokenizer.tokenId(token);
  }

  @Override
  public Tensor vectors(int[] ids) {
    return backbone.wordVectors(ids);
  }
}
