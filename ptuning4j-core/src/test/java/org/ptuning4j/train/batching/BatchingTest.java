package org.ptuning4j.train.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.batching.Batching.TokenBudget;

class BatchingTest {

  @Provide
  Arbitrary<int[]> lengths() {
    return Arbitraries.integers().between(1, 300).array(int[].class).ofMaxSize(400);
  }

  @Provide
  Arbitrary<Batching> batchings() {
    return Arbitraries.oneOf(
        Arbitraries.integers().between(1, 40).map(FixedBatches::new),
        Arbitraries.integers().between(1, 2000).map(TokenBudget::new));
  }

  @Property(tries = 300)
  void everyRowIsInExactlyOneBatch(
      @ForAll("batchings") Batching batching,
      @ForAll("lengths") int[] lengths,
      @ForAll long seed,
      @ForAll @IntRange(max = 200) int epoch) {
    int[] all = IntStream.range(0, lengths.length).toArray();
    assertThat(rows(batching.plan(lengths, seed, epoch)).sorted().toArray()).isEqualTo(all);
    assertThat(rows(batching.planSequential(lengths)).sorted().toArray()).isEqualTo(all);
    assertThat(batching.plan(lengths, seed, epoch)).noneMatch(batch -> batch.length == 0);
  }

  @Property(tries = 300)
  void noBatchOfSeveralRowsIsOverTheBudget(
      @ForAll @IntRange(min = 1, max = 2000) int tokens,
      @ForAll("lengths") int[] lengths,
      @ForAll long seed) {
    List<int[]> batches = new ArrayList<>(new TokenBudget(tokens).plan(lengths, seed, 0));
    batches.addAll(new TokenBudget(tokens).planSequential(lengths));
    for (int[] batch : batches) {
      int longest = IntStream.of(batch).map(row -> lengths[row]).max().orElseThrow();
      assertThat(batch.length == 1 || batch.length * longest <= tokens).isTrue();
    }
  }

  @Property(tries = 300)
  void fixedBatchesAreFullButForOne(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll("lengths") int[] lengths,
      @ForAll long seed) {
    for (List<int[]> plan :
        List.of(
            new FixedBatches(size).plan(lengths, seed, 3),
            new FixedBatches(size).planSequential(lengths))) {
      assertThat(plan).hasSize((lengths.length + size - 1) / size);
      assertThat(plan.stream().filter(batch -> batch.length != size).count())
          .isEqualTo(lengths.length % size == 0 ? 0 : 1);
    }
  }

  @Property(tries = 100)
  void sameSeedAndEpochGiveTheSamePlan(
      @ForAll("batchings") Batching batching, @ForAll("lengths") int[] lengths, @ForAll long seed) {
    assertThat(asLists(batching.plan(lengths, seed, 5)))
        .isEqualTo(asLists(batching.plan(lengths.clone(), seed, 5)));
  }

  @Property(tries = 200)
  void evaluationHasNoMorePaddingThanTraining(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll("lengths") int[] lengths,
      @ForAll long seed) {
    Batching batching = new FixedBatches(size);
    double sequential = Batching.paddingShare(batching.planSequential(lengths), lengths);
    double trained = Batching.paddingShare(batching.plan(lengths, seed, 0), lengths);
    int[] inOrder =
        batching.planSequential(lengths).stream()
            .flatMapToInt(Arrays::stream)
            .map(row -> lengths[row])
            .toArray();
    int[] sorted = lengths.clone();
    Arrays.sort(sorted);
    int[] reversed = new int[sorted.length];
    Arrays.setAll(reversed, i -> sorted[sorted.length - 1 - i]);
    assertThat(inOrder).isIn(sorted, reversed);
    if (lengths.length % size == 0) { // a partial batch of the longest rows can be luckier
      assertThat(sequential).isLessThanOrEqualTo(trained + 1e-12);
    }
  }

  @Test
  void seedsAndEpochsOrderDifferently() {
    int[] lengths = new int[1000];
    Arrays.fill(lengths, 7);
    Batching batching = new FixedBatches(8);
    List<List<List<Integer>>> plans = new ArrayList<>();
    for (long seed = 0; seed < 5; seed++) {
      for (int epoch = 0; epoch < 5; epoch++) {
        plans.add(asLists(batching.plan(lengths, seed, epoch)));
      }
    }
    assertThat(plans).doesNotHaveDuplicates();
  }

  /** A resumed run on another Java version must go on in the same order. */
  @Test
  void orderIsTheSameEverywhere() {
    int[] lengths = {3, 9, 4, 4, 8, 1, 7, 2, 6, 5};
    assertThat(asLists(new FixedBatches(3).plan(lengths, 11, 2)))
        .containsExactly(List.of(8, 9, 3), List.of(5), List.of(1, 4, 6), List.of(2, 0, 7));
    assertThat(asLists(new TokenBudget(16).plan(lengths, 11, 2)))
        .containsExactly(List.of(8, 9), List.of(4, 6), List.of(5), List.of(1), List.of(3, 2, 0, 7));
  }

  @Test
  void everyPlaceIsEquallyLikely() {
    int[] lengths = new int[6];
    Arrays.fill(lengths, 4);
    int[][] counts = new int[6][6]; // [row][place]
    int epochs = 12_000;
    for (int epoch = 0; epoch < epochs; epoch++) {
      int[] order = rows(new FixedBatches(6).plan(lengths, 1, epoch)).toArray();
      for (int place = 0; place < 6; place++) {
        counts[order[place]][place]++;
      }
    }
    double expected = epochs / 6.0;
    double chiSquare =
        Arrays.stream(counts)
            .flatMapToInt(Arrays::stream)
            .mapToDouble(count -> (count - expected) * (count - expected) / expected)
            .sum();
    assertThat(chiSquare).isBetween(5.0, 60.0); // 25 degrees of freedom: 25 ± 7
  }

  @Test
  void similarLengthsGoTogetherAndYetBatchesAreMixed() {
    Random random = new Random(5);
    int[] lengths = IntStream.range(0, 20_000).map(i -> 4 + random.nextInt(125)).toArray();
    for (Batching batching : List.of(new FixedBatches(16), new TokenBudget(1024))) {
      List<int[]> plan = batching.plan(lengths, 3, 0);
      assertThat(Batching.paddingShare(plan, lengths)).isLessThan(0.05);
      assertThat(Batching.paddingShare(batching.planSequential(lengths), lengths)).isLessThan(0.01);
      long longerThanNext =
          IntStream.range(1, plan.size())
              .filter(i -> lengths[plan.get(i - 1)[0]] > lengths[plan.get(i)[0]])
              .count();
      assertThat(longerThanNext / (double) plan.size()).isBetween(0.4, 0.6);
    }
    List<int[]> unsorted = new ArrayList<>();
    for (int start = 0; start < lengths.length; start += 16) {
      unsorted.add(IntStream.range(start, start + 16).toArray());
    }
    assertThat(Batching.paddingShare(unsorted, lengths)).isGreaterThan(0.35);
  }

  @Test
  void evaluationStartsWithTheLongest() {
    assertThat(new FixedBatches(2).planSequential(new int[] {3, 9, 3, 5, 9}))
        .containsExactly(new int[] {1, 4}, new int[] {3, 0}, new int[] {2});
  }

  @Test
  void rowOverTheBudgetIsAlone() {
    assertThat(new TokenBudget(10).planSequential(new int[] {50, 5, 5, 2_000_000_000, 2}))
        .containsExactly(new int[] {3}, new int[] {0}, new int[] {1, 2}, new int[] {4});
  }

  @Test
  void paddingShareCountsWhatIsComputedInVain() {
    int[] lengths = {10, 6, 4};
    assertThat(Batching.paddingShare(List.of(new int[] {0, 1, 2}), lengths))
        .isEqualTo(1 - 20.0 / 30);
    assertThat(Batching.paddingShare(List.of(new int[] {0}, new int[] {1, 2}), lengths))
        .isEqualTo(1 - 20.0 / 22);
    assertThat(Batching.paddingShare(List.of(), new int[0])).isZero();
  }

  @Test
  void whatABatchAdmits() {
    assertThat(new FixedBatches(3).admits(3, 900)).isTrue();
    assertThat(new FixedBatches(3).admits(4, 1)).isFalse();
    assertThat(new FixedBatches(3).admits(3, 12, 900)).as("items are counted, not rows").isTrue();
    assertThat(new FixedBatches(3).admits(4, 4, 1)).isFalse();
    assertThat(new TokenBudget(10).admits(2, 5)).isTrue();
    assertThat(new TokenBudget(10).admits(2, 6)).isFalse();
    assertThat(new TokenBudget(10).admits(1, 11)).as("a single row").isTrue();
    assertThat(new TokenBudget(10).admits(1, 3, 11)).as("a single item").isTrue();
    assertThat(new TokenBudget(10).admits(2, 3, 4)).as("rows of both items").isFalse();
  }

  @Test
  void packedBatchesAreCutAsTheyAreDrawn() {
    int[] tokens = {5, 1, 1, 1, 5, 3, 40, 2};
    for (Batching batching : new Batching[] {new FixedBatches(3), new TokenBudget(8)}) {
      List<int[]> batches = batching.planPacked(tokens, 3, 1);
      assertThat(rows(batches).sorted()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
      for (int[] batch : batches) {
        int sum = IntStream.of(batch).map(item -> tokens[item]).sum();
        assertThat(batching.admitsPacked(batch.length, sum)).isTrue();
      }
      assertThat(rows(batching.planPacked(tokens, 3, 2)).boxed().toList())
          .isNotEqualTo(rows(batches).boxed().toList());
    }
    assertThat(new TokenBudget(8).admitsPacked(2, 9)).isFalse();
    assertThat(new TokenBudget(8).admitsPacked(1, 9)).as("a single item").isTrue();
    assertThat(new FixedBatches(2).admitsPacked(3, 3)).isFalse();
  }

  /** Questions with four candidates each. */
  @Test
  void itemsOfSeveralRows() {
    int[] lengths = {10, 10, 10, 10, 10};
    int[] rows = {4, 4, 4, 4, 4};
    assertThat(sizes(new FixedBatches(2).planSequential(lengths, rows))).containsExactly(2, 2, 1);
    assertThat(sizes(new TokenBudget(80).planSequential(lengths, rows))).containsExactly(2, 2, 1);
    assertThat(sizes(new TokenBudget(79).planSequential(lengths, rows)))
        .containsExactly(1, 1, 1, 1, 1);
    assertThat(sizes(new FixedBatches(2).plan(lengths, rows, 1, 0)))
        .containsExactlyInAnyOrder(2, 2, 1);
  }

  private static List<Integer> sizes(List<int[]> batches) {
    return batches.stream().map(batch -> batch.length).toList();
  }

  @Test
  void sizesMustBePositive() {
    assertThatThrownBy(() -> new FixedBatches(0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("rows per batch is 0, must be at least 1");
    assertThatThrownBy(() -> new TokenBudget(-5))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("tokens per batch is -5, must be at least 1");
  }

  private static IntStream rows(List<int[]> batches) {
    return batches.stream().flatMapToInt(IntStream::of);
  }

  private static List<List<Integer>> asLists(List<int[]> batches) {
    return batches.stream().map(batch -> IntStream.of(batch).boxed().toList()).toList();
  }
}
