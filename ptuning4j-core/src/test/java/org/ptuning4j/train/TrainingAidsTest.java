package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.TokenBudget;
import org.ptuning4j.train.config.Averaging;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.run.Decision;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Whole runs with a head's own rate, smoothed labels, two passes and averages. */
class TrainingAidsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path temp;
  private TrainingData data;

  @BeforeEach
  void write() {
    data =
        TrainingData.of(
            TinyModel.data(temp.resolve("train.jsonl"), 48, 1),
            TinyModel.data(temp.resolve("dev.jsonl"), 24, 2));
  }

  private static TrainingConfigBuilder config() {
    return TrainingConfig.builder()
        .method(PTuningV2.asPublished(4))
        .learningRate(2e-2)
        .epochs(3)
        .batching(new TokenBudget(80))
        .dropout(Optional.of(0.2))
        .precision(Precision.FP32);
  }

  private static TrainingConfigBuilder everything() {
    return config()
        .headLearningRate(Optional.of(5e-3))
        .labelSmoothing(0.1)
        .rDrop(0.5)
        .averaging(Averaging.of(0.9));
  }

  private static Training training(TrainingConfig config) {
    return new Training(TinyModel.bert(), TinyModel.task(), config);
  }

  private TrainingResult run(TrainingConfig config, String out) {
    return training(config).run(data, temp.resolve(out), TrainingListener.silent());
  }

  private RunContents contents(String out) {
    return RunContents.of(temp.resolve(out));
  }

  private List<JsonNode> evaluations(String out) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(temp.resolve(out).resolve("metrics.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  /** A neutral value is the plain run, to the bit. */
  @Test
  void neutralValuesChangeNothing() {
    run(config().build(), "plain");
    TrainingConfig neutral =
        config()
            .headLearningRate(Optional.of(2e-2))
            .labelSmoothing(0)
            .rDrop(0)
            .averaging(Averaging.of(0))
            .build();
    run(neutral, "neutral");
    assertThat(contents("neutral")).isEqualTo(contents("plain"));
  }

  /** And any other value is not. */
  @Test
  void everyOneOfThemHasAnEffect() {
    run(config().build(), "plain");
    Map<String, TrainingConfigBuilder> others =
        Map.of(
            "rate", config().headLearningRate(Optional.of(1e-3)),
            "smoothed", config().labelSmoothing(0.1),
            "twice", config().rDrop(1));
    others.forEach(
        (name, other) -> {
          run(other.build(), name);
          assertThat(contents(name).tensors()).as(name).isNotEqualTo(contents("plain").tensors());
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16})
  void goesOnToTheBit(int step) {
    run(everything().build(), "whole");
    Training first = training(everything().build());
    TrainingListener stopping =
        new TrainingListener() {
          @Override
          public void stepped(Step made) {
            if (made.step() == step) {
              first.stop();
            }
          }
        };
    assertThat(first.run(data, temp.resolve("parts"), stopping).finished()).isFalse();
    training(everything().build()).resume(data, temp.resolve("parts"), TrainingListener.silent());
    assertThat(contents("parts")).isEqualTo(contents("whole"));
    assertThat(contents("parts").tensors().keySet()).anyMatch(name -> name.contains(":average."));
  }

  /** Layers that are computed twice, in both of the two passes. */
  @Test
  void twoPassesOfLayersThatAreComputedTwice() {
    run(config().rDrop(1).epochs(1).build(), "kept");
    run(config().rDrop(1).epochs(1).checkpointLayers(true).build(), "recomputed");
    assertThat(contents("recomputed").tensors()).isEqualTo(contents("kept").tensors());
  }

  /** The average leaves the steps as they are; of both evaluations the better one counts. */
  @Test
  void theBetterOfTheAverageAndTheTrainedValuesIsSaved() throws IOException {
    run(config().build(), "plain");
    TrainingResult result = run(config().averaging(Averaging.of(0.9)).build(), "averaged");
    List<JsonNode> plain = evaluations("plain");
    List<JsonNode> averaged = evaluations("averaged");
    boolean anyAverage = false;
    for (int i = 0; i < plain.size(); i++) {
      JsonNode line = averaged.get(i);
      assertThat(line.path("trained").path("dev_loss")).isEqualTo(plain.get(i).path("dev_loss"));
      assertThat(line.path("train_loss")).isEqualTo(plain.get(i).path("train_loss"));
      String better = line.path("values").asText();
      String other = better.equals("average") ? "trained" : "average";
      assertThat(line.path("dev_loss")).isEqualTo(line.path(better).path("dev_loss"));
      double gain = accuracy(line.path(better)) - accuracy(line.path(other));
      double lossGain =
          line.path(other).path("dev_loss").asDouble()
              - line.path(better).path("dev_loss").asDouble();
      assertThat(gain > 0 || (gain == 0 && lossGain >= 0)).as(line.toString()).isTrue();
      anyAverage |= better.equals("average");
    }
    assertThat(anyAverage).as("the test has a better average").isTrue();
    JsonNode best =
        averaged.stream()
            .filter(line -> line.path("best").asBoolean())
            .reduce((first, second) -> second)
            .orElseThrow();
    assertThat(result.average()).isEqualTo(best.path("values").asText().equals("average"));
    try (Predictor predictor = Predictor.open(TinyModel.bert(), Precision.FP32)) {
      predictor.add("toy", temp.resolve("averaged").resolve("pack"));
      Evaluator.Report report =
          Evaluator.evaluate(predictor, "toy", predictor.task("toy").read(data.dev()).examples());
      assertThat(report.scores().metrics()).isEqualTo(result.best());
      assertThat(result.best().get("accuracy")).isEqualTo(accuracy(best));
    }
  }

  private static double accuracy(JsonNode figures) {
    return figures.path("metrics").path("accuracy").asDouble();
  }

  /** A run that is given the rate that another has found is the same run. */
  @Test
  void aRateThatWasFoundIsAsGoodAsGiven() throws IOException {
    TrainingResult found = run(config().searchesRate(true).build(), "found");
    double rate = found.learningRate();
    assertThat(found.decisions()).hasSize(1);
    assertThat(found.decisions().get(0).setting()).isEqualTo("lr");
    assertThat(found.decisions().get(0).value()).isEqualTo(Double.toString(rate));
    assertThat(found.settings()).containsEntry("lr", "auto");
    assertThat(rate).isBetween(1e-3 / 3, 9e-2).isNotEqualTo(config().build().learningRate());
    run(config().learningRate(rate).build(), "given");
    assertThat(contents("found").tensors()).isEqualTo(contents("given").tensors());
    assertThat(contents("found").metrics()).isEqualTo(contents("given").metrics());
    JsonNode points = JSON.readTree(temp.resolve("found").resolve("range-test.json").toFile());
    assertThat(points.size()).isBetween(10, 100);
    assertThat(run(config().searchesRate(true).build(), "again").learningRate()).isEqualTo(rate);
  }

  @Test
  void aResumedRunKeepsTheRateThatWasFound() {
    TrainingConfig searching = config().searchesRate(true).build();
    TrainingResult whole = run(searching, "whole");
    Training first = training(searching);
    first.run(
        data,
        temp.resolve("parts"),
        new TrainingListener() {
          @Override
          public void decided(Decision decision) {
            first.stop(); // before the first step
          }
        });
    List<Decision> again = new ArrayList<>();
    TrainingResult resumed =
        training(searching)
            .resume(
                data,
                temp.resolve("parts"),
                new TrainingListener() {
                  @Override
                  public void decided(Decision decision) {
                    again.add(decision);
                  }
                });
    assertThat(again).isEmpty();
    assertThat(resumed.learningRate()).isEqualTo(whole.learningRate());
    assertThat(resumed.decisions()).isEqualTo(whole.decisions());
    assertThat(contents("parts")).isEqualTo(contents("whole"));
  }

  @Test
  void aPlateauEndsTheRun() throws IOException {
    TrainingConfig config = config().learningRate(1e-9).epochs(30).patience(2).build();
    TrainingResult creeping = run(config, "creeping");
    TrainingResult plateau = run(config.toBuilder().minDelta(0.5).build(), "plateau");
    assertThat(plateau.finished()).isTrue();
    assertThat(evaluations("plateau")).hasSize(3);
    assertThat(creeping.steps()).isGreaterThanOrEqualTo(plateau.steps());
  }

  @Test
  void whatMakesNoSenseIsRefused() throws IOException {
    refused(
        "head-lr: method head-only trains the head alone",
        config().method(new HeadOnly()).headLearningRate(Optional.of(1e-3)).build(),
        TinyModel.task());
    refused(
        "r-drop: it compares two passes with different dropout",
        config()
            .method(PromptMethods.standard().create(PTuningV2.NAME, Map.of("prompt-dropout", "0")))
            .dropout(Optional.of(0d))
            .rDrop(1)
            .build(),
        TinyModel.task());
    refused(
        "head-lr: lr is auto",
        config().searchesRate(true).headLearningRate(Optional.of(1e-3)).build(),
        TinyModel.task());
    Path numbers = temp.resolve("numbers.jsonl");
    Files.writeString(
        numbers, "{\"text\": \"the quick fox\", \"n\": 1}\n{\"text\": \"a lazy dog\", \"n\": 2}\n");
    data = TrainingData.of(numbers, numbers);
    Task<?> stars =
        TaskKinds.standard()
            .read(
                Map.of(
                    "kind", "regression", "name", "stars", "text", "{text}", "label_column", "n"));
    refused(
        "label-smoothing: the loss of task 'stars' is not cross-entropy over classes",
        config().labelSmoothing(0.1).build(),
        stars);
    refused("r-drop: the head of task 'stars'", config().rDrop(1).build(), stars);
  }

  private void refused(String message, TrainingConfig config, Task<?> task) {
    Path out = temp.resolve("refused");
    assertThatThrownBy(
            () ->
                new Training(TinyModel.bert(), task, config)
                    .run(data, out, TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
    assertThat(out.resolve("run.json")).doesNotExist();
  }
}
