package org.ptuning4j.backbone.glm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BlankFilling;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Geometry;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.backbone.glm.GlmReference.Prefix;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/** GLM's states and logits are those of an independent reference in double precision. */
class GlmParityTest {

  private static final double TOLERANCE = 1e-5;
  private static final int LAYERS = 2;
  private static final int HEADS = 4;
  private static final int HIDDEN = TinyFamily.HIDDEN;

  @TempDir static Path temp;

  private static ModelFolder folder;
  private static Backbone backbone;
  private static GlmReference reference;

  @BeforeAll
  static void load() {
    TinyFamily tiny = new TinyFamily("glm");
    folder = tiny.write(temp);
    backbone = tiny.load(folder);
    reference = GlmReference.of(folder.path(), LAYERS, HEADS);
  }

  @AfterAll
  static void close() {
    backbone.close();
  }

  private static double[][] words(int... ids) {
    return Arrays.stream(ids).mapToObj(reference::word).toArray(double[][]::new);
  }

  private static int[] counted(int from, int count) {
    return IntStream.range(from, from + count).toArray();
  }

  /** The first columns are seen by all, the others by those that follow. */
  private static boolean[][] seeing(int columns, int visible) {
    boolean[][] sees = new boolean[columns][columns];
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j < columns; j++) {
        sees[i][j] = j < visible || j <= i;
      }
    }
    return sees;
  }

  private static Tensor states(Backbone model, TokenBatch tokens, Injection injection) {
    return model.forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL)).lastHidden();
  }

  private static void assertSame(String what, Tensor row, double[][] expected) {
    float[] found = Tensors.floats(row.narrow(0, 0, expected.length));
    for (int i = 0; i < found.length; i++) {
      double wanted = expected[i / HIDDEN][i % HIDDEN];
      assertThat(Math.abs(found[i] - wanted))
          .as(
              "%s, column %d, unit %d: %s, expected %s",
              what, i / HIDDEN, i % HIDDEN, found[i], wanted)
          .isLessThan(TOLERANCE);
    }
  }

  private static TokenRow row(int... ids) {
    return TokenRow.of(ids, new int[ids.length]);
  }

  @Test
  void everyTokenOfATextSeesAllOfIt() {
    Scope.run(
        () -> {
          int[] ids = {5, 31, 32, 33, 34, 6};
          Tensor found =
              states(backbone, TokenBatch.of(List.of(row(ids)), 0), Injection.none()).select(0, 0);
          assertSame(
              "text",
              found,
              reference.states(words(ids), counted(0, 6), new int[6], seeing(6, 6), null));
        });
  }

  /**
   * The paper's figure 2: of x1 … x6 the spans x3 and x5 x6 are blanks, filled in the order x5 x6,
   * x3. Positions count from 1 there.
   */
  @Test
  void thePapersExampleOfTwoBlanks() {
    Scope.run(
        () -> {
          int mask = 7;
          int start = 8;
          int[] ids = {11, 12, mask, 14, mask, start, 15, 16, start, 13};
          int[] positions = {1, 2, 3, 4, 5, 5, 5, 5, 3, 3};
          int[] within = {0, 0, 0, 0, 0, 1, 2, 3, 1, 2};
          TokenBatch tokens =
              TokenBatch.of(List.of(row(ids)), 0)
                  .with(
                      new Geometry(
                          List.of(positions, within), new Reach.VisibleThenCausal(new int[] {5})));
          double[][] expected =
              reference.states(words(ids), positions, within, seeing(10, 5), null);
          Tensor found = states(backbone, tokens, Injection.none()).select(0, 0);
          assertSame("two blanks", found, expected);
          float[] logits = Tensors.floats(backbone.languageModel().logits(found));
          for (int column = 0; column < 10; column++) {
            double[] wanted = reference.logits(expected[column]);
            for (int word = 0; word < wanted.length; word++) {
              assertThat(Math.abs(logits[column * wanted.length + word] - wanted[word]))
                  .isLessThan(1e-4);
            }
          }
        });
  }

  /** Fillings of different lengths, a text without one, and padding, with prompts in all layers. */
  @Test
  void rowsThatFillBlanksBesideOthersWithPrefixes() {
    int[][] ids = {
      {5, 31, 7, 33, 6, 8, 41, 42, 43}, {5, 7, 32, 33, 34, 35, 6, 8}, {5, 51, 52, 6},
    };
    BlankFilling[] fillings = {new BlankFilling(5, 2), new BlankFilling(7, 1), null};
    int[] shifts = {3, 0, 3};
    List<TokenRow> rows = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      rows.add(fillings[i] == null ? row(ids[i]) : row(ids[i]).withFilling(fillings[i]));
    }
    Scope.run(
        () -> {
          Tensor matrix = RandomStream.of(3).gaussian(1, 3, 2L * LAYERS, HEADS, HIDDEN / HEADS);
          Injection injection = Injection.deep(prefixes(matrix, 3), Optional.of(shifts));
          Tensor found = states(backbone, TokenBatch.of(rows, 0), injection);
          for (int i = 0; i < ids.length; i++) {
            int n = ids[i].length;
            int visible = fillings[i] == null ? n : fillings[i].start();
            int[] positions = counted(0, n);
            int[] within = new int[n];
            for (int column = visible; column < n; column++) {
              positions[column] = fillings[i].blank();
              within[column] = column - visible + 1;
            }
            int shift = shifts[i];
            int[] moved = Arrays.stream(positions).map(position -> position + shift).toArray();
            assertSame(
                "row " + i,
                found.select(0, i),
                reference.states(words(ids[i]), moved, within, seeing(n, visible), prefix(matrix)));
          }
        });
  }

  private static Map<Integer, LayerPrefix> prefixes(Tensor matrix, int rows) {
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      prefixes.put(
          layer, LayerPrefix.of(part(matrix, 2 * layer, rows), part(matrix, 2 * layer + 1, rows)));
    }
    return prefixes;
  }

  /** {@code [P, 2L, A, d] → [B, A, P, d]}. */
  private static Tensor part(Tensor matrix, int part, int rows) {
    Tensor one = matrix.select(1, part).transpose(0, 1).unsqueeze(0);
    return one.expand(rows, one.size(1), one.size(2), one.size(3)).contiguous();
  }

  private static Prefix prefix(Tensor matrix) {
    int length = Math.toIntExact(matrix.size(0));
    int size = HIDDEN / HEADS;
    float[] values = Tensors.floats(matrix);
    double[][][][] all = new double[2 * LAYERS][HEADS][length][size];
    for (int i = 0; i < values.length; i++) {
      int head = i / size % HEADS;
      int part = i / size / HEADS % (2 * LAYERS);
      all[part][head][i / size / HEADS / (2 * LAYERS)][i % size] = values[i];
    }
    return new Prefix(new double[][][][] {all[0], all[2]}, new double[][][][] {all[1], all[3]});
  }

  @Test
  void softTokensBeforeATextWithABlank() {
    Scope.run(
        () -> {
          TokenRow row = row(5, 31, 7, 33, 6, 8, 41).withFilling(new BlankFilling(5, 2));
          TokenBatch tokens = TokenBatch.of(List.of(row.withPrefix(2)), 0);
          Tensor soft = RandomStream.of(4).gaussian(0.5, 2, HIDDEN);
          Injection injection = Injection.inputs(new InputVectors(new long[] {0, 1}, soft));
          double[][] words = new double[9][];
          float[] vectors = Tensors.floats(soft);
          for (int i = 0; i < 9; i++) {
            int at = i;
            words[i] =
                i < 2
                    ? IntStream.range(0, HIDDEN)
                        .mapToDouble(k -> vectors[at * HIDDEN + k])
                        .toArray()
                    : reference.word(row.ids()[i - 2]);
          }
          assertSame(
              "soft tokens",
              states(backbone, tokens, injection).select(0, 0),
              reference.states(
                  words,
                  new int[] {0, 1, 2, 3, 4, 5, 6, 4, 4},
                  new int[] {0, 0, 0, 0, 0, 0, 0, 1, 2},
                  seeing(9, 7),
                  null));
        });
  }

  /** The published code divides scores and multiplies them again; that is for fp16 alone. */
  @Test
  void theScaleOfAttentionChangesNothing() {
    int[] ids = {5, 31, 7, 6, 8};
    int[] positions = {0, 1, 2, 3, 2};
    int[] within = {0, 0, 0, 0, 1};
    double[][] plain = reference.states(words(ids), positions, within, seeing(5, 4), null);
    double[][] scaled =
        reference.withAttentionScale(8).states(words(ids), positions, within, seeing(5, 4), null);
    for (int i = 0; i < plain.length; i++) {
      for (int j = 0; j < HIDDEN; j++) {
        assertThat(Math.abs(plain[i][j] - scaled[i][j])).isLessThan(1e-9);
      }
    }
  }

  @Test
  void anotherActivationMayBeNamed() {
    TinyFamily tiny = new TinyFamily("glm");
    String configuration =
        tiny.configuration().replace("\"num_layers\"", "\"hidden_act\": \"gelu\", \"num_layers\"");
    try (Backbone exact = tiny.load(tiny.write(temp, configuration))) {
      Scope.run(
          () -> {
            int[] ids = {5, 31, 32, 6};
            Tensor found =
                states(exact, TokenBatch.of(List.of(row(ids)), 0), Injection.none()).select(0, 0);
            double[][] expected =
                reference
                    .withExactGelu()
                    .states(words(ids), counted(0, 4), new int[4], seeing(4, 4), null);
            assertSame("exact", found, expected);
            assertThat(Tensors.floats(found))
                .isNotEqualTo(
                    Tensors.floats(
                        states(backbone, TokenBatch.of(List.of(row(ids)), 0), Injection.none())
                            .select(0, 0)));
          });
    }
  }

  /** In bf16, within the bounds that docs/models.md states. */
  @Test
  void statesAndScoresInBf16() {
    Engine engine = Engine.recorded(Precision.BF16, KernelPlan.plain());
    try (Backbone narrow = BackboneFamilies.standard().load(folder, engine)) {
      Scope.run(
          () -> {
            TokenRow row = row(5, 31, 7, 33, 6, 8, 41, 42).withFilling(new BlankFilling(5, 2));
            TokenBatch tokens = TokenBatch.of(List.of(row), 0);
            Tensor exact = states(backbone, tokens, Injection.none()).select(0, 0);
            Tensor found = states(narrow, tokens, Injection.none()).select(0, 0);
            assertThat(difference(found, exact)).isLessThan(0.02);
            assertThat(
                    difference(
                        narrow.languageModel().logits(found),
                        backbone.languageModel().logits(exact)))
                .isLessThan(0.02);
          });
    }
  }

  private static double difference(Tensor found, Tensor exact) {
    Tensor wide = found.to(Dtype.F32.scalarType());
    return wide.sub(exact).norm().item_double() / exact.norm().item_double();
  }

  /** Positions are limited by the tables, not by how many tokens a row has. */
  @Test
  void aFillingMayMakeARowLongerThanTheTable() {
    int table = backbone.spec().maxPositions();
    assertThat(table).isEqualTo(66);
    int[] ids = new int[table + 40];
    Arrays.fill(ids, 30);
    TokenRow long1 = row(ids).withFilling(new BlankFilling(table, table - 1));
    Scope.run(
        () -> {
          assertThat(states(backbone, TokenBatch.of(List.of(long1), 0), Injection.none()).size(1))
              .isEqualTo(ids.length);
          Injection moved = Injection.deep(Map.of(), Optional.of(new int[] {1}));
          assertThatThrownBy(() -> states(backbone, TokenBatch.of(List.of(long1), 0), moved))
              .isInstanceOf(InvalidInputException.class)
              .hasMessageContaining("need 67 positions; this backbone has 66");
          TokenRow long2 = row(ids).withFilling(new BlankFilling(2, 1));
          assertThatThrownBy(
                  () -> states(backbone, TokenBatch.of(List.of(long2), 0), Injection.none()))
              .isInstanceOf(InvalidInputException.class)
              .hasMessageContaining("row 0 has position 66 within its blank at column 67");
        });
  }
}
