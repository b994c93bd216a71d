package org.ptuning4j.backbone.layer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * How far apart the columns of one pass are. There are R = 2s distances i − j, from −s to s − 1,
 * and terms of relative positions are computed for these, then read for the pairs of columns that
 * are so far apart: no tensor has a vector for each pair.
 */
public final class Distances {

  private final Engine engine;
  private final TokenBatch tokens;
  private final int span; // s
  private final Map<RelativeTable, RelativeTable.Part> parts = new HashMap<>();

  /** The distances of a batch: of its positions, or of its columns where it carries none. */
  public Distances(Engine engine, TokenBatch tokens) {
    this.engine = engine;
    this.tokens = tokens;
    this.span = positions().isEmpty() ? tokens.columns() : widest() + 1;
  }

  private List<int[]> positions() {
    return tokens.geometry().positions();
  }

  private int widest() {
    int widest = 0;
    for (int row = 0; row < tokens.rows(); row++) {
      int least = Integer.MAX_VALUE;
      int most = Integer.MIN_VALUE;
      for (int column = 0; column < tokens.columns(); column++) {
        least = Math.min(least, position(row, column));
        most = Math.max(most, position(row, column));
      }
      widest = Math.max(widest, most - least);
    }
    return widest;
  }

  private int position(int row, int column) {
    return positions().isEmpty() ? column : positions().get(0)[row * tokens.columns() + column];
  }

  /** Makes what the pass needs of a table, so that it lives as long as the pass. */
  public void prepare(RelativeTable table) {
    parts.computeIfAbsent(table, key -> key.part(engine, -span, 2 * span));
  }

  /**
   * Replaces the rows that all layers share.
   *
   * @param other what takes the place of some rows
   */
  public void cut(UnaryOperator<Tensor> other) {
    parts.replaceAll(
        (table, part) -> new RelativeTable.Part(other.apply(part.rows()), part.index()));
  }

  /** What the pass needs of a table. */
  RelativeTable.Part of(RelativeTable table) {
    return parts.get(table);
  }

  /**
   * Queries by the states of their distances to the keys.
   *
   * @param query {@code [B, A, m, d]}
   * @param states {@code [A, R, d]}
   * @return {@code [B, A, m, n]}: for a query at i and a key at j the product of the query and the
   *     state of i − j
   */
  Tensor fromQueries(Tensor query, Tensor states, ReadColumns read) {
    if (!inStep(read)) {
      Tensor products = byDistance(query, states).transpose(0, 1); // [B, A, m, R]
      return products.gather(3, index(read).unsqueeze(1).expand(shape(products, read)));
    }
    // The states from the largest distance on: what belongs to the next key is the next one, and
    // what belongs to the next query begins one earlier.
    Tensor products = Scope.keep(() -> byDistance(query, states.flip(1))); // [A, B, n, R]
    long n = tokens.columns();
    long row = 2 * n;
    long[] strides = {n * row, tokens.rows() * n * row, row - 1, 1};
    return products.as_strided(shape(query, read), strides, new LongOptional(n - 1));
  }

  /**
   * Keys by the states of their distances from the queries.
   *
   * @param key {@code [B, A, n, d]}
   * @param states {@code [A, R, d]}
   * @return {@code [B, A, m, n]}: for a query at i and a key at j the product of the key and the
   *     state of i − j
   */
  Tensor fromKeys(Tensor key, Tensor states, ReadColumns read) {
    Tensor products = Scope.keep(() -> byDistance(key, states)); // [A, B, n, R]
    if (!inStep(read)) {
      Tensor index = index(read).unsqueeze(1).expand(shape(key, read)).transpose(2, 3);
      return products.transpose(0, 1).gather(3, index).transpose(2, 3);
    }
    long n = tokens.columns();
    long row = 2 * n;
    long[] strides = {n * row, tokens.rows() * n * row, 1, row - 1};
    return products.as_strided(shape(key, read), strides, new LongOptional(n));
  }

  /**
   * One number for each head and distance.
   *
   * @param values {@code [A, R]}
   * @return {@code [B or 1, A, m, n]}
   */
  Tensor of(Tensor values, ReadColumns read) {
    Tensor index = index(read); // [B or 1, m, n]
    return values
        .index_select(1, index.flatten())
        .view(values.size(0), index.size(0), index.size(1), index.size(2))
        .transpose(0, 1);
  }

  /**
   * One number for each head and distance from the text to columns of a prefix, which stand right
   * before it. Only columns that a row has are counted, so that a row does not depend on how long
   * the prefixes of others are.
   *
   * @param table {@code [rows, A]}
   * @return {@code [B or 1, A, m, P]}
   */
  Tensor toPrefix(RelativeTable table, ReadColumns read, LayerPrefix prefix) {
    Tensor has =
        prefix
            .mask()
            .map(mask -> engine.place(mask.isfinite(), Dtype.I64)) // [B, P], 1 for what a row has
            .orElseGet(() -> ones(prefix.length()));
    Tensor back = has.flip(1).cumsum(1).flip(1); // from the text's first token, 1 the next to it
    Tensor distances = fromFirst(read).unsqueeze(2).add(back.unsqueeze(1)); // [B or 1, m, P]
    RelativeTable.Part part = table.part(engine, 0, Math.toIntExact(prefix.length() + span));
    Tensor values = part.spread(part.rows()); // [P + s, A]
    return values
        .index_select(0, distances.flatten())
        .view(distances.size(0), distances.size(1), distances.size(2), values.size(1))
        .permute(0, 3, 1, 2);
  }

  private Tensor ones(long count) {
    long[] ones = new long[Math.toIntExact(count)];
    Arrays.fill(ones, 1);
    return engine.place(Tensors.of(ones, 1, count), Dtype.I64);
  }

  /** How far each column that is read is from its row's first, {@code [B or 1, m]}. */
  private Tensor fromFirst(ReadColumns read) {
    int rows = positions().isEmpty() && read.isSameInAllRows() ? 1 : tokens.rows();
    long[] from = new long[rows * read.count()];
    for (int at = 0; at < from.length; at++) {
      int row = at / read.count();
      from[at] = (long) position(row, read.column(row, at % read.count())) - position(row, 0);
    }
    return engine.place(Tensors.of(from, rows, read.count()), Dtype.I64);
  }

  /** {@code [B, A, m, d] · [A, R, d] → [A, B, m, R]}, one product for each head. */
  private Tensor byDistance(Tensor heads, Tensor states) {
    long rows = heads.size(0);
    long each = heads.size(2);
    Tensor together = heads.transpose(0, 1).reshape(1, heads.size(1), rows * each, heads.size(3));
    Tensor products = engine.products(together, states.transpose(1, 2).unsqueeze(0));
    return products.contiguous().view(heads.size(1), rows, each, states.size(1));
  }

  /** Whether each query's distances are those of the query before, moved up by one. */
  private boolean inStep(ReadColumns read) {
    return read.isAll() && positions().isEmpty();
  }

  private long[] shape(Tensor heads, ReadColumns read) {
    return new long[] {tokens.rows(), heads.size(1), read.count(), tokens.columns()};
  }

  /** Which of the R distances each pair has, {@code [B or 1, m, n]}. */
  private Tensor index(ReadColumns read) {
    int rows = positions().isEmpty() && read.isSameInAllRows() ? 1 : tokens.rows();
    long[] index = new long[rows * read.count() * tokens.columns()];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (int query = 0; query < read.count(); query++) {
        int from = position(row, read.column(row, query));
        for (int column = 0; column < tokens.columns(); column++) {
          index[at++] = (long) from - position(row, column) + span;
        }
      }
    }
    return engine.place(Tensors.of(index, rows, read.count(), tokens.columns()), Dtype.I64);
  }
}
