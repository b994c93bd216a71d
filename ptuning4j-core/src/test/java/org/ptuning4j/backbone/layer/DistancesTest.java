package org.ptuning4j.backbone.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Geometry;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** Terms of relative positions are taken to where their distance occurs; against plain loops. */
class DistancesTest {

  private static final Engine ENGINE = Engine.reference();
  private static final int ROWS = 2;
  private static final int HEADS = 3;
  private static final int SIZE = 4;

  private final RandomStream random = RandomStream.of(4);

  private static TokenBatch tokens(int columns, int[] anchors) {
    int size = ROWS * columns;
    long[] ones = new long[size];
    java.util.Arrays.fill(ones, 1);
    return new TokenBatch(ROWS, columns, new long[size], ones, new long[size], new int[0], anchors);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 9})
  void allColumns(int columns) {
    check(tokens(columns, new int[ROWS]), Positions.ALL);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 6})
  void oneColumnOfEachRow(int anchor) {
    check(tokens(7, new int[] {anchor, anchor}), Positions.ANCHOR);
    check(tokens(7, new int[] {anchor, 6 - anchor}), Positions.ANCHOR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ALL", "ANCHOR"})
  void positionsThatTheBatchCarries(String wanted) {
    int[] positions = {0, 1, 2, 7, 8, 5, 4, 3, 3, 0};
    TokenBatch batch =
        tokens(5, new int[] {1, 4}).with(new Geometry(List.of(positions), Reach.everything()));
    check(batch, Positions.valueOf(wanted));
  }

  /** The view with other strides, and taking each value by its index, have the same gradients. */
  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void gradientsOfBothWaysAreEqual(int columns) {
    Scope.run(
        () -> {
          int[] counted = new int[ROWS * columns];
          java.util.Arrays.setAll(counted, at -> at % columns);
          TokenBatch plain = tokens(columns, new int[ROWS]);
          TokenBatch given = plain.with(new Geometry(List.of(counted), Reach.everything()));
          Tensor heads = random.gaussian(1, ROWS, HEADS, columns, SIZE);
          Tensor states = random.gaussian(1, HEADS, 2L * columns, SIZE);
          Tensor weights = random.gaussian(1, ROWS, HEADS, columns, columns);
          ReadColumns all = ReadColumns.all(columns);
          Tensor[] one = gradients(plain, heads, states, weights, all);
          Tensor[] other = gradients(given, heads, states, weights, all);
          for (int i = 0; i < one.length; i++) {
            assertClose("gradient " + i, one[i], other[i], 1e-5, 1e-5);
            assertThat(one[i].abs().sum().item_double()).isPositive();
          }
        });
  }

  private static Tensor[] gradients(
      TokenBatch tokens, Tensor heads, Tensor states, Tensor weights, ReadColumns read) {
    Tensor[] leaves = {leaf(heads), leaf(states), leaf(heads), leaf(states)};
    Distances distances = new Distances(ENGINE, tokens);
    Tensor sum =
        distances
            .fromQueries(leaves[0], leaves[1], read)
            .add(distances.fromKeys(leaves[2], leaves[3], read).mul(weights))
            .mul(weights);
    sum.sum().backward();
    Tensor[] gradients = new Tensor[leaves.length];
    for (int i = 0; i < leaves.length; i++) {
      gradients[i] = leaves[i].grad();
    }
    return gradients;
  }

  private static Tensor leaf(Tensor values) {
    return values.detach().clone().set_requires_grad(true);
  }

  private void check(TokenBatch tokens, Positions wanted) {
    Scope.run(
        () -> {
          int columns = tokens.columns();
          int span = span(tokens);
          ReadColumns read = tokens.read(wanted);
          Tensor query = random.gaussian(1, ROWS, HEADS, read.count(), SIZE);
          Tensor key = random.gaussian(1, ROWS, HEADS, columns, SIZE);
          Tensor states = random.gaussian(1, HEADS, 2L * span, SIZE);
          Tensor numbers = random.gaussian(1, HEADS, 2L * span);
          Distances distances = new Distances(ENGINE, tokens);
          float[] fromQueries = Tensors.floats(distances.fromQueries(query, states, read));
          float[] fromKeys = Tensors.floats(distances.fromKeys(key, states, read));
          Tensor biases = distances.of(numbers, read).expand(ROWS, HEADS, read.count(), columns);
          float[] of = Tensors.floats(biases);
          int at = 0;
          for (int row = 0; row < ROWS; row++) {
            for (int head = 0; head < HEADS; head++) {
              for (int i = 0; i < read.count(); i++) {
                for (int j = 0; j < columns; j++, at++) {
                  int from = position(tokens, row, read.column(row, i));
                  int state = from - position(tokens, row, j) + span;
                  Tensor vector = states.select(0, head).select(0, state);
                  String where = "row %d, head %d, query %d, key %d".formatted(row, head, i, j);
                  assertThat((double) fromQueries[at])
                      .as("from queries, " + where)
                      .isCloseTo(product(query, row, head, i, vector), within(1e-5));
                  assertThat((double) fromKeys[at])
                      .as("from keys, " + where)
                      .isCloseTo(product(key, row, head, j, vector), within(1e-5));
                  assertThat(of[at])
                      .as("of, " + where)
                      .isEqualTo(Tensors.floats(numbers)[head * 2 * span + state]);
                }
              }
            }
          }
        });
  }

  private static double product(Tensor heads, int row, int head, int column, Tensor vector) {
    return heads.select(0, row).select(0, head).select(0, column).mul(vector).sum().item_double();
  }

  private static int span(TokenBatch tokens) {
    if (tokens.geometry().positions().isEmpty()) {
      return tokens.columns();
    }
    int widest = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < tokens.columns(); i++) {
        for (int j = 0; j < tokens.columns(); j++) {
          widest = Math.max(widest, position(tokens, row, i) - position(tokens, row, j));
        }
      }
    }
    return widest + 1;
  }

  private static int position(TokenBatch tokens, int row, int column) {
    return tokens.geometry().positions().isEmpty()
        ? column
        : tokens.geometry().positions().get(0)[row * tokens.columns() + column];
  }
}
