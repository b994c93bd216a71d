package org.ptuning4j.backbone;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Parameter;

/**
 * A checkpoint's head over its vocabulary: the masked language model of BERT and its kin (a dense
 * layer, activation and LayerNorm, then the word embeddings as output matrix, and a bias), or a
 * decoder's output matrix, which scores what follows a token.
 */
public interface LanguageModel {

  /** V, the number of words that are scored. */
  int vocabulary();

  /**
   * SHA-256 over its own weights (the tied word embeddings apart) as they are on disk, in
   * hexadecimal.
   */
  String weightsHash();

  /**
   * Scores of all words.
   *
   * @param states {@code [N, H]}: the last hidden states at the places that are read
   * @return {@code [N, V]}, fp32
   */
  Tensor logits(Tensor states);

  /**
   * Scores of some words; the others are not computed.
   *
   * @param states {@code [N, H]}
   * @param words token ids, each below V
   * @return {@code [N, words]}, fp32, in the order of {@code words}
   */
  Tensor logits(Tensor states, int[] words);

  /**
   * How likely one word is at each place, given by what the model scores all of them with. The
   * scores of all words are never held for all places, nor is what a backward pass needs of them.
   *
   * @param states {@code [N, H]}
   * @param words {@code [N]}, a token id for each state, below V
   * @return {@code [N, 2]}, fp32: the natural logarithm of the word's probability, and 1 where it
   *     is the likeliest of all, else 0
   */
  Tensor likelihoods(Tensor states, int[] words);

  /**
   * How far what the model says at some places is from what it says at others, given by what it
   * scores all words with. As with {@link #likelihoods}, the scores of all words are never held for
   * all places.
   *
   * @param states {@code [N, H]}, of which the probabilities are q
   * @param others {@code [N, H]}, of which the probabilities are p; no gradient flows into them
   * @return {@code [N, 2]}, fp32: KL(p ‖ q) = Σ p (ln p − ln q) in nats, and what both have in
   *     common, Σ min(p, q), which is 1 less their total variation distance and has no gradient
   */
  Tensor divergences(Tensor states, Tensor others);

  /**
   * Its own weights (the tied word embeddings apart) where the backbone is trained; else none. A
   * head that uses it trains them.
   */
  List<Parameter> parameters();

  /** The number of its own weights, the tied word embeddings apart. */
  long parameterCount();
}
