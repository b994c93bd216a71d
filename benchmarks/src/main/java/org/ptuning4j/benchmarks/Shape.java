package org.ptuning4j.benchmarks;

/**
 * The shape of a model.
 *
 * @param family its family
 * @param layers L
 * @param hidden H; the feed-forward layer is four times as wide
 * @param heads A
 * @param vocabulary the number of word embeddings
 */
record Shape(SyntheticFamily family, int layers, int hidden, int heads, int vocabulary) {

  static final Shape BERT_BASE = base(SyntheticFamily.BERT, 12);

  /** As wide as BERT-base. */
  static Shape base(SyntheticFamily family, int layers) {
    return new Shape(family, layers, 768, 12, 30522);
  }
}
