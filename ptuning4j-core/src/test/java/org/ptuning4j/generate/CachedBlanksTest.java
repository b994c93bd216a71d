package org.ptuning4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BlankFilling;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/**
 * What fills a blank is written with keys and values that are kept as if all were computed anew,
 * whatever the prompts of the rows, and wherever their blanks are.
 */
class CachedBlanksTest {

  private static final List<TokenRow> ROWS =
      List.of(
          row(new BlankFilling(5, 2), 5, 31, 7, 33, 6, 8),
          row(new BlankFilling(2, 1), 5, 7, 8),
          row(new BlankFilling(8, 1), 5, 7, 61, 150, 22, 31, 90, 6, 8),
          row(new BlankFilling(4, 3), 5, 12, 13, 7, 8));

  @TempDir static Path temp;

  private static Backbone backbone;
  private static DeepPrompt deep;
  private static DeepPrompt upper;
  private static InputPrompt soft;

  private static TokenRow row(BlankFilling filling, int... ids) {
    return TokenRow.of(ids, new int[ids.length]).withFilling(filling);
  }

  @BeforeAll
  static void load() {
    backbone = new TinyFamily("glm").load(temp);
    RandomStream random = RandomStream.of(3);
    int width = backbone.spec().prefixWidth();
    Scope.run(
        () -> {
          deep =
              DeepPrompt.of(
                  random.gaussian(1, 5, 2L * width),
                  List.of(0, 1),
                  PositionConvention.SHIFTED,
                  backbone.spec(),
                  backbone.engine());
          upper =
              DeepPrompt.of(
                  random.gaussian(1, 2, width),
                  List.of(1),
                  PositionConvention.UNSHIFTED,
                  backbone.spec(),
                  backbone.engine());
          soft =
              InputPrompt.of(
                  random.gaussian(0.5, 3, backbone.spec().embeddingWidth()),
                  Optional.empty(),
                  backbone.spec(),
                  backbone.engine());
        });
  }

  @AfterAll
  static void close() {
    deep.close();
    upper.close();
    soft.close();
    backbone.close();
  }

  static Stream<List<Optional<TrainedPrompt>>> prompts() {
    Optional<TrainedPrompt> none = Optional.empty();
    return Stream.of(
        List.of(none, none, none, none),
        List.of(Optional.of(deep), Optional.of(deep), Optional.of(deep), Optional.of(deep)),
        List.of(Optional.of(upper), Optional.of(deep), none, Optional.of(soft)));
  }

  private static TokenBatch batch(List<TokenRow> rows, List<Optional<TrainedPrompt>> prompts) {
    return TokenBatch.of(
        IntStream.range(0, rows.size())
            .mapToObj(
                i -> {
                  boolean atInput = prompts.get(i).filter(each -> each == soft).isPresent();
                  TokenRow all = rows.get(i).withPrefix(atInput ? soft.length() : 0);
                  return all.withAnchor(all.length() - 1);
                })
            .toList(),
        0);
  }

  private static float[][] anew(List<TokenRow> rows, List<Optional<TrainedPrompt>> prompts) {
    float[] all =
        Scope.run(
            () -> {
              TokenBatch tokens = batch(rows, prompts);
              var injection =
                  new MixedPrompts(backbone.spec(), backbone.engine()).inject(tokens, prompts);
              var states =
                  backbone
                      .forward(tokens, injection, ForwardOptions.evaluation(Positions.ANCHOR))
                      .first();
              return Tensors.floats(backbone.languageModel().logits(states));
            });
    int words = all.length / rows.size();
    return IntStream.range(0, rows.size())
        .mapToObj(row -> Arrays.copyOfRange(all, row * words, (row + 1) * words))
        .toArray(float[][]::new);
  }

  private static CachedNextTokens cached(
      List<TokenRow> rows, List<Optional<TrainedPrompt>> prompts) {
    return Scope.run(
        () -> {
          TokenBatch tokens = batch(rows, prompts);
          return new CachedNextTokens(
              backbone,
              tokens,
              new MixedPrompts(backbone.spec(), backbone.engine()).inject(tokens, prompts));
        });
  }

  private static TokenRow longer(TokenRow row, int token) {
    int[] ids = Arrays.copyOf(row.ids(), row.length() + 1);
    ids[row.length()] = token;
    return TokenRow.of(ids, new int[ids.length]).withFilling(row.filling().orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void scoresAreThoseOfComputingAllAnew(List<Optional<TrainedPrompt>> prompts) {
    List<TokenRow> rows = ROWS;
    List<Optional<TrainedPrompt>> own = prompts;
    int[][][] steps = {
      {{0, 1, 2, 3}, {8, 9, 10, 11}}, // all go on
      {{3, 0, 2}, {20, 21, 22}}, // one leaves, the others change places
      {{1, 1, 2, 0, 0}, {30, 31, 32, 33, 34}}, // two are doubled
      {{4, 2}, {50, 51}},
    };
    try (NextTokens cached = cached(rows, own)) {
      assertSame(cached.scores(), anew(rows, own));
      for (int[][] step : steps) {
        cached.advance(step[0], step[1]);
        List<TokenRow> before = rows;
        List<Optional<TrainedPrompt>> owners = own;
        rows =
            IntStream.range(0, step[0].length)
                .mapToObj(i -> longer(before.get(step[0][i]), step[1][i]))
                .toList();
        own = IntStream.of(step[0]).mapToObj(owners::get).toList();
        assertSame(cached.scores(), anew(rows, own));
      }
    }
  }

  private static void assertSame(float[][] found, float[][] expected) {
    assertThat(found.length).isEqualTo(expected.length);
    for (int row = 0; row < found.length; row++) {
      for (int word = 0; word < found[row].length; word++) {
        assertThat(found[row][word])
            .as("row %d, word %d", row, word)
            .isCloseTo(expected[row][word], within(1e-4f));
      }
    }
  }

  /** Of 66 positions within a blank the first is none's, the second that of the beginning. */
  @Test
  void roomIsWhatThePositionsWithinTheBlankLeave() {
    try (NextTokens cached = cached(ROWS.subList(2, 3), List.of(Optional.of(deep)))) {
      assertThat(cached.room(0)).isEqualTo(66 - 2);
      cached.advance(new int[] {0}, new int[] {1});
      assertThat(cached.room(0)).isEqualTo(66 - 3);
    }
  }
}
