package org.ptuning4j.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Supplier;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.run.CellFolders;
import org.ptuning4j.study.run.CellOutcome;
import org.ptuning4j.study.run.CellRunner;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.train.run.RunFolder;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/**
 * Trains the legs of trials by a {@link CellRunner}, each until it comes to its rung or time is up.
 */
final class Legs {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** How long a process of an earlier call, which was killed, may take to end. */
  private static final Duration ENDING = Duration.ofSeconds(60);

  private final SearchFolder folder;
  private final TrialRuns runs;
  private final CellRunner runner;
  private final Clock clock;
  private final double endSeconds;
  private final Supplier<Boolean> stopped;
  private volatile boolean timeIsUp;

  /**
   * Legs of a search.
   *
   * @param endSeconds when time is up, by the clock
   * @param stopped whether the search was told to stop
   */
  Legs(
      SearchFolder folder,
      TrialRuns runs,
      CellRunner runner,
      Clock clock,
      double endSeconds,
      Supplier<Boolean> stopped) {
    this.folder = folder;
    this.runs = runs;
    this.runner = runner;
    this.clock = clock;
    this.endSeconds = endSeconds;
    this.stopped = stopped;
  }

  /** Whether no leg can begin any more. */
  boolean timeIsUp() {
    return timeIsUp || clock.seconds() >= endSeconds;
  }

  /** Whether the search was told to stop. */
  boolean isStopped() {
    return stopped.get();
  }

  /** How many are trained side by side; {@link #train} is called from as many threads. */
  int atOnce() {
    return runner.atOnce();
  }

  /** Ends what is in progress; the search failed. */
  void stop() {
    runner.stop();
  }

  /** Why a leg has no result. */
  static final class FailedException extends Exception {

    private static final long serialVersionUID = 1;

    FailedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Trains a run as far as is asked.
   *
   * @return empty if it was stopped, or time was up before its first evaluation
   * @throws FailedException if it cannot be trained
   */
  Optional<Leg> train(RunRequest request, TrainingListener listener) throws FailedException {
    folder.save(request);
    double start = clock.seconds();
    Timer timer = new Timer("search-time", true);
    try {
      StudyRun run = runs.run(request);
      Path out = folder.run(request.name());
      RunFolder.awaitFree(out, ENDING);
      if (Double.isFinite(endSeconds)) {
        timer.schedule(end(), Math.max(0, (long) (1000 * (endSeconds - start))));
      }
      Optional<CellOutcome> outcome =
          runner.train(run, new CellFolders(out, Optional.empty()), saving(listener));
      return leg(outcome.map(CellOutcome::result), out, run, clock.seconds() - start);
    } catch (RuntimeException | OutOfMemoryError e) {
      // Native memory that is exhausted comes as a RuntimeException, too. The next may be smaller.
      throw new FailedException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    } finally {
      timer.cancel();
      clock.save();
    }
  }

  private TimerTask end() {
    return new TimerTask() {
      @Override
      public void run() {
        endTime();
      }
    };
  }

  /** Time is up from now on: the training in progress ends after its step. */
  void endTime() {
    timeIsUp = true;
    runner.stop();
  }

  /** Whoever is killed has spent what it had at the last evaluation. */
  private TrainingListener saving(TrainingListener listener) {
    return new EvaluationListener(listener, clock::save);
  }

  private Optional<Leg> leg(
      Optional<TrainingResult> whole, Path out, StudyRun run, double wallSeconds) {
    if (whole.isEmpty() && stopped.get()) {
      return Optional.empty();
    }
    if (whole.isEmpty() && !timeIsUp) {
      throw InvalidInputException.of("%s: the run ended before its end", out);
    }
    Optional<TrainingResult> result = whole.or(() -> unfinished(out));
    String metric = run.task().primaryMetric();
    if (result.isEmpty() || result.get().epoch() == 0) {
      return Optional.empty();
    }
    TrainingResult reached = result.get();
    Double value = reached.best().get(metric);
    if (value == null) {
      throw InvalidInputException.of(
          "%s is not defined on the answers to the evaluation data (all the same?)", metric);
    }
    Map<String, Double> metrics = new LinkedHashMap<>(reached.best());
    return Optional.of(
        new Leg(
            whole.isPresent() ? run.config().epochsMade() : evaluatedEpochs(out),
            whole.isPresent(),
            value,
            metrics,
            reached.epoch(),
            reached.trainableParameters(),
            reached.learningRate(),
            reached.trainSeconds(),
            wallSeconds,
            reached.peakMemoryBytes()));
  }

  /** What a run that was stopped left behind, if it was evaluated. */
  private static Optional<TrainingResult> unfinished(Path out) {
    Path file = out.resolve("result.json");
    try {
      return Files.exists(file)
          ? Optional.of(JSON.readValue(Files.readAllBytes(file), TrainingResult.class))
          : Optional.empty();
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /** The epochs after which a run was evaluated last. */
  private static int evaluatedEpochs(Path out) {
    Path file = out.resolve("metrics.jsonl");
    int epochs = 0;
    try {
      for (String line : Files.readAllLines(file)) {
        JsonNode point = JSON.readTree(line);
        epochs = point.path("epoch").asInt();
      }
      return epochs;
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }
}
