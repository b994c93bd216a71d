package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.run.Decision;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Races of several starts: what they cost, who wins, and that they can be interrupted. */
class RaceTest {

  @TempDir Path temp;
  private TrainingData data;
  private final List<Decision> decided = new ArrayList<>();

  @BeforeEach
  void write() {
    data =
        TrainingData.of(
            TinyModel.data(temp.resolve("train.jsonl"), 64, 1),
            TinyModel.data(temp.resolve("dev.jsonl"), 16, 2));
  }

  private static TrainingConfigBuilder config() {
    return TrainingConfig.builder()
        .method(PTuningV2.asPublished(4))
        .learningRate(2e-2)
        .epochs(4)
        .batching(new FixedBatches(8))
        .dropout(Optional.of(0.1))
        .precision(Precision.FP32);
  }

  private static Training training(TrainingConfig config) {
    return new Training(TinyModel.bert(), TinyModel.task(), config);
  }

  private TrainingListener listener(Runnable atDecision) {
    return new TrainingListener() {
      @Override
      public void decided(Decision decision) {
        decided.add(decision);
        atDecision.run();
      }
    };
  }

  private TrainingResult run(TrainingConfig config, String out) {
    return training(config).run(data, temp.resolve(out), listener(() -> {}));
  }

  private void requireEqual(String one, String other) {
    RunContents first = RunContents.of(temp.resolve(one));
    RunContents second = RunContents.of(temp.resolve(other));
    assertThat(first.tensors()).isEqualTo(second.tensors());
    assertThat(first.metrics()).isEqualTo(second.metrics());
  }

  /** The winner goes on as if its seed had been given. */
  @Test
  void theWinnerIsAPlainRunWithItsSeed() {
    TrainingResult raced = run(config().restarts(3).build(), "raced");
    assertThat(raced.finished()).isTrue();
    assertThat(raced.seed()).isIn(11L, 1011L, 2011L);
    assertThat(raced.steps()).isEqualTo(32);
    assertThat(raced.settings()).containsEntry("seed", 11L).containsEntry("restarts", 3);
    assertThat(raced.decisions()).isEqualTo(decided).hasSize(2);
    assertThat(decided.get(0).reason()).contains("of 3 starts", "11: ", "1011: ", "2011: ");
    assertThat(decided.get(1).value()).isEqualTo(Long.toString(raced.seed()));
    assertThat(decided.get(0).value()).contains(decided.get(1).value());
    TrainingResult plain = run(config().seed(raced.seed()).build(), "plain");
    requireEqual("raced", "plain");
    assertThat(raced.best()).isEqualTo(plain.best());
    assertThat(raced.trainSeconds()).isPositive();
    assertThat(temp.resolve("raced").resolve("restarts")).doesNotExist();
  }

  /** States that do not change are computed once for all starts; the winner is the same run. */
  @Test
  void startsShareWhatIsComputedOnce() {
    TrainingConfig heads = config().method(new HeadOnly()).dropout(Optional.of(0d)).build();
    List<TrainingListener.ComputedOnce> once = new ArrayList<>();
    TrainingResult raced =
        training(heads.toBuilder().restarts(3).build())
            .run(
                data,
                temp.resolve("raced"),
                new TrainingListener() {
                  @Override
                  public void computedOnce(ComputedOnce computed) {
                    once.add(computed);
                  }
                });
    assertThat(once).hasSize(1);
    assertThat(once.get(0).kept()).isNotEmpty().allMatch(kept -> kept.reused());
    run(heads.toBuilder().seed(raced.seed()).build(), "plain");
    requireEqual("raced", "plain");
  }

  /** The winner has the lowest loss of the last round: a turned sign would fail here. */
  @Test
  void theLowestLossWins() {
    run(config().restarts(3).build(), "raced");
    for (Decision round : decided) {
      List<String> kept = List.of(round.value().split(", ", -1));
      String losses = round.reason().substring(round.reason().indexOf("losses ") + 7);
      double worstKept = Double.NEGATIVE_INFINITY;
      double bestLost = Double.POSITIVE_INFINITY;
      for (String each : losses.split(", ", -1)) {
        double loss = Double.parseDouble(each.split(": ", -1)[1]);
        if (kept.contains(each.split(": ", -1)[0])) {
          worstKept = Math.max(worstKept, loss);
        } else {
          bestLost = Math.min(bestLost, loss);
        }
      }
      assertThat(worstKept).isLessThanOrEqualTo(bestLost);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void goesOnAfterAnInterruption(int decisions) {
    run(config().restarts(3).build(), "whole");
    decided.clear();
    Training first = training(config().restarts(3).build());
    if (decisions == 0) {
      first.stop();
    }
    TrainingResult stopped =
        first.run(
            data,
            temp.resolve("parts"),
            listener(
                () -> {
                  if (decided.size() == decisions) {
                    first.stop();
                  }
                }));
    assertThat(stopped.finished()).isFalse();
    assertThat(decided).hasSize(decisions);
    TrainingResult resumed =
        training(config().restarts(3).build())
            .resume(data, temp.resolve("parts"), listener(() -> {}));
    assertThat(resumed.finished()).isTrue();
    assertThat(resumed.decisions()).isEqualTo(decided).hasSize(2);
    requireEqual("parts", "whole");
  }

  @Test
  void oneStartIsNoRace() {
    run(config().restarts(1).epochs(1).build(), "one");
    run(config().epochs(1).build(), "plain");
    requireEqual("one", "plain");
    assertThat(temp.resolve("one").resolve("restarts.json")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"2", "3", "4", "8", "16"})
  void aRaceCostsAtMostHalfOfARun(int starts) {
    RacePlan.Costs costs = new RacePlan.Costs(600, 60, 10, 5);
    OptionalInt longest = RacePlan.longest(starts, costs);
    assertThat(longest).isPresent();
    double run = 600 + 10 * 10;
    assertThat(new RacePlan(starts, longest.getAsInt()).extra(costs)).isLessThanOrEqualTo(run / 2);
    assertThat(new RacePlan(starts, longest.getAsInt() + 1).extra(costs)).isGreaterThan(run / 2);
  }

  /** Four starts, ten steps a round: two lose after 10 steps, one after 20; two evaluate at 15. */
  @Test
  void whatARaceCosts() {
    RacePlan plan = new RacePlan(4, 10);
    assertThat(plan.rounds()).containsExactly(4, 2);
    assertThat(new RacePlan(5, 1).rounds()).containsExactly(5, 3, 2);
    assertThat(plan.extra(new RacePlan.Costs(100, 15, 3, 2)))
        .isEqualTo(2 * 10 + 20 + 3 + (4 + 2) * 2);
    assertThat(RacePlan.Costs.ofRows(96, 32)).isEqualTo(1);
    assertThat(RacePlan.longest(4, new RacePlan.Costs(3, 1, 100, 100))).isEmpty();
  }

  @Test
  void theBestOfARound() {
    Map<String, Double> losses = new LinkedHashMap<>();
    losses.put("3", 0.5);
    losses.put("1", 0.7);
    losses.put("2", 0.5);
    losses.put("4", 0.1);
    assertThat(new RaceRecord.Round(5, losses).best(3)).containsExactly("4", "3", "2");
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    refused(
        "restarts: method full-fine-tuning trains the model itself",
        config().method(new FullFineTuning()).restarts(2).build());
    refused(
        "restarts: each start would have a learning rate of its own",
        config().searchesRate(true).restarts(2).build());
    refused("restarts: 30 starts cannot be compared", config().epochs(1).restarts(30).build());
  }

  private void refused(String message, TrainingConfig config) {
    Path out = temp.resolve("refused");
    assertThatThrownBy(() -> training(config).run(data, out, TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
    assertThat(out.resolve("run.json")).doesNotExist();
  }
}
