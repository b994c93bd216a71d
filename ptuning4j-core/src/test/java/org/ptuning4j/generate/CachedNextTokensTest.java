package org.ptuning4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Geometry;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.PrefixSoftmax;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Keys and values that are kept give what computing all of them anew gives, whatever the prompts of
 * the rows, and rows that leave, are doubled or change places.
 */
class CachedNextTokensTest {

  private static final List<int[]> TEXTS =
      List.of(
          new int[] {5, 17, 99, 3},
          new int[] {44},
          new int[] {7, 7, 61, 150, 22, 31, 90},
          new int[] {12, 13});

  private static Backbone backbone;
  private static DeepPrompt deep;
  private static DeepPrompt upper;
  private static DeepPrompt separate;
  private static InputPrompt soft;

  @BeforeAll
  static void load() {
    backbone =
        BackboneFamilies.standard()
            .load(ModelFolder.open(TinyModel.folder("gpt2")), Engine.reference());
    RandomStream random = RandomStream.of(3);
    int width = backbone.spec().prefixWidth();
    Scope.run(
        () -> {
          deep =
              DeepPrompt.of(
                  random.gaussian(1, 5, 3L * width),
                  List.of(0, 1, 2),
                  PositionConvention.SHIFTED,
                  backbone.spec(),
                  backbone.engine());
          upper =
              DeepPrompt.of(
                  random.gaussian(1, 2, width),
                  List.of(2),
                  PositionConvention.UNSHIFTED,
                  backbone.spec(),
                  backbone.engine());
          separate =
              DeepPrompt.of(
                  random.gaussian(1, 4, 2L * width),
                  Optional.empty(),
                  List.of(0, 2),
                  PositionConvention.UNSHIFTED,
                  PrefixSoftmax.SEPARATE,
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
    separate.close();
    soft.close();
    backbone.close();
  }

  /** What each row has, in the order of the texts. */
  static Stream<List<Optional<TrainedPrompt>>> prompts() {
    Optional<TrainedPrompt> none = Optional.empty();
    return Stream.of(
        List.of(none, none, none, none),
        List.of(Optional.of(deep), Optional.of(deep), Optional.of(deep), Optional.of(deep)),
        List.of(Optional.of(soft), Optional.of(soft), Optional.of(soft), Optional.of(soft)),
        List.of(
            Optional.of(separate),
            Optional.of(separate),
            Optional.of(separate),
            Optional.of(separate)),
        List.of(Optional.of(separate), Optional.of(deep), Optional.of(soft), none),
        List.of(Optional.of(upper), Optional.of(deep), none, Optional.of(soft)));
  }

  private static TokenRow row(int[] text, Optional<TrainedPrompt> prompt) {
    TokenRow words = TokenRow.of(text, new int[text.length]);
    int softTokens = prompt.filter(each -> each == soft).map(TrainedPrompt::length).orElse(0);
    TokenRow row = words.withPrefix(softTokens);
    return row.withAnchor(row.length() - 1);
  }

  private static CachedNextTokens cached(List<int[]> texts, List<Optional<TrainedPrompt>> prompts) {
    return Scope.run(
        () -> {
          TokenBatch tokens = batch(texts, prompts);
          return new CachedNextTokens(
              backbone,
              tokens,
              new MixedPrompts(backbone.spec(), backbone.engine()).inject(tokens, prompts));
        });
  }

  private static TokenBatch batch(List<int[]> texts, List<Optional<TrainedPrompt>> prompts) {
    return TokenBatch.of(
        IntStream.range(0, texts.size()).mapToObj(i -> row(texts.get(i), prompts.get(i))).toList(),
        0);
  }

  /** Computes everything for each token. */
  private static final class Anew implements NextTokens {

    private List<int[]> texts;
    private List<Optional<TrainedPrompt>> prompts;

    Anew(List<int[]> texts, List<Optional<TrainedPrompt>> prompts) {
      this.texts = texts;
      this.prompts = prompts;
    }

    @Override
    public int rows() {
      return texts.size();
    }

    @Override
    public float[][] scores() {
      float[] all =
          Scope.run(
              () -> {
                TokenBatch tokens = batch(texts, prompts);
                var injection =
                    new MixedPrompts(backbone.spec(), backbone.engine()).inject(tokens, prompts);
                var states =
                    backbone
                        .forward(tokens, injection, ForwardOptions.evaluation(Positions.ANCHOR))
                        .first();
                return Tensors.floats(backbone.languageModel().logits(states));
              });
      int words = all.length / texts.size();
      return IntStream.range(0, texts.size())
          .mapToObj(row -> Arrays.copyOfRange(all, row * words, (row + 1) * words))
          .toArray(float[][]::new);
    }

    @Override
    public void advance(int[] parents, int[] tokens) {
      List<int[]> next = new ArrayList<>();
      for (int i = 0; i < parents.length; i++) {
        int[] parent = texts.get(parents[i]);
        int[] longer = Arrays.copyOf(parent, parent.length + 1);
        longer[parent.length] = tokens[i];
        next.add(longer);
      }
      texts = next;
      prompts = IntStream.of(parents).mapToObj(prompts::get).toList();
    }

    @Override
    public int room(int row) {
      return 100;
    }

    @Override
    public void close() {}
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

  @ParameterizedTest
  @MethodSource("prompts")
  void scoresAreThoseOfComputingAllAnew(List<Optional<TrainedPrompt>> prompts) {
    NextTokens anew = new Anew(TEXTS, prompts);
    try (NextTokens cached = cached(TEXTS, prompts)) {
      assertSame(cached.scores(), anew.scores());
      int[][][] steps = {
        {{0, 1, 2, 3}, {8, 9, 10, 11}}, // all go on
        {{3, 0, 2}, {20, 21, 22}}, // one leaves, the others change places
        {{1, 1, 2, 0, 0}, {30, 31, 32, 33, 34}}, // two are doubled
        {{0, 1, 2, 3, 4}, {40, 40, 40, 40, 40}},
        {{4}, {50}},
        {{0}, {60}}
      };
      for (int[][] step : steps) {
        cached.advance(step[0], step[1]);
        anew.advance(step[0], step[1]);
        assertSame(cached.scores(), anew.scores());
      }
    }
  }

  /** Three texts of which all begin with two tokens, of one prompt or none. */
  @ParameterizedTest
  @MethodSource("prompts")
  void whatAllBeginWithIsComputedOnce(List<Optional<TrainedPrompt>> prompts) {
    List<int[]> texts =
        List.of(new int[] {5, 17, 99, 3}, new int[] {5, 17, 44}, new int[] {5, 17, 9, 8, 7, 6});
    for (Optional<TrainedPrompt> prompt : prompts) {
      NextTokens anew = new Anew(texts, List.of(prompt, prompt, prompt));
      try (CachedNextTokens cached = cached(List.of(new int[] {5, 17}), List.of(prompt))) {
        cached.advance(
            texts.stream().map(text -> Arrays.copyOfRange(text, 2, text.length)).toList(), 0);
        assertSame(cached.scores(), anew.scores());
        assertThat(cached.room(2) - cached.room(0)).isEqualTo(-2);
        int[][][] steps = {{{0, 1, 2}, {8, 9, 10}}, {{2, 0, 0}, {20, 21, 22}}};
        for (int[][] step : steps) {
          cached.advance(step[0], step[1]);
          anew.advance(step[0], step[1]);
          assertSame(cached.scores(), anew.scores());
        }
      }
    }
  }

  /** More steps than there is room for at first; then two texts from one place. */
  @ParameterizedTest
  @MethodSource("prompts")
  void theCacheGrowsAndBranches(List<Optional<TrainedPrompt>> prompts) {
    NextTokens anew = new Anew(TEXTS, prompts);
    try (NextTokens cached = cached(TEXTS, prompts)) {
      for (int step = 0; step < 70; step++) {
        int token = 20 + step;
        cached.advance(new int[] {0, 1, 2, 3}, new int[] {token, token + 1, token + 2, token + 3});
        anew.advance(new int[] {0, 1, 2, 3}, new int[] {token, token + 1, token + 2, token + 3});
      }
      assertSame(cached.scores(), anew.scores());
    }
  }

  /** Two passes that go on from the same keys and values do not see each other's tokens. */
  @Test
  void aSecondTextFromTheSamePlaceLeavesTheFirstAlone() {
    ForwardOptions kept = ForwardOptions.evaluation(Positions.ALL).withKeysAndValues();
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Map<Integer, LayerPrefix> past =
                      backbone.forward(tokens(0, 5, 17, 99), Injection.none(), kept).past();
                  Map<Integer, LayerPrefix> first =
                      backbone.forward(tokens(3, 44), injection(past), kept).past();
                  float[] expected = Tensors.floats(first.get(1).key());
                  Map<Integer, LayerPrefix> second =
                      backbone.forward(tokens(3, 71), injection(past), kept).past();
                  assertThat(Tensors.floats(first.get(1).key())).isEqualTo(expected);
                  assertThat(Tensors.floats(second.get(1).key())).isNotEqualTo(expected);
                  return null;
                }));
  }

  private static TokenBatch tokens(int position, long... ids) {
    int[] positions = IntStream.range(position, position + ids.length).toArray();
    long[] ones = ids.clone();
    Arrays.fill(ones, 1);
    return new TokenBatch(1, ids.length, ids, ones, new long[ids.length])
        .with(new Geometry(List.of(positions), Reach.everything()));
  }

  private static Injection injection(Map<Integer, LayerPrefix> past) {
    return Injection.deep(past, Optional.empty());
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void searchesFindTheSame(List<Optional<TrainedPrompt>> prompts) {
    for (GenerationSettings settings :
        List.of(
            GenerationSettings.greedy().withMaxNewTokens(9),
            GenerationSettings.sampled(0.9, 5).withMaxNewTokens(9).withSequences(3),
            GenerationSettings.beamSearch(3).withMaxNewTokens(9).withSequences(3))) {
      Search search = Search.of(settings, Set.of(3, 77, 120), TextListener.NONE);
      List<List<Continuation>> expected =
          search.run(TEXTS, new Anew(TEXTS, prompts), TableModel::decode);
      try (NextTokens cached = cached(TEXTS, prompts)) {
        assertThat(tokens(search.run(TEXTS, cached, TableModel::decode)))
            .isEqualTo(tokens(expected));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void aBatchFindsWhatEachTextFindsAlone(List<Optional<TrainedPrompt>> prompts) {
    Search search =
        Search.of(
            GenerationSettings.greedy().withMaxNewTokens(9), Set.of(3, 77), TextListener.NONE);
    List<List<List<Integer>>> together;
    try (NextTokens cached = cached(TEXTS, prompts)) {
      together = tokens(search.run(TEXTS, cached, TableModel::decode));
    }
    for (int i = 0; i < TEXTS.size(); i++) {
      List<int[]> text = List.of(TEXTS.get(i));
      try (NextTokens alone = cached(text, List.of(prompts.get(i)))) {
        assertThat(tokens(search.run(text, alone, TableModel::decode)).get(0))
            .isEqualTo(together.get(i));
      }
    }
  }

  private static List<List<List<Integer>>> tokens(List<List<Continuation>> found) {
    return found.stream().map(each -> each.stream().map(Continuation::tokens).toList()).toList();
  }

  @Test
  void roomIsWhatThePositionsLeave() {
    try (NextTokens cached = cached(List.of(TEXTS.get(0)), List.of(Optional.of(deep)))) {
      // 160 positions, of which 5 lie before the text and 4 are the text's
      assertThat(cached.room(0)).isEqualTo(160 - 5 - 4);
      cached.advance(new int[] {0, 0}, new int[] {1, 2});
      assertThat(cached.room(1)).isEqualTo(160 - 5 - 5);
    }
    try (NextTokens cached = cached(List.of(TEXTS.get(0)), List.of(Optional.of(soft)))) {
      assertThat(cached.room(0)).isEqualTo(160 - 3 - 4);
    }
  }
}
