package org.ptuning4j.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.train.config.StartFrom;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;
import org.ptuning4j.train.loop.Trainer;
import org.ptuning4j.train.objective.StateStore;
import org.ptuning4j.train.run.Decision;
import org.ptuning4j.train.run.RunFolder;
import org.ptuning4j.train.run.TrainingListener;

/**
 * A race of several starts, each with a seed or an earlier pack's prompt of its own: all train for
 * some steps, the better half goes on, until one is left (successive halving, Jamieson and
 * Talwalkar, arXiv 1502.07943). What counts is the loss on a sample of the training rows, without
 * dropout. The winner is a run like any other with its seed or pack, and goes on where the race
 * ended.
 *
 * <p>Each start has a folder below {@code restarts/}; {@code restarts.json} has the rounds.
 */
final class Race {

  private static final String RACE = "restarts.json";
  private static final String FOLDER = "restarts";

  /** How far apart the seeds are, so that studies of successive seeds share no start. */
  private static final int SEED_STEP = 1000;

  /** The rows that starts are judged by, at most. */
  private static final int SAMPLE = 512;

  /** A round among packs is at least this part of the run's steps: less would tell little. */
  private static final int LEAST_ROUND = 50;

  private final PreparedRun parts;
  private final List<HeadSpec> heads;
  private final Starters starters;
  private final StateStore store;
  private final TrainingListener listener;

  Race(
      PreparedRun parts,
      List<HeadSpec> heads,
      Starters starters,
      StateStore store,
      TrainingListener listener) {
    this.parts = parts;
    this.heads = heads;
    this.starters = starters;
    this.store = store;
    this.listener = listener;
  }

  /**
   * Who takes part, and for how long.
   *
   * @param setting the setting that asks for the race
   * @param decided the setting that it decides
   * @param starts the starts, in the order in which equal ones win
   * @param plan the rounds
   */
  record Starters(Setting<?> setting, Setting<?> decided, List<Start> starts, RacePlan plan) {}

  /**
   * Plans the race for a run.
   *
   * @param modules of the run; its prompt is changed where earlier packs are tried
   * @return empty where there is only one start
   * @throws InvalidSettingException if several starts make no sense for it
   */
  static Optional<Starters> plan(PreparedRun parts, RunModules modules, TrainingListener listener) {
    TrainingConfig config = parts.config();
    boolean transfers = config.startFrom().map(StartFrom::best).orElse(false);
    if (transfers) {
      if (config.restarts() > 1) {
        throw refusal(
            TrainingSettings.RESTARTS,
            "start-from auto races the packs of a folder; leave restarts at 1");
      }
      requireComparable(TrainingSettings.START_FROM, config);
      List<Start> starts = EarlierPacks.starts(parts, modules.prompt(), listener);
      return Optional.of(ofPacks(starts, costs(modules), listener));
    }
    if (config.restarts() == 1) {
      return Optional.empty();
    }
    requireComparable(TrainingSettings.RESTARTS, config);
    return Optional.of(ofSeeds(config, costs(modules)));
  }

  private static void requireComparable(Setting<?> setting, TrainingConfig config) {
    if (config.method().trainsBackbone()) {
      throw refusal(
          setting,
          "method %s trains the model itself, of which there is one copy"
              .formatted(config.method().name()));
    }
    if (config.searchesRate()) {
      throw refusal(
          setting, "each start would have a learning rate of its own to find; give lr a number");
    }
  }

  private static RacePlan.Costs costs(RunModules modules) {
    Trainer trainer = modules.trainer();
    int rows = modules.objectives().all().lengths().length;
    double rowsOfStep = rows / (double) Math.max(1, trainer.stepsOfEpoch());
    return new RacePlan.Costs(
        trainer.totalSteps(),
        trainer.stepsBetweenEvaluations(),
        RacePlan.Costs.ofRows(modules.objectives().all().evaluationExamples(), rowsOfStep),
        RacePlan.Costs.ofRows(Math.min(rows, SAMPLE), rowsOfStep));
  }

  private static Starters ofSeeds(TrainingConfig config, RacePlan.Costs costs) {
    int count = config.restarts();
    int steps =
        RacePlan.longest(count, costs)
            .orElseThrow(() -> tooMany(TrainingSettings.RESTARTS, count, costs));
    List<Start> starts =
        LongStream.range(0, count)
            .mapToObj(i -> Start.ofSeed(config.seed() + i * SEED_STEP))
            .toList();
    return new Starters(
        TrainingSettings.RESTARTS, TrainingSettings.SEED, starts, new RacePlan(count, steps));
  }

  /** As many packs as the run can afford, those of tasks like its own first. */
  private static Starters ofPacks(
      List<Start> starts, RacePlan.Costs costs, TrainingListener listener) {
    for (int count = starts.size(); count > 1; count--) {
      OptionalInt steps = RacePlan.longest(count, costs);
      if (steps.isPresent() && steps.getAsInt() >= costs.steps() / LEAST_ROUND) {
        if (count < starts.size()) {
          listener.warned(
              "start-from: %d of %d packs race, as many as half the time of the run allows; left out"
                      .formatted(count - 1, starts.size() - 1)
                  + " are %s"
                      .formatted(
                          starts.subList(count, starts.size()).stream()
                              .map(Start::name)
                              .collect(Collectors.joining(", "))));
        }
        return new Starters(
            TrainingSettings.START_FROM,
            TrainingSettings.START_FROM,
            List.copyOf(starts.subList(0, count)),
            new RacePlan(count, steps.getAsInt()));
      }
    }
    throw tooMany(TrainingSettings.START_FROM, 2, costs);
  }

  private static InvalidSettingException tooMany(
      Setting<?> setting, int starts, RacePlan.Costs costs) {
    return refusal(
        setting,
        "%d starts cannot be compared within half the time of a run of %d steps;"
                .formatted(starts, costs.steps())
            + " take fewer, or more epochs");
  }

  private static InvalidSettingException refusal(Setting<?> setting, String problem) {
    return new InvalidSettingException(setting.name(), problem);
  }

  /**
   * What came of a race.
   *
   * @param start the winner
   * @param seconds that the losers trained
   * @param decisions what was decided in each round
   */
  record Won(Start start, double seconds, List<Decision> decisions) {}

  /**
   * Runs the race, or what is left of it, and puts the winner's files into the run's folder.
   *
   * @return empty if it was stopped before its end
   */
  Optional<Won> race(BooleanSupplier stop) {
    RunFolder run = parts.run();
    RaceRecord record = run.read(RACE, RaceRecord.class).orElse(RaceRecord.empty());
    List<Integer> rounds = starters.plan().rounds();
    for (int round = record.rounds().size(); round < rounds.size(); round++) {
      int steps = starters.plan().steps() * (round + 1);
      List<Start> starts = round == 0 ? starters.starts() : survivors(record, round);
      Map<String, Double> losses = new LinkedHashMap<>();
      Map<String, Double> seconds = new LinkedHashMap<>();
      for (Start start : starts) {
        try (RunFolder own = RunFolder.open(folder(start), true);
            RunModules modules =
                RunModules.create(parts.of(start, own), heads, store, told(start))) {
          modules.trainer().resume();
          if (!modules.trainer().advance(steps, stop)) {
            return Optional.empty();
          }
          losses.put(start.name(), modules.trainer().sampleLoss(parts.config().seed(), SAMPLE));
          seconds.put(start.name(), modules.trainer().seconds());
        }
      }
      RaceRecord.Round over = new RaceRecord.Round(steps, losses);
      over.best(RacePlan.after(starts.size())).forEach(seconds.keySet()::remove);
      record = record.with(over, seconds.values().stream().mapToDouble(each -> each).sum());
      run.write(RACE, record);
      if (round + 1 < rounds.size()) {
        listener.decided(decision(over, starts.size()));
      }
    }
    return Optional.of(finish(record));
  }

  /** What is wrong with settings and data is said once, of the first start. */
  private TrainingListener told(Start start) {
    return new TrainingListener() {
      @Override
      public void warned(String message) {
        if (start.equals(starters.starts().get(0))) {
          listener.warned(message);
        }
      }
    };
  }

  /** Moves the winner's files, once. */
  private Won finish(RaceRecord record) {
    RaceRecord.Round last = record.rounds().get(record.rounds().size() - 1);
    Start winner = start(last.best(1).get(0));
    RaceRecord done = record;
    if (record.winner() == null) {
      parts.run().takeOver(folder(winner));
      done = record.wonBy(winner.name());
      parts.run().write(RACE, done);
      listener.decided(decision(last, last.losses().size()));
    }
    parts.run().deleteFolder(FOLDER);
    List<Decision> decisions =
        done.rounds().stream().map(round -> decision(round, round.losses().size())).toList();
    return new Won(winner, done.seconds(), decisions);
  }

  /** Names of packs are paths, which may be long; their hash is not. */
  private Path folder(Start start) {
    String name = start.pack().isEmpty() ? start.name() : DigestUtils.sha256Hex(start.name());
    return parts.run().path().resolve(FOLDER).resolve(name);
  }

  private List<Start> survivors(RaceRecord record, int round) {
    RaceRecord.Round before = record.rounds().get(round - 1);
    return before.best(RacePlan.after(before.losses().size())).stream().map(this::start).toList();
  }

  /** An interrupted race goes on with the packs that it began with. */
  private Start start(String name) {
    return starters.starts().stream()
        .filter(start -> start.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                refusal(
                    starters.setting(),
                    "the race that is to go on has a start from '%s', which is not there any more"
                        .formatted(name)));
  }

  private Decision decision(RaceRecord.Round round, int starts) {
    List<String> best = round.best(RacePlan.after(starts));
    return new Decision(
        starters.decided().name(),
        String.join(", ", best),
        String.format(
            Locale.ROOT,
            "%s of %d starts after %d steps; losses %s",
            best.size() == 1 ? "the best" : "the better half",
            starts,
            round.steps(),
            round.losses().entrySet().stream()
                .map(each -> String.format(Locale.ROOT, "%s: %.3f", each.getKey(), each.getValue()))
                .collect(Collectors.joining(", "))));
  }
}
