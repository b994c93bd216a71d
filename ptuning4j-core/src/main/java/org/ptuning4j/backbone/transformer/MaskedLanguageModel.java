package org.ptuning4j.backbone.transformer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.CheckpointWeights;
import org.ptuning4j.backbone.LanguageModel;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.weight.BackboneWeight;
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
  private final MaskedLanguageNames names;
  private final Activation activation;
  private final double epsilon;
  private final int vocabulary;
  private final boolean trainable;
  private final Map<String, Tensor> own = new LinkedHashMap<>();
  private final String hash;
  private final Tensor decoder; // [V, H], in the backbone's type where it is frozen

  /**
   * Reads the head of a checkpoint after {@link CheckpointWeights#verify}.
   *
   * @param words the word embeddings, which stay their owner's
   */
  MaskedLanguageModel(
      CheckpointWeights source,
      MaskedLanguageSpec spec,
      Engine engine,
      BackboneWeight words,
      boolean trainable) {
    this.engine = engine;
    this.names = spec.names();
    this.activation = spec.activation();
    this.epsilon = spec.epsilon();
    this.vocabulary = spec.vocabulary();
    this.trainable = trainable;
    for (String name : List.of(names.dense(), names.norm())) {
      own.put(name + ".weight", read(source, name + ".weight", Dtype.F32));
      own.put(name + ".bias", read(source, name + ".bias", Dtype.F32));
    }
    own.put(names.bias(), read(source, names.bias(), Dtype.F32));
    String matrix = names.decoder() + ".weight";
    if (!spec.tied() || hasAnother(source, matrix, words)) {
      decoder = read(source, matrix, trainable ? Dtype.F32 : engine.precision().dtype());
      own.put(matrix, decoder);
    } else {
      decoder = words.stored();
    }
    hash = source.hash(List.copyOf(own.keySet()));
  }

  /** Files often hold the tied matrix a second time; only one that differs is another. */
  private static boolean hasAnother(CheckpointWeights source, String matrix, BackboneWeight tied) {
    return source.has(matrix)
        && Scope.run(
            () -> {
              Tensor found = source.read(matrix).to(Dtype.F32.scalarType());
              Tensor words = source.read(tied.name());
              return !found.equal(words.to(Dtype.F32.scalarType()));
            });
  }

  private Tensor read(CheckpointWeights source, String name, Dtype dtype) {
    return Scope.own(
        () -> {
          Tensor placed = engine.place(source.read(name), dtype).contiguous();
          return trainable ? placed.clone().set_requires_grad(true) : placed;
        });
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
    return Scope.keep(() -> scores(states, decoder, own.get(names.bias())));
  }

  @Override
  public Tensor logits(Tensor states, int[] words) {
    long[] rows = checkedWords(words, vocabulary);
    return Scope.keep(
        () -> {
          Tensor index = engine.place(Tensors.of(rows, rows.length), Dtype.I64);
          return scores(
              states, decoder.index_select(0, index), own.get(names.bias()).index_select(0, index));
        });
  }

  /** {@code [N, H] → [N, words]}. */
  private Tensor scores(Tensor states, Tensor matrix, Tensor bias) {
    Tensor transformed = transform(engine.place(states, Dtype.F32)); // [N, H]
    return engine.linear(transformed, engine.place(matrix, Dtype.F32), bias);
  }

  private Tensor transform(Tensor states) {
    Tensor weight = own.get(names.dense() + ".weight");
    Tensor dense = engine.linear(states, weight, own.get(names.dense() + ".bias"));
    return torch.layer_norm(
        activation.apply(dense),
        new long[] {weight.size(0)},
        new TensorOptional(own.get(names.norm() + ".weight")),
        new TensorOptional(own.get(names.norm() + ".bias")),
        epsilon,
        false);
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
    List<Parameter> parameters = new ArrayList<>();
    if (trainable) {
      own.forEach(
          (name, tensor) ->
              // Biases and LayerNorms, the vectors, are not decayed, as in the backbone.
              parameters.add(new Parameter("backbone." + name, tensor, tensor.dim() > 1)));
    }
    return parameters;
  }

  @Override
  public long parameterCount() {
    return own.values().stream().mapToLong(Tensor::numel).sum();
  }

  /** Its own weights under the checkpoint's names, detached. */
  Map<String, Tensor> named() {
    Map<String, Tensor> named = new LinkedHashMap<>();
    own.forEach((name, tensor) -> named.put(name, tensor.detach()));
    return named;
  }

  @Override
  public void close() {
    own.values().forEach(Scope::release);
  }
}
