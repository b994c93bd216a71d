package org.ptuning4j.prompt.form;

import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Tensors;

/**
 * A trained prompt, flat and frozen: what a pack holds and a predictor serves. Its {@link
 * PromptForm} says how it is saved, read, and added to a batch.
 */
public interface TrainedPrompt extends AutoCloseable {

  /** The form that it has. */
  PromptForm<?> form();

  /** P. */
  int length();

  /** By how much the positions of the text move up although it stays where it is. */
  int positionShift();

  /**
   * How many of the layers next to the input it leaves as they are, so that texts of other prompts
   * have the same states there as far as their positions are the same.
   */
  default int untouchedLayers() {
    return 0;
  }

  /**
   * Its vectors among those of words, {@code [P, E]}; owned by this object. Empty for a prompt that
   * is in the layers alone.
   */
  default Optional<Tensor> inputVectors() {
    return Optional.empty();
  }

  /**
   * What the attention of each layer has of it, by the layer's index from 0: keys and values,
   * {@code [P, 2·K·d]}, views of its tensors. Empty for a prompt at the input alone.
   */
  default Map<Integer, Tensor> layerVectors() {
    return Map.of();
  }

  /**
   * Its tensors by the names under which they are saved; owned by this object. They are fp32, but
   * for a prompt that was read to be served ({@link PromptForm#readToServe}).
   */
  Map<String, Tensor> tensors();

  /** What it takes in memory. */
  default long bytes() {
    return tensors().values().stream().mapToLong(Tensors::bytes).sum();
  }

  /**
   * What a pack says of it, in the order of the file: {@code form}, {@code length}, and what its
   * form needs besides its tensors.
   *
   * @param beforeText whether soft tokens are before the text, not where a template has them; of no
   *     meaning to a form that has none
   */
  Map<String, Object> description(boolean beforeText);

  @Override
  void close();
}
