package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.tensor.Scope;

/**
 * A number for each head and distance, as T5 (Raffel et al., arXiv 1910.10683, section 2.1) and
 * MPNet have it.
 *
 * @param table {@code [rows, A]}
 */
public record BiasTerm(RelativeTable table) implements ScoreTerm {

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
}
