package org.ptuning4j.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;
import org.ptuning4j.train.loop.Trainer;
import org.ptuning4j.train.objective.StateStore;
import org.ptuning4j.train.run.Decision;
import org.ptuning4j.train.run.RunFolder;
import org.ptuning4j.train.run.TrainingListener;

/**
 * A race of several starts, each with a seed of its own: all train for some steps, the better half
 * goes on, until one is left (successive halving, Jamieson and Talwalkar, arXiv 1502.07943). What
 * counts is the loss on a sample of the training rows, without dropout. The winner is a run like
 * any other with its seed, and goes on where the race ended.
 *
 * <p>Each start has a folder below {@code restarts/}; {@code restarts.json} has the rounds.
 */
final class Restarts {

  private static final String RACE = "restarts.json";
  private static final String FOLDER = "restarts";

  /** How far apart the seeds are, so that studies of successive seeds share no start. */
  private static final int SEED_STEP = 1000;

  /** The rows that starts are judged by, at most. */
  private static final int SAMPLE = 512;

  private final PreparedRun parts;
  private final List<HeadSpec> heads;
  private final RacePlan plan;
  private final StateStore store;
  private final TrainingListener listener;

  Restarts(
      PreparedRun parts,
      List<HeadSpec> heads,
      RacePlan plan,
      StateStore store,
      TrainingListener listener) {
    this.parts = parts;
    this.heads = heads;
    this.plan = plan;
    this.store = store;
    this.listener = listener;
  }

  /**
   * Plans the race for a run.
   *
   * @param modules of the run
   * @return empty where there is only one start
   * @throws InvalidSettingException if several starts make no sense for it
   */
  static Optional<RacePlan> plan(TrainingConfig config, RunModules modules) {
    int starts = config.restarts();
    if (starts == 1) {
      return Optional.empty();
    }
    if (config.method().trainsBackbone()) {
      throw refusal(
          "method %s trains the model itself, of which there is one copy"
              .formatted(config.method().name()));
    }
    if (config.searchesRate()) {
      throw refusal("each start would have a learning rate of its own to find; give lr a number");
    }
    Trainer trainer = modules.trainer();
    int rows = modules.objectives().all().lengths().length;
    double rowsOfStep = rows / (double) Math.max(1, trainer.stepsOfEpoch());
    RacePlan.Costs costs =
        new RacePlan.Costs(
            trainer.totalSteps(),
            trainer.stepsBetweenEvaluations(),
            RacePlan.Costs.ofRows(modules.objectives().all().evaluationExamples(), rowsOfStep),
            RacePlan.Costs.ofRows(Math.min(rows, SAMPLE), rowsOfStep));
    int steps =
        RacePlan.longest(starts, costs)
            .orElseThrow(
                () ->
                    refusal(
                        "%d starts cannot be compared within half the time of a run of %d steps;"
                                .formatted(starts, trainer.totalSteps())
                            + " take fewer, or more epochs"));
    return Optional.of(new RacePlan(starts, steps));
  }

  private static InvalidSettingException refusal(String problem) {
    return new InvalidSettingException(TrainingSettings.RESTARTS.name(), problem);
  }

  /**
   * What came of a race.
   *
   * @param seed the winner's
   * @param seconds that the losers trained
   * @param decisions what was decided in each round
   */
  record Won(long seed, double seconds, List<Decision> decisions) {}

  /**
   * Runs the race, or what is left of it, and puts the winner's files into the run's folder.
   *
   * @return empty if it was stopped before its end
   */
  Optional<Won> race(BooleanSupplier stop) {
    RunFolder run = parts.run();
    RaceRecord record = run.read(RACE, RaceRecord.class).orElse(RaceRecord.empty());
    for (int round = record.rounds().size(); round < plan.rounds().size(); round++) {
      int steps = plan.steps() * (round + 1);
      List<Long> starts = round == 0 ? seeds() : survivors(record, round);
      Map<Long, Double> losses = new TreeMap<>();
      Map<Long, Double> seconds = new TreeMap<>();
      for (long seed : starts) {
        try (RunFolder own = RunFolder.open(folder(seed), true);
            RunModules modules = RunModules.create(parts.of(seed, own), heads, store, told(seed))) {
          modules.trainer().resume();
          if (!modules.trainer().advance(steps, stop)) {
            return Optional.empty();
          }
          losses.put(seed, modules.trainer().sampleLoss(parts.config().seed(), SAMPLE));
          seconds.put(seed, modules.trainer().seconds());
        }
      }
      RaceRecord.Round over = new RaceRecord.Round(steps, losses);
      over.best(RacePlan.after(starts.size())).forEach(seconds.keySet()::remove);
      record = record.with(over, seconds.values().stream().mapToDouble(each -> each).sum());
      run.write(RACE, record);
      if (round + 1 < plan.rounds().size()) {
        listener.decided(decision(over, starts.size()));
      }
    }
    return Optional.of(finish(record));
  }

  /** What is wrong with settings and data is said once, of the first start. */
  private TrainingListener told(long seed) {
    return new TrainingListener() {
      @Override
      public void warned(String message) {
        if (seed == parts.config().seed()) {
          listener.warned(message);
        }
      }
    };
  }

  /** Moves the winner's files, once. */
  private Won finish(RaceRecord record) {
    RaceRecord.Round last = record.rounds().get(record.rounds().size() - 1);
    long winner = last.best(1).get(0);
    RaceRecord done = record;
    if (record.winner() == null) {
      parts.run().takeOver(folder(winner));
      done = record.wonBy(winner);
      parts.run().write(RACE, done);
      listener.decided(decision(last, last.losses().size()));
    }
    parts.run().deleteFolder(FOLDER);
    List<Decision> decisions =
        done.rounds().stream().map(round -> decision(round, round.losses().size())).toList();
    return new Won(winner, done.seconds(), decisions);
  }

  private Path folder(long seed) {
    return parts.run().path().resolve(FOLDER).resolve(Long.toString(seed));
  }

  private List<Long> seeds() {
    return LongStream.range(0, parts.config().restarts())
        .mapToObj(i -> parts.config().seed() + i * SEED_STEP)
        .toList();
  }

  private static List<Long> survivors(RaceRecord record, int round) {
    RaceRecord.Round before = record.rounds().get(round - 1);
    return before.best(RacePlan.after(before.losses().size()));
  }

  private static Decision decision(RaceRecord.Round round, int starts) {
    List<Long> best = round.best(RacePlan.after(starts));
    return new Decision(
        TrainingSettings.SEED.name(),
        best.stream().map(String::valueOf).collect(Collectors.joining(", ")),
        String.format(
            Locale.ROOT,
            "%s of %d starts after %d steps; losses %s",
            best.size() == 1 ? "the best" : "the better half",
            starts,
            round.steps(),
            round.losses().entrySet().stream()
                .map(each -> String.format(Locale.ROOT, "%d: %.3f", each.getKey(), each.getValue()))
                .collect(Collectors.joining(", "))));
  }
}
