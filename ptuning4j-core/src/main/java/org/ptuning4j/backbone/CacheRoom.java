package org.ptuning4j.backbone;

import java.util.Optional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Columns that are free behind a layer's cached keys and values, so that a text grows without what
 * is known of it being copied for each token. Keys and values are views of the beginning of larger
 * memory, {@code [B, K, C, d]} each. What follows is written behind them once: if a second text
 * goes on from the same place, it gets a copy.
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
    boolean fits = room.map(free -> free.filled == length && free.capacity >= all).orElse(false);
    if (fits) {
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
    long width = before.size(3);
    long[] sizes = {before.size(0), before.size(1), capacity, width};
    long[] strides = {before.size(1) * capacity * width, capacity * width, width, 1};
    Tensor whole = before.as_strided(sizes, strides);
    whole.narrow(2, length, more.size(2)).copy_(more);
    return whole.narrow(2, 0, length + more.size(2));
  }

  private static Tensor copied(Optional<Tensor> before, Tensor more, long all) {
    Tensor whole =
        torch.empty(
            new long[] {more.size(0), more.size(1), all + MORE, more.size(3)},
            new TensorOptions(more.options()),
            new MemoryFormatOptional());
    long length = all - more.size(2);
    before.ifPresent(known -> whole.narrow(2, 0, length).copy_(known));
    whole.narrow(2, length, more.size(2)).copy_(more);
    return whole.narrow(2, 0, all);
  }

  /**
   * The room behind keys that {@link #joined} gave.
   *
   * @param before the prefix that they go on from
   */
  static CacheRoom behind(Optional<LayerPrefix> before, Tensor key) {
    long address = key.data_ptr().address();
    return before
        .flatMap(LayerPrefix::room)
        .filter(room -> room.address == address)
        .orElseGet(() -> new CacheRoom(address, key.stride(1) / key.size(3), key.size(2)));
  }
}
