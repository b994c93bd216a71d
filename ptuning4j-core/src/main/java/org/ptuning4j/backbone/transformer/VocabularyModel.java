package org.ptuning4j.backbone.transformer;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.CheckpointWeights;
import org.ptuning4j.backbone.LanguageModel;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.LoadedWeights;
import org.ptuning4j.backbone.weight.WeightRole;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * f(h) Eᵀ + c, with the word embeddings as E unless the checkpoint has another matrix; f is
 * computed in fp32.
 */
final class VocabularyModel implements LanguageModel, AutoCloseable {

  private final Engine engine;
  private final LoadedWeights own;
  private final String hash;
  private final StateTransform transform;
  private final OutputLayer output;

  /** What becomes of the states before they are compared with the words. */
  interface StateTransform {

    /** {@code [N, H] → [N, E]}, fp32. */
    Tensor apply(Tensor states);
  }

  /**
   * A head whose parts are loaded.
   *
   * @param own its weights, closed with it
   */
  VocabularyModel(
      CheckpointWeights source,
      Engine engine,
      LoadedWeights own,
      StateTransform transform,
      OutputLayer output) {
    this.engine = engine;
    this.own = own;
    this.transform = transform;
    this.output = output;
    this.hash = source.hash(List.copyOf(own.named().keySet()));
  }

  /**
   * The output matrix of a checkpoint.
   *
   * @param matrix its name
   * @param tied whether it is the word embeddings unless the file has another
   */
  static BackboneWeight matrix(
      CheckpointWeights source,
      LoadedWeights own,
      String matrix,
      BackboneWeight words,
      int vocabulary,
      int width,
      boolean tied) {
    return !tied || hasAnother(source, matrix, words)
        ? own.plain(matrix, WeightRole.MATRIX, vocabulary, width)
        : words;
  }

  /** Files often hold the tied matrix a second time; only one that differs is another. */
  private static boolean hasAnother(CheckpointWeights source, String matrix, BackboneWeight tied) {
    return source.has(matrix) && !source.isSame(matrix, tied.name());
  }

  @Override
  public String weightsHash() {
    return hash;
  }

  @Override
  public int vocabulary() {
    return Math.toIntExact(output.matrix().stored().size(0));
  }

  @Override
  public Tensor logits(Tensor states) {
    return Scope.keep(() -> output.scores(transformed(states)));
  }

  @Override
  public Tensor logits(Tensor states, int[] words) {
    long[] rows = checkedWords(words, vocabulary());
    return Scope.keep(
        () -> {
          Tensor index = engine.place(Tensors.of(rows, rows.length), Dtype.I64);
          return output.scores(transformed(states), index);
        });
  }

  @Override
  public Tensor likelihoods(Tensor states, int[] words) {
    long[] rows = checkedWords(words, vocabulary());
    return Scope.keep(
        () -> {
          Tensor index = engine.place(Tensors.of(rows, rows.length), Dtype.I64);
          return output.likelihoods(transformed(states), index);
        });
  }

  @Override
  public Tensor divergences(Tensor states, Tensor others) {
    if (states.size(0) != others.size(0)) {
      throw new IllegalArgumentException(
          "%d states are compared with %d others; each needs its own"
              .formatted(states.size(0), others.size(0)));
    }
    return Scope.keep(() -> output.divergences(transformed(states), transformed(others.detach())));
  }

  private Tensor transformed(Tensor states) {
    return transform.apply(engine.place(states, Dtype.F32));
  }

  /** Token ids as indices of the word embeddings. */
  static long[] checkedWords(int[] words, int vocabulary) {
    long[] rows = new long[words.length];
    for (int i = 0; i < words.length; i++) {
      if (words[i] < 0 || words[i] >= vocabulary) {
        throw new IllegalArgumentException(
            "words[" + i + "]: " + words[i] + " lies outside the vocabulary of " + vocabulary);
      }
      rows[i] = words[i];
    }
    return rows;
  }

  @Override
  public List<Parameter> parameters() {
    return own.parameters();
  }

  @Override
  public long parameterCount() {
    return own.count();
  }

  /** Its own weights under the checkpoint's names, detached. */
  Map<String, Tensor> named() {
    return own.named();
  }

  @Override
  public void close() {
    own.close();
  }
}
