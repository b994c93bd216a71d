package org.ptuning4j.backbone.transformer;

import org.ptuning4j.backbone.CheckpointWeights;
import org.ptuning4j.backbone.LanguageModelLayout;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.LoadedWeights;
import org.ptuning4j.tensor.engine.Engine;

/** A family's head over its vocabulary: what tensors it has, and how it is put together. */
public sealed interface LanguageModelSpec permits MaskedLanguageSpec, CausalLanguageSpec {

  /** The head's tensors. */
  LanguageModelLayout layout();

  /**
   * Reads the head of a checkpoint after {@link CheckpointWeights#verify}.
   *
   * @param own loads its weights, and is closed with it
   * @param words the word embeddings, which the backbone owns
   */
  VocabularyModel load(
      CheckpointWeights source, Engine engine, LoadedWeights own, BackboneWeight words);
}
