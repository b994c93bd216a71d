package org.ptuning4j.backbone;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A pretrained transformer. It knows nothing of prompt methods: what a prompt adds comes as an
 * {@link Injection}. Forward passes may run from several threads at once while no one trains its
 * weights.
 */
public interface Backbone extends AutoCloseable {

  /** Its sizes. */
  BackboneSpec spec();

  /** How many of a checkpoint's lowest layers it is; empty where it is all of them. */
  default OptionalInt readLayer() {
    return OptionalInt.empty();
  }

  /** Where it computes. */
  Engine engine();

  /** SHA-256 over names, shapes and bytes of its weights as they are on disk, in hexadecimal. */
  String weightsHash();

  /**
   * One forward pass.
   *
   * @throws org.ptuning4j.InvalidInputException if the texts with their shift are longer than the
   *     position table
   */
  BackboneOutput forward(TokenBatch tokens, Injection injection, ForwardOptions options);

  /**
   * How long a text may be, its shift included, without what its tokens are turned into depending
   * on its length; empty where it never does. What begins a longer text is not what it would be of
   * a shorter one.
   */
  default OptionalInt steadyLength() {
    return OptionalInt.empty();
  }

  /**
   * The pooler of the checkpoint: tanh(W h + b) in most families, computed in fp32.
   *
   * @param read {@code [B, H]}, what {@link BackboneSpec#pooling} says of each text: the first
   *     token's state, or the mean of all tokens'
   * @return {@code [B, H]}, fp32
   * @throws IllegalStateException if {@link BackboneSpec#hasPooler} is false
   */
  Tensor pool(Tensor read);

  /**
   * The head that the checkpoint was pretrained with, over the vocabulary; computed in fp32.
   *
   * @throws IllegalStateException if {@link BackboneSpec#hasLanguageModel} is false
   */
  LanguageModel languageModel();

  /**
   * Word embeddings as the first layer gets them.
   *
   * @param ids token ids, each below the vocabulary's size
   * @return {@code [ids, E]}, fp32, without a graph
   */
  Tensor wordVectors(int[] ids);

  /** The weights that are trained: all of them if it was opened for full fine-tuning, else none. */
  List<Parameter> parameters();

  /** The number of weights, the pooler's included, the language model's own apart. */
  long parameterCount();

  /**
   * The weights under the names of the family's checkpoints, detached; they belong to the innermost
   * scope.
   */
  Map<String, Tensor> namedWeights();

  @Override
  void close();
}
