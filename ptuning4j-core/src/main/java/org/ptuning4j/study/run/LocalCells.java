package org.ptuning4j.study.run;

import java.nio.file.Path;
import java.util.Optional;
import org.ptuning4j.tensor.engine.Machine;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.config.StartFrom;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/**
 * Trains cells in this process. The mark of the most memory in use is reset before each; what the C
 * library and the JVM keep of earlier cells still counts, so that a cell's figure is exact only for
 * the first ({@link CellProcesses} trains each in a process of its own).
 */
public final class LocalCells implements CellRunner {

  private volatile boolean stopped;
  private volatile Training current;

  @Override
  public void stop() {
    stopped = true;
    Training running = current;
    if (running != null) {
      running.stop();
    }
  }

  @Override
  public Optional<CellOutcome> train(StudyRun run, CellFolders folders, TrainingListener listener) {
    try {
      return trained(run, folders, listener);
    } finally {
      current = null;
    }
  }

  private Optional<CellOutcome> trained(
      StudyRun run, CellFolders folders, TrainingListener listener) {
    TrainingConfig config = run.config();
    double seconds = 0;
    if (run.together().isPresent()) {
      StudyRun.Together together = run.together().get();
      Path shared = folders.together().orElseThrow();
      Optional<Double> spent = trainTogether(run.model(), together, shared, listener);
      if (spent.isEmpty()) {
        return Optional.empty();
      }
      // The shared training is a cost of each of its tasks, by equal parts.
      seconds = spent.get() / together.tasks().size();
      Path pack = shared.resolve("packs").resolve(run.task().name()).toAbsolutePath().normalize();
      config = config.toBuilder().startFrom(Optional.of(StartFrom.pack(pack))).build();
    }
    if (stopped) {
      return Optional.empty();
    }
    Machine.resetPeakMemory(); // what earlier runs have left is not what this one needs
    Training training = new Training(run.model(), run.task(), config);
    begin(training);
    TrainingResult result =
        RunFiles.isBegun(folders.own())
            ? training.resume(run.data(), folders.own(), listener)
            : training.run(run.data(), folders.own(), listener);
    return result.finished() ? Optional.of(new CellOutcome(result, seconds)) : Optional.empty();
  }

  /** A stop that comes between two runs must reach the next as well. */
  private void begin(Training training) {
    current = training;
    if (stopped) {
      training.stop();
    }
  }

  /**
   * Trains several tasks together, unless that was done before.
   *
   * @return the seconds that it took; empty if it was stopped
   */
  private Optional<Double> trainTogether(
      Path model, StudyRun.Together together, Path out, TrainingListener listener) {
    Optional<Double> before = RunFiles.finishedSeconds(out);
    if (before.isPresent()) {
      RunFiles.clean(out, true);
      return before;
    }
    if (stopped) {
      return Optional.empty();
    }
    Training training = Training.ofSeveral(model, together.config());
    begin(training);
    TrainingResult result =
        training.runTogether(together.tasks(), out, RunFiles.isBegun(out), listener);
    if (!result.finished()) {
      return Optional.empty();
    }
    RunFiles.clean(out, true);
    return Optional.of(result.trainSeconds());
  }
}
