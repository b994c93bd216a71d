package org.ptuning4j.backbone;

import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Columns that are free behind a layer's cached keys and values, so that a text grows without what
 * is known of it being copied for each token. Keys and values are views of the beginning of larger
 * memory, {@code [B, K, C, d]} each, whose free columns are zeros. What follows is written behind
 * them once: if a second text goes on from the same place, it gets a copy.
 *
 * <p>A step attends to the whole memory with the free columns hidden. libtorch's products would
 * copy a view, and for each length of it they would prepare a kernel of its own.
 */
public final class CacheRoom {

  /** How many columns are made free at a time. */
  private static final int MORE = 64;

  private final long address; // of the keys
  private final long capacity; // C
  private long filled; // how many columns are taken

  private CacheRoom(long address, long capacity, long filled) {
    this.address = address;
    this.capacity = capacity;
    this.filled = filled;
  }

  /**
   * Keys and values of a prefix and of the text behind it.
   *
   * @param before {@code [B, K, P, d]}; empty for none
   * @param key {@code [B, K, n, d]}
   * @param value {@code [B, K, n, d]}
   * @return {@code [B, K, P+n, d]} each, with room behind them
   */
  public static Tensor[] joined(Optional<LayerPrefix> before, Tensor key, Tensor value) {
    long length = before.map(LayerPrefix::length).orElse(0L);
    long all = length + key.size(2);
    Optional<CacheRoom> room = before.flatMap(LayerPrefix::room);
    if (room.isPresent() && room.get().has(length, key.size(2))) {
      room.get().filled = all;
      return new Tensor[] {
        extended(before.get().key(), key, room.get().capacity),
        extended(before.get().value(), value, room.get().capacity)
      };
    }
    return new Tensor[] {
      copied(before.map(LayerPrefix::key), key, all),
      copied(before.map(LayerPrefix::value), value, all)
    };
  }

  private static Tensor extended(Tensor before, Tensor more, long capacity) {
    long length = before.size(2);
    Tensor whole = whole(before, capacity);
    whole.narrow(2, length, more.size(2)).copy_(more);
    return whole.narrow(2, 0, length + more.size(2));
  }

  private static Tensor whole(Tensor view, long capacity) {
    long width = view.size(3);
    long[] sizes = {view.size(0), view.size(1), capacity, width};
    long[] strides = {view.size(1) * capacity * width, capacity * width, width, 1};
    return view.as_strided(sizes, strides);
  }

  /**
   * Keys or values that {@link #joined} gave, with the columns that are free behind them: {@code
   * [B, K, C, d]}.
   */
  public static Tensor whole(Tensor view) {
    return whole(view, capacity(view));
  }

  private static long capacity(Tensor view) {
    return view.stride(1) / view.size(3);
  }

  /**
   * What is added to scores of keys that {@link #joined} gave, so that none meets a free column.
   *
   * @param mask {@code [.., P+n]}; empty for nothing
   * @return {@code [.., C]}
   */
  public static Tensor hidden(Optional<Tensor> mask, Tensor key) {
    long free = capacity(key) - key.size(2);
    Tensor known =
        mask.orElseGet(
            () -> torch.zeros(new long[] {1, 1, 1, key.size(2)}, new TensorOptions(key.options())));
    return torch.constant_pad_nd(known, new long[] {0, free}, new Scalar(Double.NEGATIVE_INFINITY));
  }

  private static Tensor copied(Optional<Tensor> before, Tensor more, long all) {
    Tensor whole = zeros(more, more.size(0), all + MORE);
    long length = all - more.size(2);
    before.ifPresent(known -> whole.narrow(2, 0, length).copy_(known));
    whole.narrow(2, length, more.size(2)).copy_(more);
    return whole.narrow(2, 0, all);
  }

  /** Memory for columns, {@code [rows, K, C, d]}. */
  private static Tensor zeros(Tensor like, long rows, long capacity) {
    return torch.zeros(
        new long[] {rows, like.size(1), capacity, like.size(3)}, new TensorOptions(like.options()));
  }

  /**
   * A copy of a prefix in memory of its own, with room behind it.
   *
   * @param rows the rows that are copied, {@code [R]}, int64; empty for all
   * @param columns how many columns must be free at least
   * @return {@code [R, K, P, d]}
   */
  static LayerPrefix copy(LayerPrefix prefix, Optional<Tensor> rows, long columns) {
    long length = prefix.length();
    long before = prefix.room().map(room -> room.capacity).orElse(0L);
    long capacity = before >= length + columns ? before : length + columns + MORE;
    Tensor key = copy(prefix.key(), rows, capacity);
    Tensor value = copy(prefix.value(), rows, capacity);
    return new LayerPrefix(
        key,
        value,
        prefix.mask().map(mask -> rows.map(at -> mask.index_select(0, at)).orElseGet(mask::clone)),
        Optional.of(new CacheRoom(address(key), capacity, length)),
        prefix.separate().map(each -> rows.map(each::rows).orElse(each)));
  }

  private static Tensor copy(Tensor known, Optional<Tensor> rows, long capacity) {
    long count = rows.map(at -> at.size(0)).orElseGet(() -> known.size(0));
    Tensor part = zeros(known, count, capacity).narrow(2, 0, known.size(2));
    part.copy_(rows.map(at -> known.index_select(0, at)).orElse(known));
    return part;
  }

  /** Where keys begin; 0 where there are none yet. */
  private static long address(Tensor key) {
    return key.numel() == 0 ? 0 : key.data_ptr().address();
  }

  /** Whether so many columns are free behind a prefix of a length. */
  boolean has(long length, long columns) {
    return filled == length && capacity >= length + columns;
  }

  /**
   * The room behind keys that {@link #joined} gave.
   *
   * @param before the prefix that they go on from
   */
  static CacheRoom behind(Optional<LayerPrefix> before, Tensor key) {
    long address = address(key);
    return before
        .flatMap(LayerPrefix::room)
        .filter(room -> room.address == address)
        .orElseGet(() -> new CacheRoom(address, capacity(key), key.size(2)));
  }
}
