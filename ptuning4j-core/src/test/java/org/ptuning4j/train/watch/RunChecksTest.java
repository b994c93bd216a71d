package org.ptuning4j.train.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyModel;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.task.check.RunCheck;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.batching.Batching.TokenBudget;
import org.ptuning4j.train.config.Schedule;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** What is said of settings and data before the first step, and what is not. */
class RunChecksTest {

  @TempDir Path temp;

  private static TrainingConfigBuilder config() {
    return TrainingConfig.builder().epochs(5).batching(new FixedBatches(10));
  }

  @Test
  void usualSettingsAreLeftAlone() {
    assertThat(
            RunChecks.ofSettings(
                config()
                    .schedule(new Schedule(Schedule.Shape.LINEAR, 49, 1))
                    .evaluateEvery(50)
                    .build(),
                100,
                50))
        .isEmpty();
    assertThat(RunChecks.ofSettings(config().patience(4).build(), 10, 5)).isEmpty();
    assertThat(RunChecks.ofSettings(config().batching(new TokenBudget(99999)).build(), 3, 5))
        .isEmpty();
  }

  @Test
  void aWarmupAsLongAsTheRunNeverEnds() {
    TrainingConfig config = config().schedule(new Schedule(Schedule.Shape.LINEAR, 50, 1)).build();
    assertThat(RunChecks.ofSettings(config, 100, 50))
        .containsExactly(
            "warmup is 50 steps and the run has 50: the learning rate never reaches 0.01; a tenth"
                + " of the steps is usual");
  }

  @Test
  void aBatchOfMoreThanThereIs() {
    assertThat(RunChecks.ofSettings(config().build(), 9, 5))
        .singleElement()
        .asString()
        .contains("batch 10 is more than the 9 training rows");
    assertThat(RunChecks.ofSettings(config().accumulation(3).build(), 29, 5))
        .singleElement()
        .asString()
        .contains("batch 10 times accumulation 3 is more than the 29");
  }

  @Test
  void anEvaluationThatIsNeverDue() {
    assertThat(RunChecks.ofSettings(config().evaluateEvery(51).build(), 100, 50))
        .containsExactly(
            "evaluate-every is 51 steps and the run has 50: it is evaluated once, at its end");
  }

  @Test
  void aPatienceThatCannotEnd() {
    assertThat(RunChecks.ofSettings(config().patience(5).build(), 100, 50))
        .containsExactly(
            "patience is 5 and there are 5 evaluations in all: the run never stops early");
    assertThat(RunChecks.ofSettings(config().evaluateEvery(20).patience(3).build(), 100, 50))
        .hasSize(1);
    assertThat(RunChecks.ofSettings(config().evaluateEvery(20).patience(2).build(), 100, 50))
        .isEmpty();
  }

  @Test
  void aLabelInTheTextIsNamed() {
    SequenceClassificationTask clean = TinyModel.task();
    SequenceClassificationTask given =
        SequenceClassificationTask.onText("toy", Template.parse("{text} ({label})"), "label");
    assertThat(clean.answersInTexts()).isEmpty();
    assertThat(given.answersInTexts()).containsExactly("label");
    SequenceClassificationTask known = given.withLabels(List.of("good", "bad"));
    Map<String, List<String>> words = Map.of("good", List.of("the"), "bad", List.of("fox"));
    Cloze cloze = new Cloze(ClozeTemplate.parse("{text_a} {label} {mask}"), words);
    assertThat(ClozeTask.of(known, cloze).answersInTexts()).containsExactly("label");
  }

  /** A run says all of it once, at its start, and notes it in its result. */
  @Test
  void aRunSaysWhatIsDoubtful() throws IOException {
    Path file = temp.resolve("data.jsonl");
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      String label = i % 2 == 0 ? "good" : "bad";
      rows.append("{\"text\": \"fox " + "the ".repeat(i) + "\", \"label\": \"" + label + "\"}\n");
    }
    Files.writeString(file, rows, StandardCharsets.UTF_8);
    TrainingConfig config =
        TrainingConfig.builder()
            .method(new HeadOnly())
            .epochs(2)
            .batching(new FixedBatches(4))
            .schedule(new Schedule(Schedule.Shape.LINEAR, 100, 1))
            .patience(7)
            .precision(Precision.FP32)
            .build();
    SequenceClassificationTask task =
        SequenceClassificationTask.onText("toy", Template.parse("{text} {label}"), "label");
    List<String> said = new ArrayList<>();
    TrainingResult result =
        new Training(TinyModel.bert(), task, config)
            .run(
                TrainingData.of(file, file),
                temp.resolve("run"),
                new TrainingListener() {
                  @Override
                  public void warned(String message) {
                    said.add(message);
                  }
                });
    assertThat(said)
        .anyMatch(message -> message.startsWith("all rows (8) of " + file))
        .anyMatch(message -> message.contains("column 'label' holds the answers"))
        .anyMatch(message -> message.startsWith("warmup is 100 steps"))
        .anyMatch(message -> message.startsWith("patience is 7"))
        .doesNotHaveDuplicates();
    assertThat(result.warnings()).isEqualTo(said);
    assertThat(said)
        .as("the words of check-data")
        .contains(RunCheck.forTraining(file, file, task, Optional.empty()).overlap().sentence());
  }
}
