package org.ptuning4j.backbone.layer;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.layer.norm.Norm;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A table of distances, usually one for all layers.
 *
 * @param embeddings {@code [rows, width]}
 * @param norm over the width; empty for none
 * @param buckets which row stands for which distance
 */
public record RelativeTable(
    BackboneWeight embeddings, Optional<Norm> norm, DistanceBuckets buckets) {

  /**
   * What one pass needs of the table.
   *
   * @param rows the rows that occur, normalised, {@code [U, width]}
   * @param index for each distance its row among those, {@code [R]}; empty where row and distance
   *     go in step
   */
  record Part(Tensor rows, Optional<Tensor> index) {

    /** One for each distance: {@code [U, ...] → [R, ...]}. */
    Tensor spread(Tensor ofRows) {
      return index.map(each -> ofRows.index_select(0, each)).orElse(ofRows);
    }
  }

  /** The part of so many distances. */
  Part part(Engine engine, int least, int count) {
    long[] rows = buckets.rows(least, count);
    long first = Arrays.stream(rows).min().orElseThrow();
    long last = Arrays.stream(rows).max().orElseThrow();
    Tensor found = embeddings.value().narrow(0, first, last - first + 1);
    long[] index = Arrays.stream(rows).map(row -> row - first).toArray();
    boolean inStep = Arrays.equals(index, LongStream.range(0, count).toArray());
    return new Part(
        norm.map(each -> each.apply(found)).orElse(found),
        inStep ? Optional.empty() : Optional.of(engine.place(Tensors.of(index, count), Dtype.I64)));
  }
}
