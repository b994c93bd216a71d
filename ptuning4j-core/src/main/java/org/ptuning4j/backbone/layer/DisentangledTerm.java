package org.ptuning4j.backbone.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/**
 * DeBERTa's disentangled attention (He et al., arXiv 2006.03654, section 3.1): what a token's
 * content has to do with the distance to another's, Q·K_rᵀ, and the other way round, K·Q_rᵀ.
 *
 * @param heads A
 * @param table the states of distances, {@code [rows, H]}
 * @param key makes keys of them; empty where content is not compared with positions
 * @param query makes queries of them; empty where positions are not compared with content
 * @param scale that of the products of queries and keys
 */
public record DisentangledTerm(
    int heads,
    RelativeTable table,
    Optional<Projection> key,
    Optional<Projection> query,
    double scale)
    implements ScoreTerm {

  /** From states of distances to their keys or queries. */
  public interface Projection {

    /** {@code [U, H] → [U, A·d]}. */
    Tensor apply(Engine engine, Tensor states);
  }

  /** Checks that there is anything to compare. */
  public DisentangledTerm {
    if (key.isEmpty() && query.isEmpty()) {
      throw new IllegalArgumentException("a term needs keys or queries of positions");
    }
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
          // A view of each layer's own: its gradients are added up before they join the other
          // layers', in the same order whether layers are kept or computed twice.
          Tensor states =
              pass.dropout(DropoutPlace.RELATIVE_POSITIONS, part.rows())
                  .view_as(part.rows()); // [U, H]
          List<Tensor> terms = new ArrayList<>();
          this.key.ifPresent(
              each ->
                  terms.add(
                      pass.distances()
                          .fromQueries(query, projected(pass, each, states, part), read)));
          this.query.ifPresent(
              each ->
                  terms.add(
                      pass.distances().fromKeys(key, projected(pass, each, states, part), read)));
          return terms.stream().reduce(Tensor::add).orElseThrow();
        });
  }

  /** Keys or queries of all distances, scaled: {@code [A, R, d]}. */
  private Tensor projected(
      Pass pass, Projection projection, Tensor states, RelativeTable.Part part) {
    return Scope.keep(
        () ->
            part.spread(projection.apply(pass.engine(), states).mul(new Scalar(scale))) // [R, A·d]
                .unflatten(1, heads, -1)
                .transpose(0, 1));
  }
}
