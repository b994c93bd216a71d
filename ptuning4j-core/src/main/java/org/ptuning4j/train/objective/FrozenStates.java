package org.ptuning4j.train.objective;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Item;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.train.batching.Batching;

/**
 * The states that a head reads of every item of a data set, computed once. Over a frozen backbone
 * without a prompt and without dropout they are the same in every epoch, so that only the head is
 * left to be run.
 *
 * <p>They are computed in batches of their own, by length, which are the same in every run of the
 * same data: a resumed run has the same states to the bit. From states computed within the batches
 * of an epoch they differ by rounding, as those of two epochs do.
 */
final class FrozenStates implements AutoCloseable {

  private final Engine engine;
  private final Tensor states; // [all kept positions, H], in the backbone's type
  private final int[] firstRow; // of each item
  private final long[] start; // of each row among the kept positions, and their number

  private FrozenStates(Engine engine, Tensor states, int[] firstRow, long[] start) {
    this.engine = engine;
    this.states = states;
    this.firstRow = firstRow;
    this.start = start;
  }

  /** The memory that they take, in bytes. */
  static long bytes(List<Item> items, Positions positions, int hidden, Dtype dtype) {
    long[] start = starts(rows(items), positions);
    return start[start.length - 1] * hidden * dtype.bytes();
  }

  /**
   * Computes the states of all items.
   *
   * @param pass without dropout
   * @param batching how many rows are computed at once
   */
  static FrozenStates of(
      PromptedBackbone pass, List<Item> items, Positions positions, Batching batching, int padId) {
    Engine engine = pass.backbone().engine();
    List<TokenRow> rows = rows(items);
    long[] start = starts(rows, positions);
    Tensor states =
        Scope.own(
            () ->
                engine.place(
                    torch.empty(
                        new long[] {start[rows.size()], pass.backbone().spec().hidden()},
                        new TensorOptions(engine.precision().dtype().scalarType()),
                        new MemoryFormatOptional()),
                    engine.precision().dtype()));
    int[] lengths = rows.stream().mapToInt(TokenRow::length).toArray();
    for (int[] batch : batching.planSequential(lengths)) {
      TokenBatch tokens = TokenBatch.of(Arrays.stream(batch).mapToObj(rows::get).toList(), padId);
      Autograd.withoutGraph(
          () ->
              Scope.run(
                  () -> {
                    Tensor computed = pass.forward(tokens, positions).lastHidden(); // [B, m, H]
                    Tensor flat = computed.reshape(-1, computed.size(2));
                    Places places = Places.of(batch, start, computed.size(1));
                    states.index_copy_(
                        0,
                        index(engine, places.kept()),
                        flat.index_select(0, index(engine, places.computed())));
                  }));
    }
    return new FrozenStates(engine, states, firstRows(items), start);
  }

  /**
   * Where the states of a batch's tokens are, padding left out.
   *
   * @param computed in the batch, row · m + column
   * @param kept among those that are kept
   */
  @SuppressWarnings("ArrayRecordComponent") // short-lived and never compared
  private record Places(long[] computed, long[] kept) {

    static Places of(int[] batch, long[] start, long columns) {
      LongStream.Builder computed = LongStream.builder();
      LongStream.Builder kept = LongStream.builder();
      for (int i = 0; i < batch.length; i++) {
        long first = start[batch[i]];
        for (long at = first; at < start[batch[i] + 1]; at++) {
          computed.add(i * columns + at - first);
          kept.add(at);
        }
      }
      return new Places(computed.build().toArray(), kept.build().toArray());
    }
  }

  private static Tensor index(Engine engine, long[] values) {
    return engine.place(Tensors.of(values, values.length), Dtype.I64);
  }

  private static List<TokenRow> rows(List<Item> items) {
    return items.stream().flatMap(item -> item.rows().stream()).toList();
  }

  private static int[] firstRows(List<Item> items) {
    int[] first = new int[items.size() + 1];
    for (int i = 0; i < items.size(); i++) {
      first[i + 1] = first[i] + items.get(i).rows().size();
    }
    return first;
  }

  private static long[] starts(List<TokenRow> rows, Positions positions) {
    long[] start = new long[rows.size() + 1];
    for (int i = 0; i < rows.size(); i++) {
      start[i + 1] = start[i] + (positions == Positions.ANCHOR ? 1 : rows.get(i).length());
    }
    return start;
  }

  /**
   * The states of some items' rows, as the backbone gives them: {@code [R, m, H]}, where m is 1 for
   * anchors and else the length of the longest row; what is beyond the end of a row is not read.
   */
  Tensor at(int[] items) {
    int[] rows =
        Arrays.stream(items)
            .flatMap(item -> IntStream.range(firstRow[item], firstRow[item + 1]))
            .toArray();
    int longest =
        Arrays.stream(rows).map(row -> (int) (start[row + 1] - start[row])).max().orElseThrow();
    long[] index = new long[rows.length * longest];
    for (int i = 0; i < rows.length; i++) {
      for (int column = 0; column < longest; column++) {
        index[i * longest + column] =
            Math.min(start[rows[i]] + column, start[rows[i] + 1] - 1); // repeats the last one
      }
    }
    return states.index_select(0, index(engine, index)).view(rows.length, longest, -1);
  }

  @Override
  public void close() {
    Scope.release(states);
  }
}
