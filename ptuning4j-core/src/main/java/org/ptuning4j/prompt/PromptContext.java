package org.ptuning4j.prompt;

import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.engine.Engine;

/**
 * What a method is given to make its module of.
 *
 * @param spec the backbone's sizes
 * @param engine where it computes
 * @param random where initial values come from
 * @param words the backbone's words, for prompts that start from them
 * @param texts the run's texts and what the backbone computes for them, for prompts that start from
 *     those
 */
public record PromptContext(
    BackboneSpec spec,
    Engine engine,
    RandomStream random,
    PromptVocabulary words,
    PromptTexts texts) {

  /** What there is without a run. */
  public PromptContext(
      BackboneSpec spec, Engine engine, RandomStream random, PromptVocabulary words) {
    this(spec, engine, random, words, PromptTexts.none());
  }
}
