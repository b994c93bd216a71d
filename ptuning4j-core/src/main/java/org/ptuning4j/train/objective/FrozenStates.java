package org.ptuning4j.train.objective;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.bytedeco.pytorch.Tensor;
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
import org.ptuning4j.train.batching.PackedRows;

/**
 * The states that the layers below a prompt give for every item of a data set, computed once: over
 * a frozen backbone and without dropout they are the same in every epoch. Without a prompt these
 * are the last layer's, so that only the head is left to be run.
 *
 * <p>They are computed in batches of their own, by length, which are the same in every run of the
 * same data: a resumed run has the same states to the bit. From states computed within the batches
 * of an epoch they differ by rounding, as those of two epochs do; where the batches are the same,
 * so are the states.
 */
final class FrozenStates implements AutoCloseable {

  private final Engine engine;
  private final Spread spread;
  private final Tensor states; // [all kept positions, H], in the backbone's type
  private final String where;

  private FrozenStates(Engine engine, Spread spread, Tensor states, String where) {
    this.engine = engine;
    this.spread = spread;
    this.states = states;
    this.where = where;
  }

  /**
   * Which states of which rows are kept, one behind the other.
   *
   * @param layers after how many layers; the backbone's number for what heads read
   * @param last whether these are the last layer's
   * @param positions which of a row's states; all of them unless they are the last
   * @param rows of all items
   * @param firstRow of each item, and the number of rows
   * @param start of each row among the kept states, and their number
   */
  @SuppressWarnings("ArrayRecordComponent") // as large as the data, and never compared
  record Spread(
      int layers,
      boolean last,
      Positions positions,
      List<TokenRow> rows,
      int[] firstRow,
      long[] start) {

    /**
     * Of the items of a data set.
     *
     * @param layers no more than the pass's {@link PromptedBackbone#frozenLayers}
     * @param read what the head reads
     */
    static Spread of(PromptedBackbone pass, int layers, List<Item> items, Positions read) {
      boolean last = layers == pass.backbone().spec().layers();
      Positions positions = last ? read : Positions.ALL;
      List<TokenRow> rows = items.stream().flatMap(item -> item.rows().stream()).toList();
      long[] start = new long[rows.size() + 1];
      for (int i = 0; i < rows.size(); i++) {
        start[i + 1] = start[i] + (positions == Positions.ANCHOR ? 1 : rows.get(i).length());
      }
      return new Spread(layers, last, positions, rows, firstRows(items), start);
    }

    private static int[] firstRows(List<Item> items) {
      int[] first = new int[items.size() + 1];
      for (int i = 0; i < items.size(); i++) {
        first[i + 1] = first[i] + items.get(i).rows().size();
      }
      return first;
    }

    /** A hash of the rows, of which of their states are kept, and of where positions begin. */
    String key(PromptedBackbone pass) {
      int shift = Scope.run(() -> pass.shift(TokenBatch.of(rows.subList(0, 1), 0)));
      MessageDigest digest = DigestUtils.getSha256Digest();
      digest.update(text(List.of(layers, last, positions, shift, rows.size())));
      for (TokenRow row : rows) {
        digest.update(text(List.of(row.length(), row.anchor(), row.filling(), row.target())));
        for (int[] values : List.of(row.ids(), row.typeIds(), row.slots())) {
          ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
          bytes.asIntBuffer().put(values);
          digest.update(bytes);
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] text(List<Object> values) {
      return values.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The number of states. */
    long count() {
      return start[rows.size()];
    }

    /** The rows of some items. */
    int[] rowsOf(int[] items) {
      return Arrays.stream(items)
          .flatMap(item -> IntStream.range(firstRow[item], firstRow[item + 1]))
          .toArray();
    }

    /** How many states of a row are kept. */
    int length(int row) {
      return (int) (start[row + 1] - start[row]);
    }
  }

  /**
   * Computes the states of all items, unless they are there already.
   *
   * @param pass without dropout
   * @param batching how many rows are computed at once
   * @param place where they are kept; abandoned if that fails
   */
  static FrozenStates of(
      PromptedBackbone pass, Spread spread, Batching batching, int padId, StatePlace place) {
    Engine engine = pass.backbone().engine();
    boolean done = place.isFilled();
    try {
      if (!done) {
        fill(pass, spread, batching, padId, place);
      }
      FrozenStates states = new FrozenStates(engine, spread, place.filled(), place.where());
      done = true;
      return states;
    } finally {
      if (!done) {
        place.abandon();
      }
    }
  }

  private static void fill(
      PromptedBackbone pass, Spread spread, Batching batching, int padId, StatePlace place) {
    int[] lengths = spread.rows().stream().mapToInt(TokenRow::length).toArray();
    for (int[] batch : batching.planSequential(lengths)) {
      TokenBatch tokens =
          TokenBatch.of(Arrays.stream(batch).mapToObj(spread.rows()::get).toList(), padId);
      Autograd.withoutGraph(
          () ->
              Scope.run(
                  () -> {
                    Tensor computed = // [B, m, H]
                        spread.last()
                            ? pass.forward(tokens, spread.positions())
                            : pass.lowest(tokens, spread.layers());
                    for (int i = 0; i < batch.length; i++) {
                      long length = spread.length(batch[i]); // padding is left out
                      Tensor own = computed.select(0, i).narrow(0, 0, length);
                      place.put(spread.start()[batch[i]], own);
                    }
                  }));
    }
  }

  /** After how many layers they are. */
  int layers() {
    return spread.layers();
  }

  /** Whether they are the last layer's, which a head reads. */
  boolean areLast() {
    return spread.last();
  }

  /** What they take, in bytes. */
  long bytes() {
    return states.numel() * states.element_size();
  }

  /** Where they are, for people. */
  String where() {
    return where;
  }

  /**
   * The states of some items' rows: {@code [R, m, H]}, where m is 1 for anchors and else the length
   * of the longest row; what is beyond the end of a row is not read.
   */
  Tensor at(int[] items) {
    int[] rows = spread.rowsOf(items);
    int longest = Arrays.stream(rows).map(spread::length).max().orElseThrow();
    long[] index = new long[rows.length * longest];
    for (int i = 0; i < rows.length; i++) {
      for (int column = 0; column < longest; column++) {
        index[i * longest + column] = place(rows[i], column);
      }
    }
    return selected(index).view(rows.length, longest, -1);
  }

  /** The same where the items share rows, {@code [R, n, H]}. */
  Tensor at(int[] items, PackedRows packed) {
    int[] rows = spread.rowsOf(items);
    long[] index = new long[packed.tokens().ids().length]; // padding reads any state
    for (int text = 0; text < rows.length; text++) {
      for (int column = 0; column < spread.length(rows[text]); column++) {
        index[packed.starts()[text] + column] = place(rows[text], column);
      }
    }
    return selected(index).view(packed.tokens().rows(), packed.tokens().columns(), -1);
  }

  /** Beyond a row's end the last one is repeated. */
  private long place(int row, int column) {
    return spread.start()[row] + Math.min(column, spread.length(row) - 1);
  }

  private Tensor selected(long[] index) {
    Tensor chosen = Tensors.of(index, index.length).to(states.device(), Dtype.I64.scalarType());
    return engine.place(states.index_select(0, chosen), engine.precision().dtype());
  }

  @Override
  public void close() {
    Scope.release(states);
  }
}
