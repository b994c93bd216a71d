package org.ptuning4j.backbone.weight;

import java.util.List;

/**
 * Where the parts of a backbone get their weights. A family's assembly asks for them by name, role
 * and layout, and is run twice: once to learn what tensors a checkpoint must have ({@link
 * DeclaredWeights}), once to load them ({@link LoadedWeights}). So each name and shape is written
 * once.
 */
public interface Weights {

  /** How a weight is held. */
  enum Held {
    /** In the backbone's type; in fp32 where it is trained. */
    AS_BACKBONE,
    /**
     * The same for a matrix that is nothing but multiplied by: where nothing is trained it may be
     * packed ({@link org.ptuning4j.tensor.engine.PackedMatrix}).
     */
    FOR_PRODUCTS,
    /** In fp32 always: for what computes few rows. */
    FP32
  }

  /**
   * A weight.
   *
   * @param name its name among the backbone's parameters
   * @param role what it is for
   * @param layout how checkpoints have it
   */
  BackboneWeight get(String name, WeightRole role, SavedLayout layout, Held held);

  /**
   * Whether a part is there that some checkpoints lack.
   *
   * @param beginning how the names of its tensors begin
   * @param example one of its tensors
   */
  boolean hasOptional(String beginning, String example);

  /** A weight that checkpoints have as it is. */
  default BackboneWeight plain(String name, WeightRole role, long... shape) {
    return get(name, role, plainLayout(name, shape), Held.AS_BACKBONE);
  }

  /** A table of embeddings, {@code [rows, width]}. */
  default BackboneWeight table(String name, long rows, long width) {
    return plain(name, WeightRole.EMBEDDING, rows, width);
  }

  /** The layout of a tensor that is saved as it is. */
  static SavedLayout plainLayout(String name, long... shape) {
    return new SavedLayout.Plain(name, java.util.Arrays.stream(shape).boxed().toList());
  }

  /** The layout of several tensors of the same width, one below the other. */
  static SavedLayout stacked(List<String> names, List<Long> rows, long... rest) {
    return new SavedLayout.Stacked(names, rows, java.util.Arrays.stream(rest).boxed().toList());
  }
}
