package org.ptuning4j.backbone.layer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.TokenBatch;
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
   * @param prefix the layer's prefix, whose columns are within every reach
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
    long rows = prefixMask.isPresent() ? tokens.rows() : columns.size(0);
    Tensor before =
        prefixMask
            .map(mask -> mask.view(rows, 1, 1, -1))
            .orElseGet(() -> zeros(rows, 1, 1, prefix.get().length()))
            .expand(rows, 1, columns.size(2), prefix.get().length());
    return Optional.of(
        Tensors.cat(3, before, columns.expand(rows, 1, columns.size(2), columns.size(3))));
  }

  /** {@code [1 or B, m, n]} for the queries that are asked. */
  private Tensor queries(Reach reach, ReadColumns read) {
    if (read.isAll()) {
      return limited.get(reach);
    }
    return limited(reach, read);
  }

  private Tensor limited(Reach reach, ReadColumns read) {
    boolean same = padding.isEmpty() && reach.isSameInAllRows() && read.isSameInAllRows();
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
          if (tokens.mask()[row * columns + to] != 0 && reach.covers(row, from, to)) {
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
