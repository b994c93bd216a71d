package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyModel;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** What a run reports of data on which figures mislead, as people's bug reports bring them. */
class ReportedNumbersTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WORDS = "the quick brown fox jumps over a lazy dog in France";

  @TempDir Path temp;
  private final List<String> warnings = new ArrayList<>();

  private static TrainingConfigBuilder config() {
    return TrainingConfig.builder()
        .method(PTuningV2.asPublished(4))
        .batching(new FixedBatches(8))
        .precision(Precision.FP32)
        .epochs(4);
  }

  private static Task<?> stars() {
    return TaskKinds.standard()
        .read(Map.of("kind", "regression", "name", "stars", "text", "{text}", "label_column", "n"));
  }

  /** Rows with a number each, of the texts so many words from the start of a sentence. */
  private Path numbers(String name, int rows, double... cycle) throws IOException {
    StringBuilder lines = new StringBuilder();
    String[] words = WORDS.split(" ", -1);
    for (int i = 0; i < rows; i++) {
      String text = name + " " + words[i % words.length] + " " + words[(i / 3) % words.length] + i;
      double value = cycle[i % cycle.length];
      lines.append("{\"text\": \"").append(text).append("\", \"n\": ").append(value).append("}\n");
    }
    return Files.writeString(temp.resolve(name + ".jsonl"), lines, StandardCharsets.UTF_8);
  }

  private TrainingResult run(Task<?> task, Path train, Path dev, TrainingConfig config) {
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void warned(String message) {
            warnings.add(message);
          }
        };
    return new Training(TinyModel.bert(), task, config)
        .run(TrainingData.of(train, dev), temp.resolve("run"), listener);
  }

  private List<JsonNode> evaluations() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(temp.resolve("run").resolve("metrics.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  @Test
  void constantTrainingTargetsAreNothingToLearnFrom() throws IOException {
    TrainingResult result =
        run(
            stars(),
            numbers("train", 24, 3),
            numbers("dev", 12, 1, 2, 5),
            config().epochs(2).build());
    assertThat(warnings).anyMatch(said -> said.startsWith("all 24 training rows have the same"));
    assertThat(result.best()).containsKey("mse");
  }

  @Test
  void amongEvaluationsWithoutACorrelationTheLowestLossIsTheBest() throws IOException {
    TrainingResult result =
        run(
            stars(),
            numbers("train", 24, 1, 2, 3, 4, 5),
            numbers("dev", 12, 3),
            config().method(new HeadOnly()).epochs(6).build());
    assertThat(result.best()).doesNotContainKey("pearson").containsKey("mse");
    assertThat(result.undefined()).contains("pearson").doesNotContain("mse");
    assertThat(warnings.stream().filter(said -> said.contains("pearson is not defined")))
        .hasSize(1);
    double lowest = Double.MAX_VALUE;
    int best = 0;
    for (JsonNode line : evaluations()) {
      assertThat(line.path("metrics").path("pearson").isNull()).isTrue();
      boolean lower = line.path("dev_loss").asDouble() < lowest;
      assertThat(line.path("best").asBoolean()).isEqualTo(lower);
      if (lower) {
        lowest = line.path("dev_loss").asDouble();
        best = line.path("step").asInt();
      }
    }
    assertThat(evaluations()).hasSize(6);
    assertThat(result.step()).isEqualTo(best);
  }

  /** Every evaluation answers all rows rightly; the later ones lose less, and are the better. */
  @Test
  @Tag("ci")
  void amongEqualAccuraciesTheLowerLossIsTheBestAndAPerfectOneIsNoCauseForAWarning()
      throws IOException {
    TrainingResult result =
        run(
            TinyModel.task(),
            TinyModel.data(temp.resolve("train.jsonl"), 96, 1),
            TinyModel.data(temp.resolve("dev.jsonl"), 24, 2),
            config().method(new FullFineTuning()).learningRate(1e-3).epochs(12).build());
    assertThat(result.best().get("accuracy")).isEqualTo(1);
    assertThat(warnings).allMatch(said -> said.startsWith("lr 1e-3 is unusual"));
    double accuracy = -1;
    double loss = Double.MAX_VALUE;
    int ties = 0;
    for (JsonNode line : evaluations()) {
      double itsAccuracy = line.path("metrics").path("accuracy").asDouble();
      double itsLoss = line.path("dev_loss").asDouble();
      boolean better = itsAccuracy > accuracy || (itsAccuracy == accuracy && itsLoss < loss);
      ties += itsAccuracy == accuracy ? 1 : 0;
      assertThat(line.path("best").asBoolean()).as(line.toString()).isEqualTo(better);
      if (better) {
        accuracy = itsAccuracy;
        loss = itsLoss;
      }
    }
    assertThat(ties).as("the test has ties").isPositive();
  }

  /** Steps are counted after accumulation, so that a warm-up may be longer than it looks. */
  @Test
  void aWarmupThatAccumulationMakesTooLong() throws IOException {
    Path train = TinyModel.data(temp.resolve("train.jsonl"), 48, 1);
    run(
        TinyModel.task(),
        train,
        TinyModel.data(temp.resolve("dev.jsonl"), 12, 2),
        config().epochs(2).accumulation(3).warmupSteps(4).build());
    assertThat(warnings).anyMatch(said -> said.startsWith("warmup is 4 steps and the run has 4"));
    assertThat(evaluations().get(1).path("learning_rate").asDouble())
        .isEqualTo(0.75e-2); // three of four steps up
  }

  /** The same rows in another order and with other spacing are still the same rows. */
  @Test
  void evaluatingOnAShuffledCopyOfTheTrainingRows() throws IOException {
    Path train = TinyModel.data(temp.resolve("train.jsonl"), 24, 1);
    List<String> lines = new ArrayList<>(Files.readAllLines(train));
    java.util.Collections.reverse(lines);
    lines.replaceAll(line -> line.replace("\"text\": \"", "\"text\":   \"  "));
    Path dev = Files.write(temp.resolve("held-out.jsonl"), lines);
    run(TinyModel.task(), train, dev, config().epochs(1).build());
    assertThat(warnings)
        .anyMatch(said -> said.contains("all rows (24) of") && said.contains("held-out.jsonl"));
  }
}
