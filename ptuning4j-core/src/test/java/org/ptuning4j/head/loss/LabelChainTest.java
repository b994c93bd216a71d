package org.ptuning4j.head.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Against the definition: a sum over every sequence of labels. */
class LabelChainTest {

  private static final int LABELS = 3;

  private static List<int[]> sequences(int words) {
    List<int[]> all = new ArrayList<>();
    for (int code = 0; code < Math.pow(LABELS, words); code++) {
      int rest = code;
      int[] labels = new int[words];
      for (int word = 0; word < words; word++) {
        labels[word] = rest % LABELS;
        rest /= LABELS;
      }
      all.add(labels);
    }
    return all;
  }

  private static double score(float[] emissions, float[] transitions, int[] labels) {
    double score = 0;
    for (int word = 0; word < labels.length; word++) {
      score += emissions[word * LABELS + labels[word]];
      score += word == 0 ? 0 : transitions[labels[word - 1] * LABELS + labels[word]];
    }
    return score;
  }

  private static boolean fits(int[] labels, long[] targets) {
    for (int word = 0; word < labels.length; word++) {
      if (targets[word] >= 0 && targets[word] != labels[word]) {
        return false;
      }
    }
    return true;
  }

  /** Sums of exp s over all sequences that fit, in total and by each emission and transition. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Sums(double total, double[] byEmission, double[] byTransition) {

    static Sums of(float[] emissions, float[] transitions, long[] targets) {
      double total = 0;
      double[] byEmission = new double[emissions.length];
      double[] byTransition = new double[transitions.length];
      for (int[] labels : sequences(targets.length)) {
        if (fits(labels, targets)) {
          double share = Math.exp(score(emissions, transitions, labels));
          total += share;
          for (int word = 0; word < labels.length; word++) {
            byEmission[word * LABELS + labels[word]] += share;
            if (word > 0) {
              byTransition[labels[word - 1] * LABELS + labels[word]] += share;
            }
          }
        }
      }
      return new Sums(total, byEmission, byTransition);
    }
  }

  private static float[] random(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextInt(-3000, 3000) / 1000f;
    }
    return values;
  }

  /** About one target in four is open. */
  @Property(tries = 300)
  void lossAndGradientsAreThoseOfTheSumOverAllSequences(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int words) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] emissions = random(random, words * LABELS);
    float[] transitions = random(random, LABELS * LABELS);
    long[] targets = new long[words];
    Arrays.setAll(targets, word -> random.nextInt(4) - 1);
    long[] open = new long[words];
    Arrays.fill(open, -1);
    Sums all = Sums.of(emissions, transitions, open);
    Sums right = Sums.of(emissions, transitions, targets);

    LabelChain chain = new LabelChain(LABELS, transitions);
    float[] byEmission = new float[emissions.length];
    double loss = chain.loss(emissions, 0, targets, byEmission);

    assertThat(loss).isCloseTo(Math.log(all.total()) - Math.log(right.total()), within(1e-9));
    for (int i = 0; i < byEmission.length; i++) {
      double expected = all.byEmission()[i] / all.total() - right.byEmission()[i] / right.total();
      assertThat((double) byEmission[i]).isCloseTo(expected, within(1e-6));
    }
    float[] byTransition = chain.byTransition();
    for (int i = 0; i < byTransition.length; i++) {
      double expected =
          all.byTransition()[i] / all.total() - right.byTransition()[i] / right.total();
      assertThat((double) byTransition[i]).isCloseTo(expected, within(1e-5));
    }
  }

  @Property(tries = 50)
  void sequencesOneBehindTheOtherAddUp(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] emissions = random(random, 5 * LABELS);
    float[] transitions = random(random, LABELS * LABELS);
    long[] first = {0, 2};
    long[] second = {1, 1, -1};
    LabelChain both = new LabelChain(LABELS, transitions);
    float[] byEmission = new float[emissions.length];
    double loss =
        both.loss(emissions, 0, first, byEmission) + both.loss(emissions, 2, second, byEmission);

    LabelChain one = new LabelChain(LABELS, transitions);
    LabelChain other = new LabelChain(LABELS, transitions);
    float[] head = Arrays.copyOf(emissions, 2 * LABELS);
    float[] tail = Arrays.copyOfRange(emissions, 2 * LABELS, 5 * LABELS);
    float[] byHead = new float[head.length];
    float[] byTail = new float[tail.length];
    double sum = one.loss(head, 0, first, byHead) + other.loss(tail, 0, second, byTail);

    assertThat(loss).isCloseTo(sum, within(1e-12));
    assertThat(Arrays.copyOf(byEmission, byHead.length)).containsExactly(byHead);
    assertThat(Arrays.copyOfRange(byEmission, byHead.length, byEmission.length))
        .containsExactly(byTail);
    for (int i = 0; i < LABELS * LABELS; i++) {
      float expected = one.byTransition()[i] + other.byTransition()[i];
      assertThat(both.byTransition()[i]).isCloseTo(expected, within(1e-6f));
    }
  }

  /** Without transitions a chain is a softmax over each word. */
  @Example
  void equalTransitionsAreNone() {
    float[] emissions = {1, 2, 3, 0, -1, 4};
    float[] equal = new float[LABELS * LABELS];
    Arrays.fill(equal, 7);
    double loss = new LabelChain(LABELS, equal).loss(emissions, 0, new long[] {2, 0}, new float[6]);
    double first = Math.log(Math.exp(-2) + Math.exp(-1) + 1);
    double second = Math.log(1 + Math.exp(-1) + Math.exp(4));
    assertThat(loss).isCloseTo(first + second, within(1e-9));
  }

  @Example
  void nothingRunsOverWhereScoresAreFarApart() {
    float far = 1e4f;
    float[] emissions = {far, -far, 0, -far, far, 0, 0, 0, far};
    float[] transitions = {-far, far, 0, far, 0, -far, 0, 0, far};
    LabelChain chain = new LabelChain(LABELS, transitions);
    float[] byEmission = new float[emissions.length];
    double loss = chain.loss(emissions, 0, new long[] {1, 0, 2}, byEmission);
    assertThat(loss).isFinite().isPositive();
    for (float each : byEmission) {
      assertThat(each).isBetween(-1f, 1f);
    }
    for (float each : chain.byTransition()) {
      assertThat(each).isBetween(-2f, 2f);
    }
  }

  @Example
  void whereNoLabelIsKnownNothingIsLearnt() {
    LabelChain chain = new LabelChain(LABELS, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
    float[] byEmission = new float[6];
    assertThat(chain.loss(new float[] {1, 2, 3, 4, 5, 6}, 0, new long[] {-1, -1}, byEmission))
        .isZero();
    assertThat(byEmission).containsOnly(0);
    assertThat(chain.byTransition()).containsOnly(0);
  }

  @Example
  void transitionsAreAsManyAsPairsOfLabels() {
    assertThatThrownBy(() -> new LabelChain(LABELS, new float[8]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("8 transitions are not those of 3 labels");
  }
}
