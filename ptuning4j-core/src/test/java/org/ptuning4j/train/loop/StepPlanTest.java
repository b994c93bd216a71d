package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ptuning4j.head.Loss;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.train.batching.BatchWeights;
import org.ptuning4j.train.batching.Batching;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.Schedule;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.exchange.GradientExchange;
import org.ptuning4j.train.objective.Objective;
import org.ptuning4j.train.objective.Preparation;
import org.ptuning4j.train.objective.PromptedBackbone;
import org.ptuning4j.train.objective.StateStore;

/** Steps, rates and evaluations, counted by hand. */
class StepPlanTest {

  /** Rows of one token each; every other epoch has one batch more, as token budgets may have. */
  private record Rows(int count) implements Objective {

    @Override
    public List<int[]> plan(Batching batching, long seed, int epoch) {
      List<int[]> batches = new ArrayList<>(batching.plan(lengths(), seed, epoch));
      if (epoch % 2 == 1) {
        batches.add(new int[0]);
      }
      return batches;
    }

    @Override
    public int[] lengths() {
      return IntStream.range(0, count).map(row -> 1).toArray();
    }

    @Override
    public List<Parameter> parameters() {
      return List.of();
    }

    @Override
    public int trainingExamples() {
      return count;
    }

    @Override
    public int evaluationExamples() {
      return 0;
    }

    @Override
    public Preparation prepare(PromptedBackbone pass, int epochs, StateStore store) {
      return Preparation.NONE;
    }

    @Override
    public Loss loss(PromptedBackbone pass, int[] rows) {
      throw new IllegalStateException("nothing is trained");
    }

    @Override
    public BatchWeights weights(List<int[]> batches) {
      throw new IllegalStateException("nothing is trained");
    }

    @Override
    public List<String> doubts() {
      return List.of();
    }

    @Override
    public Evaluation evaluate(PromptedBackbone pass, GradientExchange exchange) {
      throw new IllegalStateException("nothing is evaluated");
    }

    @Override
    public String primaryMetric() {
      return "accuracy";
    }

    @Override
    public double blindLoss() {
      return Double.NaN;
    }

    @Override
    public void close() {}
  }

  private static TrainingConfigBuilder config() {
    return TrainingConfig.builder().batching(new FixedBatches(4)).epochs(3).learningRate(0.5);
  }

  private static StepPlan plan(TrainingConfig config) {
    return StepPlan.of(config, new Rows(18), true);
  }

  /** 18 rows in fours are five batches; the second epoch has six. */
  @Test
  void everyBatchIsAStep() {
    StepPlan plan = plan(config().build());
    assertThat(List.of(plan.ofEpoch(0), plan.ofEpoch(1), plan.ofEpoch(2))).containsExactly(5, 6, 5);
    assertThat(plan.total()).isEqualTo(16);
  }

  /** What is left over at an epoch's end is a step of its own. */
  @Test
  void accumulationMakesFewer() {
    StepPlan plan = plan(config().accumulation(3).build());
    assertThat(List.of(plan.ofEpoch(0), plan.ofEpoch(1), plan.ofEpoch(2))).containsExactly(2, 2, 2);
    assertThat(plan.total()).isEqualTo(6);
    assertThat(plan(config().accumulation(5).build()).total()).isEqualTo(1 + 2 + 1);
    assertThat(plan(config().accumulation(100).build()).total()).isEqualTo(3);
  }

  @Test
  void aMethodThatTrainsNothingHasNoSteps() {
    StepPlan plan = StepPlan.of(config().build(), new Rows(18), false);
    assertThat(plan.total()).isZero();
    assertThat(plan.ofEpoch(0)).isEqualTo(5);
  }

  @Test
  void theRateFallsOverAllEpochs() {
    StepPlan plan = plan(config().warmupSteps(4).build());
    assertThat(plan.rate(0)).isZero();
    assertThat(plan.rate(2)).isEqualTo(0.25);
    assertThat(plan.rate(4)).isEqualTo(0.5);
    assertThat(plan.rate(10)).isEqualTo(0.25);
    assertThat(plan.rate(15)).isCloseTo(0.5 / 12, within(1e-12));
  }

  private static List<Double> rates(int warmup) {
    TrainingConfigBuilder halving =
        config().scheduleShape(Schedule.Shape.EXPONENTIAL).decayPerEpoch(0.5).warmupSteps(warmup);
    StepPlan plan = plan(halving.learningRate(8).build());
    return IntStream.range(0, plan.total()).mapToObj(plan::rate).toList();
  }

  /** Epochs of five, six and five steps: the rate falls where one ends, and never rises. */
  @Test
  void theExponentialRateFallsWhereAnEpochEnds() {
    assertThat(rates(0))
        .containsExactly(8., 8., 8., 8., 8., 4., 4., 4., 4., 4., 4., 2., 2., 2., 2., 2.);
  }

  /** Two fifths of the first epoch are warm-up: it falls after as much of each later one. */
  @Test
  void theExponentialRateCountsEpochsFromTheWarmupsEnd() {
    assertThat(rates(2))
        .containsExactly(0., 4., 8., 8., 8., 8., 8., 8., 4., 4., 4., 4., 4., 2., 2., 2.);
    assertThat(rates(5)).startsWith(0., 1.6).endsWith(8., 4., 4., 4., 4., 4.);
  }

  @Test
  void theExponentialRateOfEqualEpochs() {
    TrainingConfigBuilder config =
        config().epochs(1).scheduleShape(Schedule.Shape.EXPONENTIAL).decayPerEpoch(0.5);
    assertThat(plan(config.build()).rate(9)).as("past the end").isEqualTo(0.25);
    // 7 / 5 - 2 / 5 is a little less than 1 in floating point.
    assertThat(plan(config.warmupSteps(2).build()).rate(7)).isEqualTo(0.25);
  }

  @Test
  void evaluationsComeWithTheEpochs() {
    StepPlan plan = plan(config().build());
    assertThat(plan.evaluatesAfter(4, 4, 0)).isFalse();
    assertThat(plan.evaluatesAfter(5, 5, 0)).isTrue();
    assertThat(plan.evaluatesAfter(10, 5, 1)).isFalse();
    assertThat(plan.evaluatesAfter(11, 6, 1)).isTrue();
  }

  @Test
  void evaluationsComeAfterSoManyStepsAndAtTheEnd() {
    StepPlan plan = plan(config().evaluateEvery(7).build());
    List<Integer> after =
        IntStream.rangeClosed(1, 16)
            .filter(made -> plan.evaluatesAfter(made, made % 5, 0))
            .boxed()
            .toList();
    assertThat(after).containsExactly(7, 14, 16);
    StepPlan always = plan(config().evaluateEvery(1).build());
    assertThat(always.evaluatesAfter(1, 1, 0)).isTrue();
  }
}
