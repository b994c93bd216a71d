package org.ptuning4j.backbone.layer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** The cosines and sines of one pass: those of all columns are made once for each base. */
public final class Rotations {

  private final Engine engine;
  private final TokenBatch tokens;
  private final int[] positions; // [B, n]
  private final Map<Rotary, Tensor[]> all = new HashMap<>();

  /**
   * The rotations of a batch.
   *
   * @param positions {@code [B, n]}, each token's position
   */
  public Rotations(Engine engine, TokenBatch tokens, int[] positions) {
    this.engine = engine;
    this.tokens = tokens;
    this.positions = positions;
  }

  /** Makes those of all columns, so that they live as long as the pass. */
  public void prepare(Rotary rotary) {
    all.computeIfAbsent(rotary, key -> made(key, ReadColumns.all(tokens.columns())));
  }

  /** Cosines and sines, {@code [B or 1, 1, m, d]}, in the backbone's type. */
  Tensor[] of(Rotary rotary, ReadColumns read) {
    return read.isAll() ? all.get(rotary) : made(rotary, read);
  }

  private Tensor[] made(Rotary rotary, ReadColumns read) {
    boolean alike = read.isSameInAllRows() && rowsAreAlike() && !rotary.scaling().dependsOnLength();
    int rows = alike ? 1 : tokens.rows();
    double amplitude = rotary.scaling().amplitude();
    int half = rotary.size() / 2;
    float[] cosines = new float[rows * read.count() * rotary.size()];
    float[] sines = new float[cosines.length];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      double[] frequencies = rotary.frequencies(length(row));
      for (int query = 0; query < read.count(); query++) {
        int position = positions[row * tokens.columns() + read.column(row, query)];
        for (int i = 0; i < half; i++) {
          double angle = position * frequencies[i];
          cosines[at + i] = cosines[at + half + i] = (float) (amplitude * Math.cos(angle));
          sines[at + i] = sines[at + half + i] = (float) (amplitude * Math.sin(angle));
        }
        at += rotary.size();
      }
    }
    return new Tensor[] {placed(cosines, rows, read, rotary), placed(sines, rows, read, rotary)};
  }

  private Tensor placed(float[] values, int rows, ReadColumns read, Rotary rotary) {
    return engine.place(
        Tensors.of(values, rows, 1, read.count(), rotary.size()), engine.precision().dtype());
  }

  /** The positions that a row takes: one more than the last of its tokens'. */
  private int length(int row) {
    int length = 0;
    for (int at = row * tokens.columns(); at < (row + 1) * tokens.columns(); at++) {
      length = tokens.mask()[at] == 0 ? length : Math.max(length, positions[at] + 1);
    }
    return length;
  }

  private boolean rowsAreAlike() {
    int n = tokens.columns();
    for (int row = 1; row < tokens.rows(); row++) {
      if (!Arrays.equals(positions, 0, n, positions, row * n, row * n + n)) {
        return false;
      }
    }
    return true;
  }
}
