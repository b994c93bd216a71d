package org.ptuning4j.head;

import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * What a head reads.
 *
 * @param backbone the model that was run, for its pooler and its language model
 * @param states {@code [R, m, H]}: the last layer's output for the items' rows, one after the
 *     other; m is 1 where only anchors were computed
 * @param items the items
 * @param dropout where dropout masks come from; off in evaluation
 */
public record HeadInput(Backbone backbone, Tensor states, List<Item> items, Dropout dropout) {

  /** Each row's state at its anchor, {@code [R, H]}, in the backbone's type. */
  public Tensor anchors() {
    if (states.size(1) == 1) {
      return states.select(1, 0);
    }
    List<TokenRow> rows = items.stream().flatMap(item -> item.rows().stream()).toList();
    long[] index = new long[rows.size()];
    for (int row = 0; row < index.length; row++) {
      index[row] = row * states.size(1) + rows.get(row).anchor();
    }
    return gather(index);
  }

  /**
   * The mean of each row's states, {@code [R, H]}, in fp32: those of its words, without soft tokens
   * and padding.
   */
  public Tensor means() {
    List<TokenRow> rows = items.stream().flatMap(item -> item.rows().stream()).toList();
    LongStream.Builder index = LongStream.builder();
    LongStream.Builder owners = LongStream.builder();
    float[] shares = new float[rows.size()];
    for (int row = 0; row < shares.length; row++) {
      int[] words = rows.get(row).words();
      for (int word : words) {
        index.add(row * states.size(1) + word);
        owners.add(row);
      }
      shares[row] = 1f / Math.max(1, words.length);
    }
    Engine engine = backbone.engine();
    Tensor read = engine.place(gather(index.build().toArray()), Dtype.F32); // [N, H]
    long[] rowOf = owners.build().toArray();
    return engine
        .place(Tensors.of(new float[rows.size()], rows.size(), 1), Dtype.F32)
        .repeat(1, states.size(2))
        .index_add(0, engine.place(Tensors.of(rowOf, rowOf.length), Dtype.I64), read)
        .mul(engine.place(Tensors.of(shares, shares.length, 1), Dtype.F32));
  }

  /** The states at all positions that the items name, {@code [N, H]}, in the backbone's type. */
  public Tensor reads() {
    long[] index = new long[items.stream().mapToInt(item -> item.reads().length).sum()];
    int next = 0;
    long row = 0;
    for (Item item : items) {
      int[] counts = item.counts().length == 0 ? new int[] {item.reads().length} : item.counts();
      int read = 0;
      for (int i = 0; i < item.rows().size(); i++) {
        int count = i < counts.length ? counts[i] : 0;
        for (int k = 0; k < count; k++) {
          index[next++] = row * states.size(1) + item.reads()[read++];
        }
        row++;
      }
    }
    return gather(index);
  }

  private Tensor gather(long[] index) {
    Tensor placed = backbone.engine().place(Tensors.of(index, index.length), Dtype.I64);
    return states.reshape(-1, states.size(2)).index_select(0, placed);
  }
}
