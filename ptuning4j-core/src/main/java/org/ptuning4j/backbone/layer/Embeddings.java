package org.ptuning4j.backbone.layer;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.layer.norm.Norm;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * The input of the first layer: word embeddings, whose places soft tokens may take, with those of
 * positions and token types; then what the family does to their sum.
 *
 * @param words {@code [V, E]}
 * @param scale what words' embeddings are multiplied by, and soft tokens are not; 1 in most
 *     families
 * @param positions {@code [positions, E]} for each row of positions that the family reads; none
 *     where positions enter elsewhere
 * @param types {@code [types, E]}; empty where the family tells no texts apart
 * @param steps what follows, in order
 */
public record Embeddings(
    BackboneWeight words,
    double scale,
    List<BackboneWeight> positions,
    Optional<BackboneWeight> types,
    List<EmbeddingStep> steps) {

  /** Copies the lists. */
  public Embeddings {
    positions = List.copyOf(positions);
    steps = List.copyOf(steps);
  }

  /** Embeddings of words as they are, in a family that reads one row of positions at most. */
  public Embeddings(
      BackboneWeight words,
      Optional<BackboneWeight> positions,
      Optional<BackboneWeight> types,
      List<EmbeddingStep> steps) {
    this(words, 1, positions.stream().toList(), types, steps);
  }

  /**
   * Embeddings as BERT and most of its kin have them: normalised, dropped and projected, each where
   * the family does it.
   *
   * @param norm over E; empty for none
   * @param projection {@code [H, E]}; empty for none. ALBERT has one whatever E is
   */
  public Embeddings(
      BackboneWeight words,
      Optional<BackboneWeight> positions,
      Optional<BackboneWeight> types,
      Optional<Norm> norm,
      Optional<Linear> projection) {
    this(
        words,
        1,
        positions.stream().toList(),
        types,
        Stream.of(
                norm.map(EmbeddingStep::norm),
                Optional.of(EmbeddingStep.dropout()),
                projection.map(EmbeddingStep::projection))
            .flatMap(Optional::stream)
            .toList());
  }

  /**
   * Embeddings of words, scaled, in the type that a pass computes in.
   *
   * @param ids {@code [B, n]}
   * @return {@code [B, n, E]}
   */
  public Tensor ofWords(Engine engine, Tensor ids) {
    return scaled(engine, words.rows(ids));
  }

  /**
   * The same without a graph, in fp32, for prompts that begin as words.
   *
   * @param ids {@code [ids]}
   * @return {@code [ids, E]}
   */
  public Tensor vectors(Engine engine, Tensor ids) {
    Tensor found = words.stored().detach().index_select(0, ids);
    return scaled(engine, engine.place(found, Dtype.F32));
  }

  /** The factor is rounded to the type that passes compute in, as published code has it. */
  private Tensor scaled(Engine engine, Tensor found) {
    if (scale == 1) {
      return found;
    }
    Tensor exact = Tensors.of(new float[] {(float) scale}, 1);
    Tensor rounded = engine.place(exact, engine.precision().dtype());
    return found.mul(engine.place(rounded, Tensors.dtype(found)));
  }

  /**
   * The states of the first layer.
   *
   * @param words word embeddings and soft tokens, {@code [B, n, E]}
   * @param positionIds rows of each position table, {@code [B, n]}
   * @param typeIds rows of the type table, {@code [B, n]}; not looked at where there is none
   * @return {@code [B, n, H]}
   */
  public Tensor apply(Pass pass, Tensor words, List<Tensor> positionIds, Tensor typeIds) {
    Tensor sum = words;
    if (types.isPresent()) {
      sum = sum.add(types.get().rows(typeIds));
    }
    for (int row = 0; row < positions.size(); row++) {
      sum = sum.add(positions.get(row).rows(positionIds.get(row)));
    }
    for (EmbeddingStep step : steps) {
      sum = step.apply(pass, sum);
    }
    return sum;
  }
}
