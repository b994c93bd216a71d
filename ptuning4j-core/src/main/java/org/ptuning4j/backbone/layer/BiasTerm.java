package org.ptuning4j.backbone.layer;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.tensor.Scope;

/**
 * A number for each head and distance, as T5 (Raffel et al., arXiv 1910.10683, section 2.1) and
 * MPNet have it.
 *
 * @param table {@code [rows, A]}
 * @param reachesIntoPrefix whether columns of a prefix stand right before the text, as what was
 *     read earlier does; else they have no such number
 */
public record BiasTerm(RelativeTable table, boolean reachesIntoPrefix) implements ScoreTerm {

  /** A term of the text alone. */
  public static BiasTerm ofText(RelativeTable table) {
    return new BiasTerm(table, false);
  }

  /** A term of the text and of the prefix before it. */
  public static BiasTerm ofPrefixAndText(RelativeTable table) {
    return new BiasTerm(table, true);
  }

  @Override
  public void prepare(Distances distances) {
    distances.prepare(table);
  }

  @Override
  public Tensor apply(Pass pass, Tensor query, Tensor key, ReadColumns read) {
    return Scope.keep(
        () -> {
          RelativeTable.Part part = pass.distances().of(table);
          return pass.distances().of(part.spread(part.rows()).t(), read);
        });
  }

  @Override
  public Optional<Tensor> ofPrefix(Pass pass, ReadColumns read, LayerPrefix prefix) {
    return reachesIntoPrefix
        ? Optional.of(Scope.keep(() -> pass.distances().toPrefix(table, read, prefix)))
        : Optional.empty();
  }
}
