package org.ptuning4j.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.search.Domain.Interval;
import org.ptuning4j.search.Domain.Listed;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.study.run.CellFolders;
import org.ptuning4j.study.run.CellOutcome;
import org.ptuning4j.study.run.CellRunner;
import org.ptuning4j.study.run.LocalCells;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Trials, promotions, budgets and resuming; mostly without training anything. */
class SearchTest {

  @TempDir Path folder;

  /** Runs of a tiny model by a few settings. */
  private final class Runs implements TrialRuns {

    @Override
    public StudyRun run(RunRequest request) {
      Map<String, String> all = request.asSettings();
      int length = Integer.parseInt(all.getOrDefault("prompt-length", "4"));
      PTuningV2 method =
          new PTuningV2(
              length,
              new LayerRange(all.getOrDefault("layers", "all")),
              Optional.empty(),
              0,
              PTuningV2.ofLength(4).positions(),
              org.ptuning4j.prompt.initialisation.NormalInitialisation.NORMAL);
      SettingValues values = SettingValues.of(TrainingSettings.all());
      for (var setting : TrainingSettings.all()) {
        String text = all.get(setting.name());
        values = text == null ? values : values.withText(setting, text);
      }
      var builder = TrainingConfig.builder().method(method);
      TrainingSettings.apply(values, builder);
      return new StudyRun(
          "p-tuning-v2",
          "tiny",
          Map.of("trial", request.name()),
          TinyModel.bert(),
          TinyModel.task(),
          TrainingData.of(folder.resolve("train.jsonl"), folder.resolve("dev.jsonl")),
          builder.build(),
          Optional.empty());
    }

    @Override
    public boolean applies(String method, String setting) {
      return true;
    }
  }

  /** Answers at once with a value that follows from the run, and remembers what was asked. */
  private static final class Pretending implements CellRunner {

    private final ToDoubleBiFunction<StudyRun, Integer> value;
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private int slots = 1;
    private int stopBefore = Integer.MAX_VALUE;
    private Runnable whenStopped = () -> {};

    Pretending(ToDoubleBiFunction<StudyRun, Integer> value) {
      this.value = value;
    }

    @Override
    public Optional<CellOutcome> train(
        StudyRun run, CellFolders folders, TrainingListener listener) {
      if (asked.size() >= stopBefore) {
        whenStopped.run();
        return Optional.empty();
      }
      int epochs = run.config().epochsMade();
      asked.add(run.shown().get("trial") + "@" + epochs);
      write(folders.own());
      double reached = value.applyAsDouble(run, epochs);
      if (Double.isNaN(reached)) {
        throw new InvalidInputException("the loss became NaN");
      }
      return Optional.of(new CellOutcome(result(run, reached, epochs), 0));
    }

    private static void write(Path own) {
      try {
        Files.createDirectories(own.resolve("pack"));
        Files.writeString(own.resolve("pack").resolve("prompt.json"), "{}");
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    @Override
    public int atOnce() {
      return slots;
    }

    @Override
    public void stop() {
      // nothing is in progress
    }
  }

  private static TrainingResult result(StudyRun run, double value, int epochs) {
    long trained = run.config().method().parameterCount(spec());
    return new TrainingResult(
        "p-tuning-v2",
        "tiny",
        trained,
        10 * trained,
        true,
        Map.of("accuracy", value),
        List.of(),
        epochs,
        epochs,
        false,
        epochs,
        true,
        epochs,
        1,
        0,
        "fp32",
        "",
        run.seed(),
        0.01,
        List.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        0,
        List.of());
  }

  private static org.ptuning4j.backbone.BackboneSpec spec() {
    var model = org.ptuning4j.backbone.ModelFolder.open(TinyModel.bert());
    return org.ptuning4j.backbone.BackboneFamilies.standard().of(model).spec(model);
  }

  private static SearchSpace space() {
    return new SearchSpace(
        List.of(
            new Dimension("prompt-length", new Interval(1, 16, true)),
            new Dimension("lr", new Interval(1e-4, 1e-1, false)),
            new Dimension("layers", new Listed(List.of("default", "top:1")))),
        List.of(Map.of()));
  }

  private SearchPlan plan(int trials, int seeds) {
    return plan(trials, seeds, 1);
  }

  private SearchPlan plan(int trials, int seeds, int atOnce) {
    return new SearchPlan(
        space(),
        new Runs(),
        new SearchBudget(Optional.empty(), Optional.of(trials), seeds),
        Optional.of(9),
        11,
        atOnce,
        true,
        spec().layers(),
        40,
        Map.of("model", "tiny"));
  }

  /** Higher rates are better here, and later epochs a little. */
  private static double byRate(StudyRun run, int epochs) {
    return Math.log10(run.config().learningRate()) / 10 + 0.5 + epochs / 1000.0;
  }

  /** No two trials with the same rate have the same. */
  private static double size(StudyRun run) {
    return run.config().method().parameterCount(spec()) / 100.0;
  }

  private static SearchOutcome run(Path out, SearchPlan plan, CellRunner runner) {
    try (Search search = Search.open(out, plan, runner)) {
      return search.run(new SearchListener() {}).orElseThrow();
    }
  }

  @Test
  void aThirdOfTheTrialsGoesOnFromWhereItWas() {
    Pretending runner = new Pretending(SearchTest::byRate);
    SearchOutcome outcome = run(folder.resolve("s"), plan(9, 1), runner);
    assertThat(outcome.trials()).hasSize(9);
    assertThat(runner.asked).filteredOn(asked -> asked.endsWith("@1")).hasSize(9);
    // Trials are promoted as they come: never more than a third of those that came to a rung.
    assertThat(runner.asked).filteredOn(asked -> asked.endsWith("@3")).hasSizeBetween(2, 5);
    assertThat(runner.asked).filteredOn(asked -> asked.endsWith("@9")).isNotEmpty();
    Trial winner = outcome.winner();
    assertThat(winner.epochs()).isEqualTo(9);
    double best = winner.last().orElseThrow().value();
    assertThat(outcome.trials())
        .allMatch(trial -> trial.last().orElseThrow().value() <= best + 0.01);
    // The same run is asked to go on, in the same folder.
    String name = String.format("%04d", winner.number());
    assertThat(runner.asked).contains(name + "@1", name + "@9");
  }

  @Test
  void interruptedItComesToTheSameTrialsAndTheSameWinner() {
    SearchOutcome straight =
        run(folder.resolve("straight"), plan(10, 2), new Pretending(SearchTest::byRate));
    for (int after : List.of(0, 1, 5, 11)) {
      Path out = folder.resolve("cut-" + after);
      Pretending first = new Pretending(SearchTest::byRate);
      first.stopBefore = after;
      try (Search search = Search.open(out, plan(10, 2), first)) {
        first.whenStopped = search::stop;
        assertThat(search.run(new SearchListener() {})).isEmpty();
      }
      SearchOutcome second = run(out, plan(10, 2), new Pretending(SearchTest::byRate));
      assertThat(settings(second)).as("after %d", after).isEqualTo(settings(straight));
      assertThat(second.winningRun().request().asSettings())
          .usingRecursiveComparison()
          .ignoringFields("start-from")
          .isEqualTo(straight.winningRun().request().asSettings());
    }
  }

  /** Rounds of three, with a last one of one, are cut in the middle and at their ends. */
  @Test
  void sideBySideAndInterruptedItComesToTheTrialsOfOneAfterTheOther() {
    SearchOutcome straight =
        run(folder.resolve("straight"), plan(10, 2, 3), new Pretending(SearchTest::byRate));
    Pretending several = new Pretending(SearchTest::byRate);
    several.slots = 3;
    SearchOutcome together = run(folder.resolve("together"), plan(10, 2, 3), several);
    assertThat(settings(together)).isEqualTo(settings(straight));
    for (int after : List.of(1, 3, 4, 9)) {
      Path out = folder.resolve("cut-" + after);
      Pretending first = new Pretending(SearchTest::byRate);
      first.stopBefore = after;
      try (Search search = Search.open(out, plan(10, 2, 3), first)) {
        first.whenStopped = search::stop;
        assertThat(search.run(new SearchListener() {})).isEmpty();
      }
      Pretending second = new Pretending(SearchTest::byRate);
      second.slots = 2;
      assertThat(settings(run(out, plan(10, 2, 3), second)))
          .as("after %d", after)
          .isEqualTo(settings(straight));
    }
  }

  private static List<Object> settings(SearchOutcome outcome) {
    List<Object> all = new ArrayList<>();
    for (Trial trial : outcome.trials()) {
      Map<String, Object> one = new LinkedHashMap<>(trial.settings());
      one.put("origin", trial.origin());
      one.put("epochs", trial.epochs());
      one.put("repeats", trial.repeats().size());
      all.add(one);
    }
    return all;
  }

  @Test
  void aTrialThatFailsIsMarkedAndTheOthersGoOn() {
    SearchOutcome outcome =
        run(
            folder.resolve("s"),
            plan(6, 1),
            new Pretending(
                (run, epochs) ->
                    run.config().learningRate() > 0.003 ? Double.NaN : byRate(run, epochs)));
    assertThat(outcome.trials()).hasSize(6);
    assertThat(outcome.trials())
        .filteredOn(Trial::hasFailed)
        .isNotEmpty()
        .allSatisfy(trial -> assertThat(trial.failure()).contains("became NaN"));
    assertThat(outcome.winner().hasFailed()).isFalse();
  }

  @Test
  void memoryThatRunsOutFailsATrialToo() {
    Pretending small =
        new Pretending(
            (run, epochs) -> {
              if (run.config().learningRate() > 0.003) {
                throw new OutOfMemoryError("native memory");
              }
              return byRate(run, epochs);
            });
    SearchOutcome outcome = run(folder.resolve("s"), plan(6, 1), small);
    assertThat(outcome.trials())
        .filteredOn(Trial::hasFailed)
        .isNotEmpty()
        .allSatisfy(trial -> assertThat(trial.failure()).isEqualTo("native memory"));
  }

  @Test
  void whereAllFailTheCauseIsSaid() {
    assertThatThrownBy(
            () -> run(folder.resolve("s"), plan(3, 1), new Pretending((r, e) -> Double.NaN)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("3 of 3 trials failed")
        .hasMessageContaining("became NaN");
  }

  @Test
  void finalistsAreTrainedWithFurtherSeedsAndTheHigherMeanWins() {
    // The higher rate is lucky with the first seed alone.
    Pretending runner =
        new Pretending(
            (run, epochs) -> {
              double value = byRate(run, epochs) + size(run) / 1e6;
              return run.seed() == 11 ? value : 1 - value;
            });
    SearchOutcome outcome = run(folder.resolve("s"), plan(12, 3), runner);
    List<Trial> repeated =
        outcome.trials().stream().filter(trial -> !trial.repeats().isEmpty()).toList();
    assertThat(repeated).hasSize(SearchBudget.FINALISTS);
    assertThat(repeated).allMatch(trial -> trial.repeats().size() == 2);
    assertThat(SearchOutcome.values(outcome.winner())).containsOnlyKeys(11L, 12L, 13L);
    Trial lucky = repeated.stream().min(Trial.BEST_FIRST).orElseThrow();
    assertThat(outcome.winner().number()).isNotEqualTo(lucky.number());
  }

  @Test
  void anotherSearchIsNotPutIntoTheSameFolder() {
    Path out = folder.resolve("s");
    run(out, plan(2, 1), new Pretending(SearchTest::byRate));
    SearchPlan other =
        new SearchPlan(
            new SearchSpace(
                List.of(new Dimension("lr", new Interval(1e-4, 1e-1, false))), List.of()),
            new Runs(),
            new SearchBudget(Optional.empty(), Optional.of(2), 1),
            Optional.of(9),
            11,
            1,
            true,
            2,
            40,
            Map.of("model", "tiny"));
    assertThatThrownBy(() -> Search.open(out, other, new LocalCells()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("holds another search");
    // More trials of the same search are no other search.
    assertThat(run(out, plan(4, 1), new Pretending(SearchTest::byRate)).trials()).hasSize(4);
  }

  @Test
  void timeEndsATrialThatIsLongerThanWhatIsLeft() {
    TinyModel.data(folder.resolve("train.jsonl"), 60, 1);
    TinyModel.data(folder.resolve("dev.jsonl"), 20, 2);
    SearchPlan plan =
        new SearchPlan(
            space(),
            new Runs(),
            new SearchBudget(Optional.of(60d), Optional.empty(), 1),
            Optional.of(100_000),
            11,
            1,
            true,
            2,
            60,
            Map.of());
    // The first rung alone would take longer than an hour; its third evaluation ends the time.
    SearchOutcome outcome;
    try (Search search = Search.open(folder.resolve("s"), plan, new LocalCells())) {
      outcome = search.run(endingAt(3, search)).orElseThrow();
    }
    Trial only = outcome.winner();
    assertThat(only.last().orElseThrow().whole()).isFalse();
    assertThat(only.epochs()).isEqualTo(3);
    RunRequest again = outcome.winningRun().request();
    assertThat(again.stopAfter()).isEqualTo(only.epochs());
    // What it came to is reproduced by its settings.
    StudyRun run = new Runs().run(again);
    TrainingResult repeated =
        new org.ptuning4j.train.Training(run.model(), run.task(), run.config())
            .run(run.data(), folder.resolve("again"), TrainingListener.silent());
    assertThat(repeated.best()).isEqualTo(outcome.winningRun().leg().metrics());
  }

  private static SearchListener endingAt(int evaluation, Search search) {
    return new SearchListener() {
      private int evaluations;

      @Override
      public TrainingListener training() {
        return new TrainingListener() {
          @Override
          public void evaluated(Evaluated each) {
            if (++evaluations == evaluation) {
              search.endTime();
            }
          }
        };
      }
    };
  }

  @Test
  void aShorterPromptStartsFromALongerOne() {
    TinyModel.data(folder.resolve("train.jsonl"), 24, 1);
    TinyModel.data(folder.resolve("dev.jsonl"), 12, 2);
    SearchOutcome outcome = run(folder.resolve("s"), plan(9, 1), new LocalCells());
    List<Trial> warm = outcome.trials().stream().filter(each -> each.start() != null).toList();
    assertThat(warm).as(settings(outcome).toString()).isNotEmpty();
    for (Trial trial : warm) {
      assertThat(trial.hasFailed()).isFalse();
      Trial parent = outcome.trials().get(trial.start().trial());
      assertThat(trial.last().orElseThrow().parameters())
          .isLessThan(parent.last().orElseThrow().parameters());
      assertThat(trial.trainSeconds()).isGreaterThan(trial.last().orElseThrow().trainSeconds());
      assertThat(folder.resolve("s").resolve(trial.start().pack()).resolve("prompt.json")).exists();
    }
    assertThat(outcome.trials()).noneMatch(Trial::hasFailed);
  }

  @Test
  void runsFitTheTimeByFewerEpochsThenByFewerRows() {
    // 4 minutes: a run may take 144 seconds, of which three starts are 6.
    Pace fast = Pace.fitting(240, 100, 0.05, 1, 2);
    assertThat(fast.epochs()).isEqualTo(23);
    assertThat(fast.trainRows()).isNull();
    Pace slow = Pace.fitting(240, 100_000, 0.01, 1, 2);
    assertThat(slow.epochs()).isEqualTo(3);
    assertThat(slow.trainRows()).isEqualTo(4500);
    assertThat(Pace.fitting(1e6, 10, 0.01, 0.1, 2).epochs()).isEqualTo(30);
  }

  @Test
  void rungsAreThirds() {
    assertThat(Ladder.of(10).rungs()).containsExactly(1, 3, 10);
    assertThat(Ladder.of(30).rungs()).containsExactly(3, 10, 30);
    assertThat(Ladder.of(2).rungs()).containsExactly(2);
    assertThat(Ladder.of(1).rungs()).containsExactly(1);
  }
}
