package org.ptuning4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTest {

  private static final int VOCABULARY = 5;
  private static final int END = 0;
  private static final Ends ENDS = new Ends(Set.of(END), List.of());
  private static final List<int[]> TEXTS =
      List.of(new int[] {1, 2}, new int[] {3}, new int[] {4, 4});

  private static TableModel model(long seed, List<int[]> texts) {
    return new TableModel(VOCABULARY, seed, 100, texts);
  }

  private static List<List<Continuation>> run(Search search, NextTokens model, List<int[]> texts) {
    return search.run(texts, model, TableModel::decode);
  }

  private static Search tokens(GenerationSettings settings) {
    return new TokenSearch(settings, ENDS, TextListener.NONE);
  }

  private static int[] and(int[] text, List<Integer> added) {
    return IntStream.concat(IntStream.of(text), added.stream().mapToInt(each -> each)).toArray();
  }

  /** What the model itself says of a continuation. */
  private static double logProbability(TableModel model, int[] text, List<Integer> added) {
    double sum = 0;
    for (int i = 0; i < added.size(); i++) {
      sum +=
          TokenScores.logProbabilities(model.after(and(text, added.subList(0, i))))[added.get(i)];
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void greedyTakesTheBestTokenOfEachStep(long seed) {
    TableModel model = model(seed, TEXTS);

    List<List<Continuation>> found =
        run(tokens(GenerationSettings.greedy().withMaxNewTokens(6)), model, TEXTS);

    for (int request = 0; request < TEXTS.size(); request++) {
      Continuation continuation = found.get(request).get(0);
      List<Integer> all = new ArrayList<>(continuation.tokens());
      if (continuation.ending() == Ending.END_TOKEN) {
        all.add(END);
      } else {
        assertThat(all).hasSize(6);
      }
      for (int i = 0; i < all.size(); i++) {
        float[] scores = model.after(and(TEXTS.get(request), all.subList(0, i)));
        assertThat(all.get(i)).isEqualTo(TokenScores.best(scores));
      }
      assertThat(continuation.logProbability())
          .isCloseTo(logProbability(model, TEXTS.get(request), all), within(1e-9));
      assertThat(continuation.text())
          .isEqualTo(TableModel.decode(and(new int[0], continuation.tokens())));
    }
  }

  @Test
  void rowsThatEndedLeave() {
    TableModel model = model(4, TEXTS);

    List<List<Continuation>> found =
        run(tokens(GenerationSettings.greedy().withMaxNewTokens(6)), model, TEXTS);

    int[] steps = found.stream().mapToInt(each -> steps(each.get(0))).toArray();
    assertThat(steps)
        .as("not all end at the same step")
        .doesNotContain(0)
        .isNotEqualTo(new int[] {6, 6, 6});
    for (int step = 0; step < model.widths.size(); step++) {
      int now = step;
      assertThat(model.widths.get(step))
          .isEqualTo((int) IntStream.of(steps).filter(each -> each > now).count());
    }
    assertThat(model.widths).hasSize(IntStream.of(steps).max().getAsInt());
  }

  /** For how many tokens the model was asked. */
  private static int steps(Continuation each) {
    return each.tokens().size() + (each.ending() == Ending.END_TOKEN ? 1 : 0);
  }

  @Test
  void whatIsDrawnDependsOnTheSeedAndNotOnTheBatch() {
    GenerationSettings settings =
        GenerationSettings.sampled(1.5, 7).withMaxNewTokens(12).withSequences(4);
    List<List<Continuation>> together = run(tokens(settings), model(1, TEXTS), TEXTS);

    for (int request = 0; request < TEXTS.size(); request++) {
      List<int[]> alone = List.of(TEXTS.get(request));
      assertThat(run(tokens(settings), model(1, alone), alone).get(0))
          .isEqualTo(together.get(request));
      assertThat(together.get(request)).hasSize(4).doesNotHaveDuplicates();
    }
    GenerationSettings other =
        GenerationSettings.sampled(1.5, 8).withMaxNewTokens(12).withSequences(4);
    assertThat(run(tokens(other), model(1, TEXTS), TEXTS)).isNotEqualTo(together);
  }

  @Test
  void drawnTokensHaveTheModelsFrequencies() {
    List<int[]> texts = List.of(new int[] {2, 3});
    TableModel model = model(11, texts);
    int draws = 4000;
    GenerationSettings settings =
        GenerationSettings.sampled(1, 3).withMaxNewTokens(1).withSequences(draws);
    Map<Integer, Integer> counts = new TreeMap<>();
    for (Continuation each : run(tokens(settings), model, texts).get(0)) {
      counts.merge(each.tokens().isEmpty() ? END : each.tokens().get(0), 1, Integer::sum);
    }

    double[] logs = TokenScores.logProbabilities(model.after(texts.get(0)));
    for (int token = 0; token < VOCABULARY; token++) {
      double expected = Math.exp(logs[token]);
      double spread = 5 * Math.sqrt(expected * (1 - expected) / draws); // five standard deviations
      assertThat(counts.getOrDefault(token, 0) / (double) draws)
          .isCloseTo(expected, within(spread));
    }
  }

  @Test
  void aTextEndsWhereTheModelHasNoMorePositions() {
    List<int[]> texts = List.of(new int[] {1, 2}, new int[] {3});
    Ends never = new Ends(Set.of(), List.of());
    Search search =
        new TokenSearch(GenerationSettings.greedy().withMaxNewTokens(50), never, TextListener.NONE);

    List<List<Continuation>> found = run(search, new TableModel(VOCABULARY, 1, 6, texts), texts);

    // The last token is told by the last position, and takes none itself.
    assertThat(found.get(0).get(0).tokens()).hasSize(6 - 2 + 1);
    assertThat(found.get(1).get(0).tokens()).hasSize(6 - 1 + 1);
    assertThat(found).allMatch(each -> each.get(0).ending() == Ending.LENGTH);
  }

  @Test
  void aPenaltyKeepsFromRepeating() {
    List<int[]> texts = List.of(new int[] {1});
    Ends never = new Ends(Set.of(), List.of());
    GenerationSettings settings = GenerationSettings.greedy().withMaxNewTokens(4);
    Search without = new TokenSearch(settings, never, TextListener.NONE);
    Search with = new TokenSearch(settings.withRepetitionPenalty(1e6), never, TextListener.NONE);
    // Scores above 0, so that the penalty makes each present token the least likely.
    NextTokens positive = new Shifted(model(2, texts));

    assertThat(run(with, positive, texts).get(0).get(0).tokens())
        .doesNotHaveDuplicates()
        .doesNotContain(1);
    assertThat(
            run(without, new Shifted(model(2, texts)), texts).get(0).get(0).tokens().stream()
                .distinct()
                .count())
        .isLessThan(4);
  }

  /** A model whose scores are all above 0. */
  private record Shifted(TableModel of) implements NextTokens {

    @Override
    public int rows() {
      return of.rows();
    }

    @Override
    public float[][] scores() {
      float[][] scores = of.scores();
      for (float[] row : scores) {
        for (int token = 0; token < row.length; token++) {
          row[token] += 20;
        }
      }
      return scores;
    }

    @Override
    public void advance(int[] parents, int[] tokens) {
      of.advance(parents, tokens);
    }

    @Override
    public int room(int row) {
      return of.room(row);
    }

    @Override
    public void close() {}
  }

  /** Every sequence of up to {@code most} tokens that ends, with its log-probability. */
  private static Map<List<Integer>, Double> everything(TableModel model, int[] text, int most) {
    Map<List<Integer>, Double> all = new TreeMap<>(Comparator.comparing(List<Integer>::toString));
    extend(model, text, List.of(), 0, most, all);
    return all;
  }

  private static void extend(
      TableModel model,
      int[] text,
      List<Integer> added,
      double sum,
      int most,
      Map<List<Integer>, Double> all) {
    double[] logs = TokenScores.logProbabilities(model.after(and(text, added)));
    for (int token = 0; token < VOCABULARY; token++) {
      List<Integer> longer = new ArrayList<>(added);
      longer.add(token);
      if (token == END || longer.size() == most) {
        all.put(longer, sum + logs[token]);
      } else {
        extend(model, text, longer, sum + logs[token], most, all);
      }
    }
  }

  private static List<Integer> withEnd(Continuation each) {
    List<Integer> all = new ArrayList<>(each.tokens());
    if (each.ending() == Ending.END_TOKEN) {
      all.add(END);
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void asManyBeamsAsThereAreSequencesFindTheBestOfAll(long seed) {
    GenerationSettings wide =
        new GenerationSettings(3, 0, 0, 1, 1, 125, 0, 5, List.of(), 0); // plain sums
    TableModel model = model(seed, TEXTS);

    List<List<Continuation>> found = run(new BeamSearch(wide, ENDS), model, TEXTS);

    for (int request = 0; request < TEXTS.size(); request++) {
      List<Map.Entry<List<Integer>, Double>> best =
          everything(model, TEXTS.get(request), 3).entrySet().stream()
              .sorted(Map.Entry.<List<Integer>, Double>comparingByValue().reversed())
              .limit(5)
              .toList();
      assertThat(found.get(request).stream().map(SearchTest::withEnd))
          .containsExactlyElementsOf(best.stream().map(Map.Entry::getKey).toList());
      for (int i = 0; i < 5; i++) {
        assertThat(found.get(request).get(i).logProbability())
            .isCloseTo(best.get(i).getValue(), within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aBatchOfBeamsEqualsEachAlone(long seed) {
    GenerationSettings settings =
        GenerationSettings.beamSearch(3).withMaxNewTokens(7).withSequences(3);
    List<List<Continuation>> together =
        run(new BeamSearch(settings, ENDS), model(seed, TEXTS), TEXTS);

    for (int request = 0; request < TEXTS.size(); request++) {
      List<int[]> alone = List.of(TEXTS.get(request));
      assertThat(run(new BeamSearch(settings, ENDS), model(seed, alone), alone).get(0))
          .isEqualTo(together.get(request));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void beamsFindNothingWorseThanGreedy(long seed) {
    GenerationSettings plain = new GenerationSettings(6, 0, 0, 1, 1, 4, 0, 1, List.of(), 0);
    List<List<Continuation>> greedy =
        run(tokens(GenerationSettings.greedy().withMaxNewTokens(6)), model(seed, TEXTS), TEXTS);
    List<List<Continuation>> beams = run(new BeamSearch(plain, ENDS), model(seed, TEXTS), TEXTS);

    for (int request = 0; request < TEXTS.size(); request++) {
      assertThat(beams.get(request).get(0).logProbability())
          .isGreaterThanOrEqualTo(greedy.get(request).get(0).logProbability() - 1e-5);
    }
  }

  @Test
  void aLengthPenaltyFavoursLongerSequences() {
    GenerationSettings shortest = new GenerationSettings(8, 0, 0, 1, 1, 4, -2, 1, List.of(), 0);
    GenerationSettings longest = new GenerationSettings(8, 0, 0, 1, 1, 4, 4, 1, List.of(), 0);
    int shorter = 0;
    int longer = 0;
    for (int seed = 0; seed < 20; seed++) {
      shorter += length(run(new BeamSearch(shortest, ENDS), model(seed, TEXTS), TEXTS));
      longer += length(run(new BeamSearch(longest, ENDS), model(seed, TEXTS), TEXTS));
    }
    assertThat(shorter).isLessThan(longer);
  }

  private static int length(List<List<Continuation>> found) {
    return found.stream().mapToInt(each -> each.get(0).tokens().size()).sum();
  }
}
