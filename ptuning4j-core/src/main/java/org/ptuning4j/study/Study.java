package org.ptuning4j.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.cell.CellKey;
import org.ptuning4j.study.cell.CellStore;
import org.ptuning4j.task.Task;
import org.ptuning4j.tensor.engine.Machine;
import org.ptuning4j.train.TaskData;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/**
 * Runs the cells of a study on one model, one after the other, and keeps them in a folder: {@code
 * cells/} has a file per cell, {@code runs/TASK/METHOD-SEED-HASH} the run's own files. A finished
 * cell is never run again; an interrupted one goes on where it was; one whose input turned out
 * unusable is kept as failed, and is tried again when it is asked for again.
 *
 * <pre>{@code
 * try (Study study = Study.open(model, folder)) {
 *   Optional<Cell> cell = study.run(StudyRun.of(task, data, config), TrainingListener.silent());
 * }
 * }</pre>
 *
 * <p>Only {@link #stop} may be called from another thread.
 */
public final class Study implements AutoCloseable {

  private static final int HASH_LENGTH = 16;
  private static final int SHOWN_HASH = 8;

  /** Maps of any order give the same text, so that a cell is found again. */
  private static final ObjectMapper SORTED =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

  private final Path model;
  private final Path folder;
  private final boolean keepModels;
  private final CellStore cells;
  private final Fingerprints fingerprints = new Fingerprints();
  private volatile boolean stopped;
  private volatile Training current;

  private Study(Path model, Path folder, boolean keepModels, CellStore cells) {
    this.model = model;
    this.folder = folder;
    this.keepModels = keepModels;
    this.cells = cells;
  }

  /**
   * Opens a study's folder, making it if need be.
   *
   * @param model a folder with config.json, weights and tokenizer
   * @throws InvalidInputException if another process has it open, or a cell in it is damaged
   */
  public static Study open(Path model, Path folder) {
    return open(model, folder, false);
  }

  /**
   * The same.
   *
   * @param keepModels whether packs that hold a whole model (of full fine-tuning) are kept
   */
  public static Study open(Path model, Path folder, boolean keepModels) {
    return new Study(model, folder, keepModels, CellStore.open(folder.resolve("cells")));
  }

  /** Ends the run in progress after its step, and starts no other. From any thread. */
  public void stop() {
    stopped = true;
    Training running = current;
    if (running != null) {
      running.stop();
    }
  }

  /** Whether {@link #stop} was called. */
  public boolean isStopped() {
    return stopped;
  }

  /**
   * The finished cell of a run, if there is one.
   *
   * @throws InvalidInputException if the model or the data cannot be read
   */
  public Optional<Cell.Finished> find(StudyRun run) {
    return cells.find(key(run));
  }

  /** Whether a run was begun and not finished: it will go on from its last checkpoint. */
  public boolean isBegun(StudyRun run) {
    CellKey key = key(run);
    return cells.find(key).isEmpty() && RunFiles.isBegun(folderOf(key));
  }

  /**
   * The cell of a run: the finished one where there is one, else it is trained, from its last
   * checkpoint if it was begun.
   *
   * @param listener watches the training; silent where there is nothing to train
   * @return empty if {@link #stop} was called before the run's end
   * @throws InvalidInputException if the model or a file of data cannot be read at all; what is
   *     wrong inside makes a failed cell
   */
  public Optional<Cell> run(StudyRun run, TrainingListener listener) {
    CellKey key = key(run);
    Path out = folderOf(key);
    Optional<Cell.Finished> finished = cells.find(key);
    if (finished.isPresent()) {
      RunFiles.clean(out, keepsPack(run));
      return Optional.of(finished.get());
    }
    Optional<Cell> cell = Optional.empty();
    try {
      cell = trained(run, key, out, listener);
    } catch (InvalidInputException e) {
      cell =
          Optional.of(
              new Cell.Failed(
                  key.method(),
                  key.task(),
                  key.seed(),
                  run.shown(),
                  String.valueOf(e.getMessage()),
                  relative(out)));
    } finally {
      current = null;
    }
    cell.ifPresent(each -> cells.save(key, each));
    if (cell.isPresent() && cell.get() instanceof Cell.Finished) {
      RunFiles.clean(out, keepsPack(run));
    }
    return cell;
  }

  private Optional<Cell> trained(StudyRun run, CellKey key, Path out, TrainingListener listener) {
    TrainingConfig config = run.config();
    double seconds = 0;
    if (run.together().isPresent()) {
      StudyRun.Together together = run.together().get();
      Path shared = folder.resolve("runs").resolve("together").resolve(shortName(together));
      Optional<Double> spent = trainTogether(together, shared, listener);
      if (spent.isEmpty()) {
        return Optional.empty();
      }
      // The shared training is a cost of each of its tasks, by equal parts.
      seconds = spent.get() / together.tasks().size();
      Path pack = shared.resolve("packs").resolve(run.task().name()).toAbsolutePath().normalize();
      config = config.toBuilder().startFrom(Optional.of(pack)).build();
    }
    if (stopped) {
      return Optional.empty();
    }
    Machine.resetPeakMemory(); // what earlier runs have left is not what this one needs
    TrainingResult result = train(new Training(model, run.task(), config), run, out, listener);
    return result.finished()
        ? Optional.of(finished(run, key, out, result, seconds))
        : Optional.empty();
  }

  private TrainingResult train(
      Training training, StudyRun run, Path out, TrainingListener listener) {
    begin(training);
    return RunFiles.isBegun(out)
        ? training.resume(run.data(), out, listener)
        : training.run(run.data(), out, listener);
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
      StudyRun.Together together, Path out, TrainingListener listener) {
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

  private Cell.Finished finished(
      StudyRun run, CellKey key, Path out, TrainingResult result, double more) {
    String metric = run.task().primaryMetric();
    if (!result.best().containsKey(metric)) {
      throw InvalidInputException.of(
          "%s is not defined on the answers to the evaluation data (all the same?), so that there"
              + " is nothing to compare",
          metric);
    }
    return new Cell.Finished(
        key.method(),
        key.task(),
        key.seed(),
        run.shown(),
        metric,
        result.best().get(metric),
        result.best(),
        result.trainableParameters(),
        result.totalParameters(),
        result.trainSeconds() + more,
        result.peakMemoryBytes(),
        result.frozenBackbone(),
        RunFiles.curve(out, metric),
        relative(out));
  }

  private boolean keepsPack(StudyRun run) {
    return keepModels || !run.config().method().trainsBackbone();
  }

  // ---- what a run is known by

  private CellKey key(StudyRun run) {
    Map<String, String> settings = new TreeMap<>(run.shown());
    describe(settings, "config.", run.config());
    describe(settings, "task", run.task());
    describe(settings, "data.", run.data());
    settings.put("model", modelHash());
    run.together().ifPresent(together -> settings.put("together", name(together)));
    return new CellKey(run.method(), run.label(), run.seed(), settings);
  }

  private String name(StudyRun.Together together) {
    Map<String, String> settings = new TreeMap<>();
    describe(settings, "config.", together.config());
    for (TaskData each : together.tasks()) {
      describe(settings, each.name() + ".task", each.task());
      describe(settings, each.name() + ".data.", each.data());
    }
    settings.put("model", modelHash());
    return new CellKey("together", "tasks", together.config().seed(), settings).name();
  }

  private String shortName(StudyRun.Together together) {
    return together.config().seed() + "-" + shortHash(name(together));
  }

  private String modelHash() {
    return fingerprints.ofModel(model);
  }

  private void describe(Map<String, String> settings, String prefix, TrainingConfig config) {
    Map<String, Object> all = new LinkedHashMap<>(config.settings());
    // Where an earlier pack lies does not matter; what is in it does.
    config.startFrom().ifPresent(pack -> all.put("start_from", fingerprints.of(pack)));
    all.forEach((name, value) -> settings.put(prefix + name, String.valueOf(value)));
  }

  private void describe(Map<String, String> settings, String prefix, TrainingData data) {
    settings.put(prefix + "train", fingerprints.of(data.train().path()));
    settings.put(prefix + "dev", fingerprints.of(data.dev().path()));
    settings.put(prefix + "bad_rows", data.badRows().name().toLowerCase(Locale.ROOT));
  }

  private static void describe(Map<String, String> settings, String prefix, Task<?> task) {
    try {
      settings.put(prefix, SORTED.writeValueAsString(task.definition()));
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          "task: the definition of '" + task.name() + "' cannot be written as JSON", e);
    }
  }

  private Path folderOf(CellKey key) {
    String method = key.method().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-");
    String task = key.task().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-");
    return folder
        .resolve("runs")
        .resolve(task)
        .resolve(method + "-" + key.seed() + "-" + shortHash(key.name()));
  }

  private static String shortHash(String name) {
    int start = name.length() - HASH_LENGTH;
    return name.substring(start, start + SHOWN_HASH);
  }

  private String relative(Path out) {
    return folder.relativize(out).toString().replace('\\', '/');
  }

  /** Every cell that the folder has, finished or failed. */
  public List<Cell> all() {
    return cells.all();
  }

  /** Lets others open the folder. */
  @Override
  public void close() {
    cells.close();
  }
}
