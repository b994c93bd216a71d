package org.ptuning4j.benchmarks;

/**
 * The shape of a BERT.
 *
 * @param layers L
 * @param hidden H; the feed-forward layer is four times as wide
 * @param heads A
 * @param vocabulary the number of word embeddings
 */
record Shape(int layers, int hidden, int heads, int vocabulary) {

  static final Shape BERT_BASE = new Shape(12, 768, 12, 30522);
}
