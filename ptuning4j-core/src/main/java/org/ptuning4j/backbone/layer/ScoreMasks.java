package org.ptuning4j.backbone.layer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * The masks of one pass: 0 where a query may meet a key and −∞ elsewhere, in the backbone's type.
 * They are made of the batch's padding and reach, and of what a layer's own reach leaves of it;
 * columns of a prefix are met by all queries of the rows that have them. The masks of all queries
 * are made once for each reach, those of single columns when a layer asks for them.
 */
public final class ScoreMasks {

  private final Engine engine;
  private final TokenBatch tokens;
  private final Optional<Tensor> padding; // [B, n]
  private final Map<Reach, Tensor> limited = new HashMap<>(); // all queries: [1 or B, n, n]

  /** The masks of a batch; they belong to the innermost scope. */
  public ScoreMasks(Engine engine, TokenBatch tokens) {
    this.engine = engine;
    this.tokens = tokens;
    this.padding = tokens.padded() ? Optional.of(padding(tokens)) : Optional.empty();
  }

  private Tensor padding(TokenBatch tokens) {
    float[] values = new float[tokens.mask().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = tokens.mask()[i] == 0 ? Float.NEGATIVE_INFINITY : 0;
    }
    return placed(values, tokens.rows(), tokens.columns());
  }

  /** 0 for tokens and −∞ for padding, {@code [B, n]}; empty where nothing is padded. */
  public Optional<Tensor> padding() {
    return padding;
  }

  /** 1 for tokens and 0 for padding, {@code [B, n, 1]}; empty where nothing is padded. */
  Optional<Tensor> content() {
    return padding.map(mask -> mask.exp().unsqueeze(2));
  }

  /** Makes the mask of a reach, so that it lives as long as the pass. */
  public void prepare(Reach layer) {
    Reach reach = tokens.geometry().reach().and(layer);
    if (!reach.coversEverything()) {
      limited.computeIfAbsent(reach, key -> limited(key, ReadColumns.all(tokens.columns())));
    }
  }

  /**
   * The mask of one layer.
   *
   * @param layer how far the layer's attention reaches by itself
   * @param read the columns whose queries are asked
   * @param prefix the layer's prefix
   * @return {@code [B, 1, 1, P+n]} or {@code [B, 1, m, P+n]}, or with 1 for B; empty where nothing
   *     is masked
   */
  Optional<Tensor> of(Reach layer, ReadColumns read, Optional<LayerPrefix> prefix) {
    Reach reach = tokens.geometry().reach().and(layer);
    Optional<Tensor> text =
        reach.coversEverything()
            ? padding.map(mask -> mask.view(tokens.rows(), 1, 1, -1))
            : Optional.of(queries(reach, read).unsqueeze(1));
    Optional<Tensor> prefixMask = prefix.flatMap(LayerPrefix::mask);
    if (prefix.isEmpty() || (text.isEmpty() && prefixMask.isEmpty())) {
      return text;
    }
    Tensor columns = text.orElseGet(() -> zeros(tokens.rows(), 1, 1, tokens.columns()));
    Optional<Tensor> far = beyond(reach, read, prefix.get());
    boolean rowByRow = prefixMask.isPresent() || far.isPresent();
    long rows = rowByRow ? tokens.rows() : columns.size(0);
    Tensor present =
        prefixMask
            .map(mask -> mask.view(rows, 1, 1, -1))
            .orElseGet(() -> zeros(rows, 1, 1, prefix.get().length()));
    Tensor before =
        far.map(present::add)
            .orElse(present)
            .expand(rows, 1, columns.size(2), prefix.get().length());
    return Optional.of(
        Tensors.cat(3, before, columns.expand(rows, 1, columns.size(2), columns.size(3))));
  }

  /**
   * What of a prefix is too far away for a query, {@code [B, 1, m, P]}: 0 or −∞. Only columns that
   * a row has are counted, so that a row does not depend on how long the prefixes of others are.
   */
  private Optional<Tensor> beyond(Reach reach, ReadColumns read, LayerPrefix prefix) {
    OptionalInt farthest = reach.intoPrefix();
    if (farthest.isEmpty() || farthest.getAsInt() >= prefix.length() + tokens.columns() - 1) {
      return Optional.empty();
    }
    Tensor has =
        engine.place(prefix.maskOrZeros().isfinite(), Dtype.F32); // [B, P], 1 for what a row has
    Tensor back = has.flip(1).cumsum(1).flip(1); // from the text's first token
    Tensor distances = tokensBefore(reach, read).unsqueeze(2).add(back.unsqueeze(1)); // [B, m, P]
    Tensor far = distances.gt(new Scalar(farthest.getAsInt()));
    return Optional.of(
        zeros(1)
            .expand(distances.sizes())
            .masked_fill(far, new Scalar(Double.NEGATIVE_INFINITY))
            .unsqueeze(1));
  }

  /** How many tokens of its text precede each query, {@code [B, m]}. */
  private Tensor tokensBefore(Reach reach, ReadColumns read) {
    float[] before = new float[tokens.rows() * read.count()];
    for (int row = 0; row < tokens.rows(); row++) {
      for (int query = 0; query < read.count(); query++) {
        int column = read.column(row, query);
        int tokensBefore = 0;
        for (int at = 0; at < column; at++) {
          boolean token = tokens.mask()[row * tokens.columns() + at] != 0;
          tokensBefore += token && reach.isSameText(row, column, at) ? 1 : 0;
        }
        before[row * read.count() + query] = tokensBefore;
      }
    }
    return engine.place(Tensors.of(before, tokens.rows(), read.count()), Dtype.F32);
  }

  /** {@code [1 or B, m, n]} for the queries that are asked. */
  private Tensor queries(Reach reach, ReadColumns read) {
    if (read.isAll()) {
      return limited.get(reach);
    }
    return limited(reach, read);
  }

  private Tensor limited(Reach reach, ReadColumns read) {
    boolean alike = reach.isSameInAllRows() && read.isSameInAllRows();
    if (padding.isPresent() && alike && allMeetTheFirst(reach, read)) {
      return limited(reach, read, true).add(padding.get().unsqueeze(1));
    }
    return limited(reach, read, alike && padding.isEmpty());
  }

  /** Whether every query meets the first column, and that is a token in every row. */
  private boolean allMeetTheFirst(Reach reach, ReadColumns read) {
    for (int row = 0; row < tokens.rows(); row++) {
      if (tokens.mask()[row * tokens.columns()] == 0) {
        return false;
      }
    }
    return IntStream.range(0, read.count())
        .allMatch(query -> reach.covers(0, read.column(0, query), 0));
  }

  /**
   * A mask in Java memory.
   *
   * @param same whether it is made for one row, without its padding, as it is the same in all
   */
  private Tensor limited(Reach reach, ReadColumns read, boolean same) {
    int rows = same ? 1 : tokens.rows();
    int columns = tokens.columns();
    float[] values = new float[rows * read.count() * columns];
    Arrays.fill(values, Float.NEGATIVE_INFINITY);
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (int query = 0; query < read.count(); query++) {
        int from = read.column(row, query);
        boolean meets = false;
        for (int to = 0; to < columns; to++) {
          boolean token = same || tokens.mask()[row * columns + to] != 0;
          if (token && reach.covers(row, from, to)) {
            values[at + to] = 0;
            meets = true;
          }
        }
        if (!meets) {
          values[at + from] = 0; // only padding meets nothing; its states would be NaN
        }
        at += columns;
      }
    }
    return placed(values, rows, read.count(), columns);
  }

  private Tensor zeros(long... shape) {
    return engine.place(torch.zeros(shape), engine.precision().dtype());
  }

  private Tensor placed(float[] values, long... shape) {
    return engine.place(Tensors.of(values, shape), engine.precision().dtype());
  }
}
