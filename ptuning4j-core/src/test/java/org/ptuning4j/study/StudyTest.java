package org.ptuning4j.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.cell.CurvePoint;
import org.ptuning4j.study.run.LocalCells;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.TaskData;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** Cells of a study on a tiny model: what runs, what does not run again, and what is left over. */
class StudyTest {

  private static final int ROWS = 24;
  private static final int EPOCHS = 2;

  @TempDir Path temp;
  private Path folder;
  private TrainingData data;

  @BeforeEach
  void write() {
    folder = temp.resolve("study");
    data =
        TrainingData.of(
            TinyModel.data(temp.resolve("train.jsonl"), ROWS, 1),
            TinyModel.data(temp.resolve("dev.jsonl"), 12, 2));
  }

  /** Remembers what a run told. */
  private static class Watcher implements TrainingListener {
    final List<Start> starts = new ArrayList<>();
    int steps;

    @Override
    public void started(Start start) {
      starts.add(start);
    }

    @Override
    public void stepped(Step step) {
      steps++;
    }
  }

  private Study open() {
    return Study.open(folder);
  }

  private static TrainingConfig config(PromptMethod method) {
    return TrainingConfig.builder()
        .method(method)
        .epochs(EPOCHS)
        .batching(new FixedBatches(8))
        .precision(Precision.FP32)
        .build();
  }

  private StudyRun deep() {
    return StudyRun.of(TinyModel.bert(), TinyModel.task(), data, config(PTuningV2.asPublished(4)));
  }

  private static Cell.Finished finished(Optional<Cell> cell) {
    assertThat(cell).get().isInstanceOf(Cell.Finished.class);
    return (Cell.Finished) cell.orElseThrow();
  }

  @Test
  void theOrderOfNamesInATaskIsNoDifference() {
    Map<String, String> one = new LinkedHashMap<>();
    one.put("good", "well");
    one.put("bad", "badly");
    Map<String, String> other = new LinkedHashMap<>();
    other.put("bad", "badly");
    other.put("good", "well");
    try (Study study = open()) {
      Cell.Finished before = finished(study.run(named(one), TrainingListener.silent()));
      assertThat(study.find(named(other))).contains(before);
    }
  }

  private StudyRun named(Map<String, String> names) {
    SequenceClassificationTask plain = TinyModel.task();
    SequenceClassificationTask task =
        new SequenceClassificationTask(
            plain.info(), plain.columns(), plain.labelColumn(), List.of("bad", "good"), names);
    return StudyRun.of(TinyModel.bert(), task, data, config(new HeadOnly()));
  }

  @Test
  void aFinishedCellIsNotRunAgain() {
    Watcher first = new Watcher();
    Watcher second = new Watcher();
    Cell.Finished before;
    try (Study study = open()) {
      before = finished(study.run(deep(), first));
    }
    try (Study study = open()) {
      assertThat(study.find(deep())).contains(before);
      assertThat(finished(study.run(deep(), second))).isEqualTo(before);
      assertThat(study.all()).containsExactly(before);
    }
    assertThat(first.steps).isEqualTo(EPOCHS * ROWS / 8);
    assertThat(second.starts).isEmpty();
    assertThat(before.curve()).hasSize(EPOCHS).extracting(CurvePoint::epoch).containsExactly(1, 2);
    assertThat(before.value())
        .isEqualTo(before.curve().stream().mapToDouble(CurvePoint::value).max().orElseThrow());
    assertThat(before.frozenBackbone()).isTrue();
    assertThat(before.trainableShare()).isBetween(1e-6, 0.5);
  }

  @Test
  void onlyWhatIsWorthKeepingIsKept() throws IOException {
    try (Study study = open()) {
      Path kept = folder.resolve(finished(study.run(deep(), new Watcher())).folder());
      assertThat(names(kept)).contains("pack", "metrics.jsonl", "result.json", "run.json");
      assertThat(names(kept)).noneMatch(name -> name.endsWith(".safetensors"));
      StudyRun full =
          StudyRun.of(TinyModel.bert(), TinyModel.task(), data, config(new FullFineTuning()));
      Cell.Finished cell = finished(study.run(full, new Watcher()));
      assertThat(cell.frozenBackbone()).isFalse();
      assertThat(names(folder.resolve(cell.folder())))
          .contains("result.json")
          .doesNotContain("pack");
    }
    folder = temp.resolve("kept");
    try (Study study = Study.open(folder, true, new LocalCells())) {
      StudyRun full =
          StudyRun.of(TinyModel.bert(), TinyModel.task(), data, config(new FullFineTuning()));
      Path run = folder.resolve(finished(study.run(full, new Watcher())).folder());
      assertThat(run.resolve("pack").resolve("model.safetensors")).exists();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void anInterruptedRunGoesOnAndEndsTheSame() {
    Cell.Finished whole;
    try (Study study = Study.open(temp.resolve("whole"))) {
      whole = finished(study.run(deep(), new Watcher()));
    }
    try (Study study = open()) {
      Watcher stopping =
          new Watcher() {
            @Override
            public void stepped(Step step) {
              super.stepped(step);
              if (step.step() == 4) {
                study.stop();
              }
            }
          };
      assertThat(study.run(deep(), stopping)).isEmpty();
      assertThat(stopping.steps).isEqualTo(4);
      assertThat(study.isBegun(deep())).isTrue();
      assertThat(study.run(deep(), stopping)).as("stopped means stopped").isEmpty();
      assertThat(stopping.steps).isEqualTo(4);
      assertThat(study.all()).isEmpty();
    }
    Watcher resumed = new Watcher();
    try (Study study = open()) {
      Cell.Finished cell = finished(study.run(deep(), resumed));
      assertThat(cell.value()).isEqualTo(whole.value());
      assertThat(cell.curve()).isEqualTo(whole.curve());
      assertThat(study.isBegun(deep())).isFalse();
    }
    assertThat(resumed.starts.get(0).firstStep()).isEqualTo(4);
    assertThat(resumed.steps).isEqualTo(2);
  }

  @Test
  void whatFailedIsKeptAndTriedAgain() throws IOException {
    String good = Files.readString(data.train().path(), StandardCharsets.UTF_8);
    Files.writeString(
        data.train().path(), good + "{\"text\": \"no label\"}\n", StandardCharsets.UTF_8);
    try (Study study = open()) {
      Optional<Cell> failed = study.run(deep(), new Watcher());
      assertThat(failed).get().isInstanceOf(Cell.Failed.class);
      assertThat(((Cell.Failed) failed.orElseThrow()).cause()).contains("train.jsonl", "label");
      assertThat(study.find(deep())).isEmpty();
      assertThat(study.all()).containsExactly(failed.orElseThrow());
      Optional<Cell> again = study.run(deep(), new Watcher());
      assertThat(again).isEqualTo(failed);
      StudyRun other =
          StudyRun.of(TinyModel.bert(), TinyModel.task(), data, config(new HeadOnly()));
      assertThat(study.run(skipping(other), new Watcher()))
          .as("the study goes on")
          .get()
          .isInstanceOf(Cell.Finished.class);
    }
  }

  private StudyRun skipping(StudyRun run) {
    TrainingData lenient = new TrainingData(data.train(), data.dev(), BadRowPolicy.SKIP);
    return StudyRun.of(TinyModel.bert(), run.task(), lenient, run.config());
  }

  @Test
  void otherDataOrSettingsAreAnotherCell() throws IOException {
    try (Study study = open()) {
      finished(study.run(deep(), new Watcher()));
      TrainingConfig slower = deep().config().toBuilder().learningRate(1e-3).build();
      assertThat(study.find(StudyRun.of(TinyModel.bert(), TinyModel.task(), data, slower)))
          .isEmpty();
      TrainingConfig otherSeed = deep().config().toBuilder().seed(12).build();
      assertThat(study.find(StudyRun.of(TinyModel.bert(), TinyModel.task(), data, otherSeed)))
          .isEmpty();
      assertThat(study.find(skipping(deep()))).isEmpty();
      assertThat(
              study.find(
                  StudyRun.of(TinyModel.bert(), named("twin", "text"), data, deep().config())))
          .isEmpty();
    }
    TinyModel.data(data.train().path(), ROWS, 3);
    Watcher watcher = new Watcher();
    try (Study study = open()) {
      assertThat(study.find(deep())).isEmpty();
      finished(study.run(deep(), watcher));
      assertThat(study.all()).hasSize(2);
    }
    assertThat(watcher.starts).hasSize(1);
  }

  /** A version that makes something else of an open setting must not take it for the same run. */
  @Test
  void whatOpenSettingsComeToIsPartOfTheKey() throws IOException {
    try (Study study = open()) {
      finished(study.run(deep(), new Watcher()));
      TrainingConfig given = deep().config().toBuilder().readLayer(Optional.of(1)).build();
      finished(
          study.run(StudyRun.of(TinyModel.bert(), TinyModel.task(), data, given), new Watcher()));
    }
    try (var files = Files.list(folder.resolve("cells"))) {
      List<String> cells = new ArrayList<>();
      for (Path file : files.filter(each -> each.toString().endsWith(".json")).toList()) {
        cells.add(Files.readString(file));
      }
      assertThat(cells).hasSize(2);
      assertThat(cells)
          .filteredOn(cell -> cell.contains("\"config.open\" : \"read_layer: 5/6 of the layers"))
          .singleElement()
          .asString()
          .contains("\"config.read_layer\" : \"null\"");
    }
  }

  /**
   * What is in the model's files makes the cell, not where they are or what the folder is called.
   */
  @Test
  void modelsShareAFolderAndKeepTheirCells() throws IOException {
    StudyRun bert = onModel(TinyModel.bert());
    StudyRun gpt2 = onModel(TinyModel.folder("gpt2"));
    Path moved = Files.createDirectory(temp.resolve("another-name"));
    try (var files = Files.list(TinyModel.bert())) {
      for (Path file : files.toList()) {
        Files.copy(file, moved.resolve(file.getFileName()));
      }
    }
    try (Study study = open()) {
      Cell.Finished first = finished(study.run(bert, new Watcher()));
      assertThat(study.find(gpt2)).isEmpty();
      Cell.Finished second = finished(study.run(gpt2, new Watcher()));
      assertThat(second.totalParameters()).isNotEqualTo(first.totalParameters());
      assertThat(second.folder()).isNotEqualTo(first.folder());
      assertThat(study.find(bert)).contains(first);
      assertThat(study.find(onModel(moved))).contains(first);
      assertThat(study.all()).containsExactlyInAnyOrder(first, second);
    }
  }

  private StudyRun onModel(Path model) {
    return StudyRun.of(model, TinyModel.task(), data, config(new HeadOnly()));
  }

  private static SequenceClassificationTask named(String name, String column) {
    return SequenceClassificationTask.onText(name, Template.parse("{" + column + "}"), "label");
  }

  @Test
  void tasksShareOnePromptAndStartFromIt() {
    List<TaskData> tasks =
        List.of(
            new TaskData("one", named("one", "text"), data),
            new TaskData("two", named("two", "text"), data));
    TrainingConfig config = config(PTuningV2.asPublished(4));
    StudyRun.Together together = new StudyRun.Together(tasks, config);
    Watcher watcher = new Watcher();
    try (Study study = open()) {
      for (TaskData task : tasks) {
        StudyRun run =
            new StudyRun(
                "mpt-2",
                task.name(),
                Map.of(),
                TinyModel.bert(),
                task.task(),
                data,
                config,
                Optional.of(together));
        Cell.Finished cell = finished(study.run(run, watcher));
        assertThat(cell.method()).isEqualTo("mpt-2");
        assertThat(study.find(StudyRun.of(TinyModel.bert(), task.task(), data, config)))
            .as("p-tuning-v2 itself is another cell")
            .isEmpty();
      }
    }
    assertThat(watcher.starts).as("the shared run once, then one of each task").hasSize(3);
    assertThatThrownBy(() -> new StudyRun.Together(tasks.subList(0, 1), config))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("two or more");
  }

  @Test
  void missingFilesAreToldBeforeAnythingRuns() {
    StudyRun missing =
        StudyRun.of(
            TinyModel.bert(),
            TinyModel.task(),
            TrainingData.of(temp.resolve("nowhere.jsonl"), data.dev().path()),
            config(new HeadOnly()));
    try (Study study = open()) {
      assertThatThrownBy(() -> study.find(missing))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("nowhere.jsonl");
      assertThatThrownBy(this::open).hasMessageContaining("another study");
    }
  }
}
