package org.ptuning4j.study;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.cell.CellKey;
import org.ptuning4j.study.cell.CellStore;
import org.ptuning4j.study.run.CellFolders;
import org.ptuning4j.study.run.CellOutcome;
import org.ptuning4j.study.run.CellRunner;
import org.ptuning4j.study.run.LocalCells;
import org.ptuning4j.study.run.RunFiles;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.train.EarlierPacks;
import org.ptuning4j.train.TaskData;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.StartFrom;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/**
 * Runs the cells of a study and keeps them in a folder: {@code cells/} has a file per cell, {@code
 * runs/TASK/METHOD-SEED-HASH} the run's own files. Cells on several models share the folder. A
 * finished cell is never run again; an interrupted one goes on where it was; one whose input turned
 * out unusable is kept as failed, and is tried again when it is asked for again.
 *
 * <pre>{@code
 * try (Study study = Study.open(folder)) {
 *   StudyRun run = StudyRun.of(model, task, data, config);
 *   Optional<Cell> cell = study.run(run, TrainingListener.silent());
 * }
 * }</pre>
 *
 * <p>Different cells may be run from several threads, as many as {@link #atOnce} says.
 */
public final class Study implements AutoCloseable {

  private static final int HASH_LENGTH = 16;
  private static final int SHOWN_HASH = 8;

  private final Path folder;
  private final boolean keepModels;
  private final CellStore cells;
  private final CellRunner runner;
  private final Fingerprints fingerprints = new Fingerprints();
  private volatile boolean stopped;

  private Study(Path folder, boolean keepModels, CellStore cells, CellRunner runner) {
    this.folder = folder;
    this.keepModels = keepModels;
    this.cells = cells;
    this.runner = runner;
  }

  /**
   * Opens a study's folder, making it if need be. Its cells are trained in this process.
   *
   * @throws InvalidInputException if another process has it open, or a cell in it is damaged
   */
  public static Study open(Path folder) {
    return open(folder, false, new LocalCells());
  }

  /**
   * The same.
   *
   * @param keepModels whether packs that hold a whole model (of full fine-tuning) are kept
   * @param runner trains the cells
   */
  public static Study open(Path folder, boolean keepModels, CellRunner runner) {
    return new Study(folder, keepModels, CellStore.open(folder.resolve("cells")), runner);
  }

  /** Ends the run in progress after its step, and starts no other. From any thread. */
  public void stop() {
    stopped = true;
    runner.stop();
  }

  /** How many cells are trained side by side. */
  public int atOnce() {
    return runner.atOnce();
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
      cell =
          runner
              .train(run, foldersOf(key, run), listener)
              .map(outcome -> finished(run, key, out, outcome));
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
    }
    cell.ifPresent(each -> cells.save(key, each));
    if (cell.isPresent() && cell.get() instanceof Cell.Finished) {
      RunFiles.clean(out, keepsPack(run));
    }
    return cell;
  }

  private Cell.Finished finished(StudyRun run, CellKey key, Path out, CellOutcome outcome) {
    TrainingResult result = outcome.result();
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
        outcome.seconds(),
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
    describe(settings, "config.", run.config(), run.task().answersWords());
    settings.put("task", StudyRun.definition(run.task()));
    describe(settings, "data.", run.data());
    settings.put("model", fingerprints.ofModel(run.model()));
    run.together().ifPresent(together -> settings.put("together", name(run.model(), together)));
    return new CellKey(run.method(), run.label(), run.seed(), settings);
  }

  private String name(Path model, StudyRun.Together together) {
    Map<String, String> settings = new TreeMap<>();
    boolean tags = together.tasks().stream().anyMatch(each -> each.task().answersWords());
    describe(settings, "config.", together.config(), tags);
    for (TaskData each : together.tasks()) {
      settings.put(each.name() + ".task", StudyRun.definition(each.task()));
      describe(settings, each.name() + ".data.", each.data());
    }
    settings.put("model", fingerprints.ofModel(model));
    return new CellKey("together", "tasks", together.config().seed(), settings).name();
  }

  private String shortName(Path model, StudyRun.Together together) {
    return together.config().seed() + "-" + shortHash(name(model, together));
  }

  private void describe(
      Map<String, String> settings, String prefix, TrainingConfig config, boolean tags) {
    Map<String, Object> all = new LinkedHashMap<>(config.settings());
    String open = config.openRules(tags);
    if (!open.isEmpty()) {
      all.put("open", open);
    }
    // Where an earlier pack lies does not matter; what is in it does.
    config.startFrom().ifPresent(start -> all.put("start_from", contents(start)));
    all.forEach((name, value) -> settings.put(prefix + name, String.valueOf(value)));
  }

  private String contents(StartFrom start) {
    return start.best()
        ? EarlierPacks.in(start.folder()).stream()
            .map(fingerprints::of)
            .collect(Collectors.joining(" ", "auto:", ""))
        : fingerprints.of(start.folder());
  }

  private void describe(Map<String, String> settings, String prefix, TrainingData data) {
    settings.put(prefix + "train", fingerprints.of(data.train().path()));
    settings.put(prefix + "dev", fingerprints.of(data.dev().path()));
    settings.put(prefix + "bad_rows", data.badRows().name().toLowerCase(Locale.ROOT));
  }

  private Path folderOf(CellKey key) {
    String method = key.method().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-");
    String task = key.task().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-");
    return folder
        .resolve("runs")
        .resolve(task)
        .resolve(method + "-" + key.seed() + "-" + shortHash(key.name()));
  }

  private CellFolders foldersOf(CellKey key, StudyRun run) {
    return new CellFolders(
        folderOf(key),
        run.together()
            .map(together -> shortName(run.model(), together))
            .map(name -> folder.resolve("runs").resolve("together").resolve(name)));
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
    runner.close();
    cells.close();
  }
}
