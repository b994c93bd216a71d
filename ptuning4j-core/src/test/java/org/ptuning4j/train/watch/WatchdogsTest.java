package org.ptuning4j.train.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.train.objective.Objective;

/** When a run is told that something looks wrong, and when not. */
class WatchdogsTest {

  private static final double BLIND = 0.69;

  static List<PromptMethod> methods() {
    return List.of(PTuningV2.asPublished(8), new HeadOnly(), new FullFineTuning());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void speaksUpWhenTheRateIsTenTimesOff(PromptMethod method) {
    LearningRates usual = method.learningRates();
    assertThat(new Watchdogs(method, usual.lowest() / 10, BLIND).atStart(List.of()))
        .singleElement()
        .satisfies(
            message ->
                assertThat(message)
                    .contains(method.name())
                    .contains("ten times too low")
                    .contains("usual range"));
    assertThat(new Watchdogs(method, usual.highest() * 10, BLIND).atStart(List.of()))
        .singleElement()
        .satisfies(message -> assertThat(message).contains("ten times too high"));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void isSilentAtUsualRates(PromptMethod method) {
    LearningRates usual = method.learningRates();
    for (double rate : new double[] {usual.lowest(), usual.byDefault(), usual.highest()}) {
      assertThat(new Watchdogs(method, rate, BLIND).atStart(List.of())).isEmpty();
    }
  }

  @Test
  void speaksUpWhenThreeEvaluationsGaveOneAnswer() {
    Watchdogs dogs = dogs();
    assertThat(after(dogs, constant("yes"), 0.5)).isEmpty();
    assertThat(after(dogs, constant("yes"), 0.5)).isEmpty();
    assertThat(after(dogs, constant("yes"), 0.5))
        .hasValueSatisfying(
            message ->
                assertThat(message).contains("'yes'").contains("stuck").contains("learning rate"));
    assertThat(after(dogs, constant("yes"), 0.5)).as("said once").isEmpty();
  }

  @Test
  void forgivesAModelThatLeavesItsOneAnswer() {
    Watchdogs dogs = dogs();
    for (int round = 0; round < 3; round++) {
      assertThat(after(dogs, constant("yes"), 0.5)).isEmpty();
      assertThat(after(dogs, constant("yes"), 0.5)).isEmpty();
      assertThat(after(dogs, varied(), 0.5)).isEmpty();
    }
  }

  @Test
  void speaksUpWhenNothingWasLearnt() {
    Watchdogs dogs = dogs();
    assertThat(after(dogs, varied(), 0.70)).isEmpty();
    assertThat(after(dogs, varied(), 0.69)).isEmpty();
    assertThat(after(dogs, varied(), 0.69))
        .hasValueSatisfying(
            message ->
                assertThat(message)
                    .contains("nothing has been learnt")
                    .contains("0.690")
                    .contains("higher or lower"));
    assertThat(after(dogs, varied(), 0.69)).as("said once").isEmpty();
  }

  @Test
  void forgivesALossThatIsHighAndFalling() {
    Watchdogs dogs = dogs();
    assertThat(after(dogs, varied(), 1.1)).isEmpty();
    assertThat(after(dogs, varied(), 0.9)).isEmpty();
    assertThat(after(dogs, varied(), 0.75)).isEmpty();
  }

  @Test
  void asksForALowerRateWhereTheLossIsFarAboveGuessing() {
    Watchdogs dogs = dogs();
    after(dogs, varied(), 5);
    after(dogs, varied(), 5);
    assertThat(after(dogs, varied(), 5))
        .hasValueSatisfying(m -> assertThat(m).contains("ten times lower"));
  }

  @Test
  void saysHowCommonTheCommonestAnswerIsAndWhichWayToGo() {
    Watchdogs dogs = new Watchdogs(PTuningV2.asPublished(8), 30, BLIND);
    after(dogs, constant("pos"), 9);
    after(dogs, constant("pos"), 9);
    assertThat(after(dogs, constant("pos"), 9))
        .hasValueSatisfying(
            message -> assertThat(message).contains("60.0 %").contains("ten times lower than 30"));
  }

  /** A model that leaves its one answer and comes back to it is not told again. */
  @Test
  void doubtsTheLearningOnce() {
    Watchdogs dogs = dogs();
    int spoken = 0;
    for (int i = 0; i < 30; i++) {
      Objective.Evaluation next = i % 10 == 9 ? varied() : constant("yes");
      spoken += after(dogs, next, 0.69).isPresent() ? 1 : 0;
    }
    assertThat(spoken).isEqualTo(1);
  }

  /** Where all training answers are the same, guessing loses nothing and so does the model. */
  @Test
  void isSilentWhereThereIsNothingToLearn() {
    Watchdogs dogs = new Watchdogs(PTuningV2.asPublished(8), 5e-3, 0);
    for (int i = 0; i < 5; i++) {
      assertThat(after(dogs, varied(), 0.01)).isEmpty();
    }
  }

  @Test
  void saysOnceThatTheDecidingMetricIsUndefined() {
    Watchdogs dogs = dogs();
    Objective.Evaluation undefined =
        new Objective.Evaluation(0.7, Map.of("mse", 0.5), Set.of("pearson"), Optional.empty());
    assertThat(dogs.afterEvaluation(undefined, "mse", 0.5)).isEmpty();
    assertThat(dogs.afterEvaluation(undefined, "pearson", 0.4))
        .singleElement()
        .asString()
        .contains("pearson")
        .contains("dev loss decides");
    assertThat(dogs.afterEvaluation(undefined, "pearson", 0.3)).isEmpty();
  }

  @Test
  void isSilentWhenAllIsWell() {
    Watchdogs dogs = dogs();
    assertThat(dogs.atStart(List.of())).isEmpty();
    for (int i = 0; i < 20; i++) {
      assertThat(after(dogs, varied(), 0.6 / (i + 1))).isEmpty();
    }
    assertThat(dogs.state().said()).isEmpty();
  }

  /** Interrupted after each evaluation in turn, a run is told the same, and no more. */
  @Test
  void saysTheSameInAnInterruptedRun() {
    for (int interruptedAfter = 0; interruptedAfter <= 4; interruptedAfter++) {
      Watchdogs dogs = new Watchdogs(PTuningV2.asPublished(8), 1e-6, BLIND);
      dogs.atStart(List.of());
      int spoken = 1;
      for (int evaluation = 1; evaluation <= 4; evaluation++) {
        spoken += after(dogs, constant("no"), 0.7).isPresent() ? 1 : 0;
        if (evaluation == interruptedAfter) {
          Watchdogs.State state = dogs.state();
          dogs = new Watchdogs(PTuningV2.asPublished(8), 1e-6, BLIND);
          dogs.resume(state);
        }
      }
      Watchdogs.State end = dogs.state();
      assertThat(end.said()).hasSize(2).hasSize(spoken);
      assertThat(end.said().get(0)).contains("ten times too low");
      assertThat(end.said().get(1)).contains("'no'");
      assertThat(end.constantEvaluations()).isEqualTo(4);
    }
  }

  /** A little above guessing and hardly falling: the rate may be wrong in either direction. */
  @Test
  void isNotCalmedByALossThatCreepsDown() {
    Watchdogs dogs = dogs();
    assertThat(after(dogs, varied(), 1.04 * BLIND)).isEmpty();
    assertThat(after(dogs, varied(), 1.03 * BLIND)).isEmpty();
    assertThat(after(dogs, varied(), 1.02 * BLIND).orElseThrow()).contains("higher or lower");
  }

  /** What is said of the loss and the answers; one thing at most. */
  private static Optional<String> after(
      Watchdogs dogs, Objective.Evaluation evaluation, double trainLoss) {
    List<String> messages = dogs.afterEvaluation(evaluation, "accuracy", trainLoss);
    assertThat(messages).hasSizeLessThan(2);
    return messages.stream().findFirst();
  }

  private static Watchdogs dogs() {
    return new Watchdogs(PTuningV2.asPublished(8), 5e-3, BLIND);
  }

  private static Objective.Evaluation constant(String answer) {
    return new Objective.Evaluation(
        0.7, Map.of("accuracy", 0.5), Set.of(), Optional.of(new Objective.OneAnswer(answer, 0.6)));
  }

  private static Objective.Evaluation varied() {
    return new Objective.Evaluation(0.5, Map.of("accuracy", 0.8), Set.of(), Optional.empty());
  }
}
