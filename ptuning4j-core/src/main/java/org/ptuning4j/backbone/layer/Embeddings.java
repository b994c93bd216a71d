package org.ptuning4j.backbone.layer;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.weight.BackboneWeight;

/**
 * The input of the first layer: word embeddings, whose places soft tokens may take, with those of
 * positions and token types; then what the family does to their sum.
 *
 * @param words {@code [V, E]}
 * @param positions {@code [positions, E]} for each row of positions that the family reads; none
 *     where positions enter elsewhere
 * @param types {@code [types, E]}; empty where the family tells no texts apart
 * @param steps what follows, in order
 */
public record Embeddings(
    BackboneWeight words,
    List<BackboneWeight> positions,
    Optional<BackboneWeight> types,
    List<EmbeddingStep> steps) {

  /** Copies the lists. */
  public Embeddings {
    positions = List.copyOf(positions);
    steps = List.copyOf(steps);
  }

  /** Embeddings of a family that reads one row of positions at most. */
  public Embeddings(
      BackboneWeight words,
      Optional<BackboneWeight> positions,
      Optional<BackboneWeight> types,
      List<EmbeddingStep> steps) {
    this(words, positions.stream().toList(), types, steps);
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
