package org.ptuning4j.backbone.transformer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.CheckpointWeights;
import org.ptuning4j.backbone.LanguageModel;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.LayerNorm;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.LoadedWeights;
import org.ptuning4j.backbone.weight.WeightRole;
import org.ptuning4j.backbone.weight.Weights;
import org.ptuning4j.backbone.weight.Weights.Held;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * LayerNorm(activation(W h + b)) Eᵀ + c, with the word embeddings as E unless the checkpoint has
 * another matrix (Devlin et al., arXiv 1810.04805, section 3.1 and the released code). Computed in
 * fp32: it reads few places.
 */
final class MaskedLanguageModel implements LanguageModel, AutoCloseable {

  private final Engine engine;
  private final LoadedWeights own;
  private final String hash;
  private final int vocabulary;
  private final Linear dense;
  private final Activation activation;
  private final LayerNorm norm;
  private final BackboneWeight decoder; // [V, E]
  private final Optional<BackboneWeight> bias; // [V]

  /**
   * Reads the head of a checkpoint after {@link CheckpointWeights#verify}.
   *
   * @param own loads its weights, and is closed with it
   * @param words the word embeddings, which the backbone owns
   */
  MaskedLanguageModel(
      CheckpointWeights source,
      MaskedLanguageSpec spec,
      Engine engine,
      LoadedWeights own,
      BackboneWeight words) {
    this.engine = engine;
    this.own = own;
    this.vocabulary = spec.vocabulary();
    this.activation = spec.activation();
    MaskedLanguageNames names = spec.names();
    long width = spec.embeddingWidth();
    this.dense = Linear.inFp32(own, names.dense(), width, spec.hidden(), spec.biases().dense());
    this.norm = LayerNorm.inFp32(own, names.norm(), width, spec.epsilon(), spec.biases().norm());
    this.bias =
        spec.biases().output()
            ? Optional.of(
                own.get(
                    names.bias(),
                    WeightRole.BIAS,
                    Weights.plainLayout(names.bias(), vocabulary),
                    Held.FP32))
            : Optional.empty();
    String matrix = names.decoder() + ".weight";
    this.decoder =
        !spec.tied() || hasAnother(source, matrix, words)
            ? own.plain(matrix, WeightRole.MATRIX, vocabulary, width)
            : words;
    this.hash = source.hash(List.copyOf(own.named().keySet()));
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
    return vocabulary;
  }

  @Override
  public Tensor logits(Tensor states) {
    return Scope.keep(() -> scores(states, decoder.stored(), bias.map(BackboneWeight::stored)));
  }

  @Override
  public Tensor logits(Tensor states, int[] words) {
    long[] rows = checkedWords(words, vocabulary);
    return Scope.keep(
        () -> {
          Tensor index = engine.place(Tensors.of(rows, rows.length), Dtype.I64);
          return scores(
              states,
              decoder.stored().index_select(0, index),
              bias.map(each -> each.stored().index_select(0, index)));
        });
  }

  /** {@code [N, H] → [N, words]}. */
  private Tensor scores(Tensor states, Tensor matrix, Optional<Tensor> added) {
    Tensor read = engine.place(states, Dtype.F32); // [N, H]
    Tensor transformed = norm.apply(activation.apply(dense.apply(engine, read))); // [N, E]
    return engine.linear(transformed, engine.place(matrix, Dtype.F32), added);
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
