package org.ptuning4j.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A model whose next token depends on the last two, by a table of random scores. */
final class TableModel implements NextTokens {

  private final int vocabulary;
  private final int positions;
  private final float[][] table; // [V · V][V]
  private List<int[]> rows;

  /** The number of rows at each step, the first included. */
  final List<Integer> widths = new ArrayList<>();

  TableModel(int vocabulary, long seed, int positions, List<int[]> texts) {
    this.vocabulary = vocabulary;
    this.positions = positions;
    Random random = new Random(seed);
    this.table = new float[vocabulary * vocabulary][vocabulary];
    for (float[] row : table) {
      for (int token = 0; token < vocabulary; token++) {
        row[token] = (float) (2 * random.nextGaussian());
      }
    }
    this.rows = List.copyOf(texts);
    widths.add(texts.size());
  }

  @Override
  public int rows() {
    return rows.size();
  }

  /** Scores of what follows a text. */
  float[] after(int[] text) {
    int last = text[text.length - 1];
    int before = text.length > 1 ? text[text.length - 2] : 0;
    return table[before * vocabulary + last].clone();
  }

  @Override
  public float[][] scores() {
    return rows.stream().map(this::after).toArray(float[][]::new);
  }

  @Override
  public void advance(int[] parents, int[] tokens) {
    List<int[]> next = new ArrayList<>();
    for (int i = 0; i < parents.length; i++) {
      int[] parent = rows.get(parents[i]);
      int[] row = Arrays.copyOf(parent, parent.length + 1);
      row[parent.length] = tokens[i];
      next.add(row);
    }
    rows = next;
    widths.add(rows.size());
  }

  @Override
  public int room(int row) {
    return positions - rows.get(row).length;
  }

  /** Tokens as letters; the token 0, which ends texts, says nothing. */
  static String decode(int[] tokens) {
    StringBuilder text = new StringBuilder();
    for (int token : tokens) {
      if (token > 0) {
        text.append((char) ('a' + token - 1));
      }
    }
    return text.toString();
  }

  @Override
  public void close() {}
}
