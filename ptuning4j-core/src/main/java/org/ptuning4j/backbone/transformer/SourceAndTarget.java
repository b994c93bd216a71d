package org.ptuning4j.backbone.transformer;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Geometry;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.TokenBatch;

/**
 * The two halves of a batch whose rows are a source and then a target, each padded on the right to
 * the longest of its kind. The target of a row that has none is padding.
 */
final class SourceAndTarget {

  private final TokenBatch whole;
  private final int[] starts; // [B], the column where each row's target begins
  private final Optional<TokenBatch> source;
  private final Optional<TokenBatch> target;

  private SourceAndTarget(
      TokenBatch whole, int[] starts, Optional<TokenBatch> source, Optional<TokenBatch> target) {
    this.whole = whole;
    this.starts = starts;
    this.source = source;
    this.target = target;
  }

  /**
   * The halves of a batch. Where no row has a target, the source is the batch itself.
   *
   * @throws IllegalArgumentException if only some of the rows have a source, or positions or reach
   *     are other than the plain ones
   */
  static SourceAndTarget of(TokenBatch batch) {
    if (!batch.geometry().reach().coversEverything()) {
      throw new IllegalArgumentException(
          "an encoder–decoder reads one text in a row; the batch has " + batch.geometry().reach());
    }
    if (!batch.geometry().hasTargets()) {
      int[] starts = new int[batch.rows()];
      Arrays.fill(starts, batch.columns());
      return new SourceAndTarget(batch, starts, Optional.of(batch), Optional.empty());
    }
    int[] starts = batch.geometry().targets();
    int[] none = new int[starts.length];
    int[] sources = lengths(batch, none, starts);
    int[] targets = lengths(batch, starts, batch.columns());
    if (Arrays.stream(sources).anyMatch(length -> length == 0)
        && Arrays.stream(sources).anyMatch(length -> length > 0)) {
      throw new IllegalArgumentException("some rows of a batch have a source, others have none");
    }
    return new SourceAndTarget(
        batch, starts, part(batch, none, sources), part(batch, starts, targets));
  }

  private static int[] lengths(TokenBatch batch, int[] from, int end) {
    int[] ends = new int[from.length];
    Arrays.fill(ends, end);
    return lengths(batch, from, ends);
  }

  /** The columns of each row from one to its last token before another. */
  private static int[] lengths(TokenBatch batch, int[] from, int[] ends) {
    return IntStream.range(0, batch.rows())
        .map(row -> Math.max(0, Math.min(ends[row], batch.length(row)) - from[row]))
        .toArray();
  }

  /** A part of each row; empty where no row has any. */
  private static Optional<TokenBatch> part(TokenBatch batch, int[] from, int[] lengths) {
    int columns = IntStream.of(lengths).max().orElse(0);
    if (columns == 0) {
      return Optional.empty();
    }
    int size = batch.rows() * columns;
    long[] ids = new long[size];
    long[] mask = new long[size];
    long[] types = new long[size];
    int[] slots = new int[batch.slots().length == 0 ? 0 : size];
    Arrays.fill(slots, -1);
    int[] anchors = new int[batch.rows()];
    for (int row = 0; row < batch.rows(); row++) {
      int first = row * batch.columns() + from[row];
      int to = row * columns;
      System.arraycopy(batch.ids(), first, ids, to, lengths[row]);
      System.arraycopy(batch.mask(), first, mask, to, lengths[row]);
      System.arraycopy(batch.typeIds(), first, types, to, lengths[row]);
      if (slots.length > 0) {
        System.arraycopy(batch.slots(), first, slots, to, lengths[row]);
      }
      int anchor = batch.anchors()[row] - from[row];
      anchors[row] = anchor >= 0 && anchor < columns ? anchor : 0;
    }
    return Optional.of(
        new TokenBatch(batch.rows(), columns, ids, mask, types, slots, anchors, Geometry.PLAIN));
  }

  /** What the encoder reads; empty where what it gave is known. */
  Optional<TokenBatch> source() {
    return source;
  }

  /** What the decoder reads; empty where no row has a target. */
  Optional<TokenBatch> target() {
    return target;
  }

  /** Whether every row is read at its anchor, and that lies in its target. */
  private boolean isReadInTargets() {
    return IntStream.range(0, starts.length).allMatch(row -> whole.anchors()[row] >= starts[row]);
  }

  /** The columns of the source whose last states are wanted: the decoder sees all of them. */
  ReadColumns readOfSource(Positions wanted) {
    TokenBatch read = source.orElseThrow();
    return target.isPresent() ? ReadColumns.all(read.columns()) : read.read(wanted);
  }

  /** The columns of the target whose last states are wanted. */
  ReadColumns readOfTarget(Positions wanted) {
    TokenBatch read = target.orElseThrow();
    return isReadInTargets() ? read.read(wanted) : ReadColumns.all(read.columns());
  }

  /**
   * Whether the states that the last of the halves gives are those of the batch, {@code [B, n, H]}
   * or {@code [B, 1, H]}; else they have to be {@link #gathered}.
   */
  boolean areLastStatesWanted(Positions wanted) {
    return target.isEmpty()
        || source.isEmpty()
        || (wanted == Positions.ANCHOR && isReadInTargets());
  }

  /**
   * Where the states that are wanted lie in those of both halves, the source's {@code [B · s]}
   * before the target's {@code [B · t]}: {@code [B · n]}, or {@code [B]} for the anchors.
   */
  long[] gathered(Positions wanted) {
    int sources = source.orElseThrow().columns();
    int targets = target.orElseThrow().columns();
    int each = wanted == Positions.ANCHOR ? 1 : whole.columns();
    long[] places = new long[whole.rows() * each];
    for (int at = 0; at < places.length; at++) {
      int row = at / each;
      int column = wanted == Positions.ANCHOR ? whole.anchors()[row] : at % each;
      int within = column - starts[row];
      places[at] =
          within < 0
              ? (long) row * sources + Math.min(column, sources - 1) // padding has any state
              : (long) whole.rows() * sources
                  + (long) row * targets
                  + Math.min(within, targets - 1);
    }
    return places;
  }

  /**
   * What prompts add to the source.
   *
   * @throws IllegalArgumentException if there are soft tokens in a target
   */
  Injection ofSource(Injection injection) {
    if (injection.inputs().isEmpty()) {
      return injection;
    }
    InputVectors vectors = injection.inputs().get();
    int columns = source.map(TokenBatch::columns).orElse(0);
    long[] index = vectors.index().clone();
    for (int i = 0; i < index.length; i++) {
      int row = Math.toIntExact(index[i] / whole.columns());
      int column = Math.toIntExact(index[i] % whole.columns());
      if (column >= starts[row]) {
        throw new IllegalArgumentException("a soft token in the target of row " + row);
      }
      index[i] = (long) row * columns + column;
    }
    return new Injection(
        injection.prefixes(),
        injection.positionShift(),
        Optional.of(new InputVectors(index, vectors.vectors())),
        injection.offsets());
  }
}
