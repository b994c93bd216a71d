package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Rows that are held out are never trained on, and are always the same. */
class RowSelectionTest {

  @TempDir Path folder;

  private Examples<TextExample> rows(int count, int passages) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(
          "{\"q\": \"Q%d?\", \"p\": \"A long passage, number %d.\", \"label\": \"%s\"}\n"
              .formatted(i, i % passages, i % passages % 4 == 0 ? "no" : "yes"));
    }
    Path file = folder.resolve("rows.jsonl");
    Files.writeString(file, lines, StandardCharsets.UTF_8);
    return task().read(file);
  }

  private static SequenceClassificationTask task() {
    return SequenceClassificationTask.onPair("own", Template.of("q"), Template.of("p"), "label");
  }

  private static Set<Integer> lines(Examples<TextExample> examples) {
    Set<Integer> lines = new HashSet<>();
    examples.examples().forEach(each -> lines.add(each.source().line()));
    return lines;
  }

  @Test
  void aShareIsHeldOutAndTheRestIsTrainedOn() throws IOException {
    Examples<TextExample> all = rows(200, 200);
    RowSelection.Parts<TextExample> parts = new RowSelection(0.2, Optional.empty()).of(task(), all);
    Examples<TextExample> held = parts.heldOut().orElseThrow();
    assertThat(held.examples()).hasSize(40);
    assertThat(parts.train().examples()).hasSize(160);
    assertThat(lines(held)).doesNotContainAnyElementsOf(lines(parts.train()));
    // A quarter of the rows is "no": so it is among those held out.
    assertThat(held.examples()).filteredOn(e -> "no".equals(e.label())).hasSize(10);
    RowSelection.Parts<TextExample> again = new RowSelection(0.2, Optional.empty()).of(task(), all);
    assertThat(lines(again.heldOut().orElseThrow())).isEqualTo(lines(held));
  }

  @Test
  void questionsOfOnePassageStayTogether() throws IOException {
    Examples<TextExample> all = rows(120, 30);
    RowSelection.Parts<TextExample> parts =
        new RowSelection(0.25, Optional.empty()).of(task(), all);
    Set<Integer> passages = new HashSet<>();
    parts.heldOut().orElseThrow().examples().forEach(e -> passages.add(e.source().line() % 30));
    parts
        .train()
        .examples()
        .forEach(each -> assertThat(passages).doesNotContain(each.source().line() % 30));
    assertThat(parts.heldOut().orElseThrow().examples()).hasSizeBetween(24, 36);
  }

  @Test
  void trainingRowsAreLimitedAfterSomeWereHeldOut() throws IOException {
    Examples<TextExample> all = rows(200, 200);
    RowSelection.Parts<TextExample> whole = new RowSelection(0.2, Optional.empty()).of(task(), all);
    RowSelection.Parts<TextExample> few = new RowSelection(0.2, Optional.of(16)).of(task(), all);
    assertThat(few.train().examples()).hasSize(16);
    assertThat(lines(whole.train())).containsAll(lines(few.train()));
    assertThat(lines(few.heldOut().orElseThrow())).isEqualTo(lines(whole.heldOut().orElseThrow()));
    assertThat(new RowSelection(0, Optional.of(999)).of(task(), all).train().examples())
        .hasSize(200);
  }

  @Test
  void aShareThatLeavesNoRowIsRefused() throws IOException {
    Examples<TextExample> all = rows(3, 3);
    assertThatThrownBy(() -> new RowSelection(0.01, Optional.empty()).of(task(), all))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("hold-out")
        .hasMessageContaining("3 rows");
  }

  /** Also where it stops between two evaluations. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void aRunThatStoppedGoesOnAsIfItHadNot(int evaluateEvery) throws IOException {
    Path train = TinyModel.data(folder.resolve("train.jsonl"), 48, 1);
    TrainingConfig whole =
        TrainingConfig.builder()
            .epochs(4)
            .holdOut(0.25)
            .dropout(Optional.of(0.1))
            .evaluateEvery(evaluateEvery)
            .patience(3)
            .build();
    TrainingConfig part = whole.toBuilder().stopAfter(Optional.of(2)).build();
    TrainingData data = TrainingData.of(train, train);
    Path out = folder.resolve("out");
    TrainingResult first = training(part).run(data, out, TrainingListener.silent());
    assertThat(first.finished()).isTrue();
    assertThat(first.epoch()).isBetween(1, 2);
    assertThat(first.settings()).containsEntry("stop_after", 2).containsEntry("hold_out", 0.25);
    TrainingResult second = training(whole).resume(data, out, TrainingListener.silent());
    TrainingResult straight =
        training(whole).run(data, folder.resolve("straight"), TrainingListener.silent());
    assertThat(second.best()).isEqualTo(straight.best());
    assertThat(second.steps()).isEqualTo(straight.steps()).isEqualTo(2 * first.steps());
    assertThat(folder.resolve("out/pack/prompt.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("straight/pack/prompt.safetensors"));
    assertThat(figures("out")).isEqualTo(figures("straight"));
  }

  /** What was written of each evaluation but its seconds. */
  private List<String> figures(String run) throws IOException {
    return Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl")).stream()
        .map(line -> line.replaceAll("\"(seconds|tokens_per_second)\":[^,}]*", ""))
        .toList();
  }

  @Test
  void aRunThatStopsBeforeItsFirstEvaluationIsRefused() {
    Path train = TinyModel.data(folder.resolve("few.jsonl"), 32, 1);
    TrainingConfig config =
        TrainingConfig.builder().epochs(3).evaluateEvery(2).stopAfter(Optional.of(1)).build();
    assertThatThrownBy(
            () ->
                training(config)
                    .run(
                        TrainingData.of(train, train),
                        folder.resolve("few"),
                        TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("evaluate-every: the first evaluation is after 2 steps")
        .hasMessageContaining("stops after 1 (stop-after 1)");
  }

  private static Training training(TrainingConfig config) {
    return new Training(TinyModel.bert(), TinyModel.task(), config);
  }

  @Test
  void heldOutRowsAreRecorded() {
    Path train = TinyModel.data(folder.resolve("t.jsonl"), 40, 1);
    TrainingConfig config = TrainingConfig.builder().epochs(1).holdOut(0.25).build();
    TrainingResult result =
        training(config)
            .run(TrainingData.of(train, train), folder.resolve("r"), TrainingListener.silent());
    assertThat(result.fingerprints().toString()).contains("rows=30", "rows=10");
    assertThat(List.copyOf(result.warnings())).noneMatch(w -> w.contains("also in the training"));
  }
}
