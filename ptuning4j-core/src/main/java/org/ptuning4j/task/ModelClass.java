package org.ptuning4j.task;

import java.util.Arrays;
import java.util.Optional;

/** A size of a model family for which settings have been published. */
public enum ModelClass {
  /** BERT-large: 24 layers of 1,024. */
  BERT_LARGE("bert-large", "bert", 24, 1024),
  /** RoBERTa-large: 24 layers of 1,024. */
  ROBERTA_LARGE("roberta-large", "roberta", 24, 1024);

  private final String key;
  private final String family;
  private final int layers;
  private final int hiddenSize;

  ModelClass(String key, String family, int layers, int hiddenSize) {
    this.key = key;
    this.family = family;
    this.layers = layers;
    this.hiddenSize = hiddenSize;
  }

  /** Its name in files and tables, such as {@code bert-large}. */
  public String key() {
    return key;
  }

  /**
   * The class of a model, where there is one.
   *
   * @param family the {@code model_type} of its configuration
   * @param layers L
   * @param hiddenSize H
   */
  public static Optional<ModelClass> of(String family, int layers, int hiddenSize) {
    return Arrays.stream(values())
        .filter(c -> c.family.equals(family) && c.layers == layers && c.hiddenSize == hiddenSize)
        .findFirst();
  }
}
