package org.ptuning4j.head.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.head.Item;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** Items' values one after the other, where items may have different numbers of them. */
public final class ScoresByItem {

  private ScoresByItem() {}

  /**
   * One row for each item, filled up on the right.
   *
   * @param flat {@code [N]}, fp32
   * @param sizes how many of them each item has
   * @return {@code [items, largest size]}, at least one column
   */
  public static Tensor padded(Tensor flat, int[] sizes, float fill, Engine engine) {
    int columns = Math.max(1, Arrays.stream(sizes).max().orElse(0));
    if (Arrays.stream(sizes).allMatch(size -> size == columns)) {
      return flat.reshape(sizes.length, columns);
    }
    long total = Arrays.stream(sizes).asLongStream().sum();
    long[] index = new long[sizes.length * columns];
    Arrays.fill(index, total);
    long next = 0;
    for (int row = 0; row < sizes.length; row++) {
      for (int column = 0; column < sizes[row]; column++) {
        index[row * columns + column] = next++;
      }
    }
    Tensor filler = engine.place(Tensors.of(new float[] {fill}, 1), Dtype.F32);
    Tensor placed = engine.place(Tensors.of(index, index.length), Dtype.I64);
    return Tensors.cat(0, flat, filler).index_select(0, placed).reshape(sizes.length, columns);
  }

  /** Each item's values, in row-major order. */
  public static List<float[]> cut(Tensor values, int[] sizes) {
    float[] all = Tensors.floats(values);
    if (all.length != Arrays.stream(sizes).sum()) {
      throw new IllegalArgumentException(
          all.length + " scores are not those of items with " + Arrays.toString(sizes));
    }
    List<float[]> cut = new ArrayList<>();
    int next = 0;
    for (int size : sizes) {
      cut.add(Arrays.copyOfRange(all, next, next + size));
      next += size;
    }
    return cut;
  }

  /** The number of rows of each item. */
  public static int[] rows(List<Item> items) {
    return items.stream().mapToInt(item -> item.rows().size()).toArray();
  }

  /** The number of read positions of each item. */
  public static int[] reads(List<Item> items) {
    return items.stream().mapToInt(item -> item.reads().length).toArray();
  }

  /** The same number for each item. */
  public static int[] same(List<Item> items, int size) {
    return items.stream().mapToInt(item -> size).toArray();
  }
}
