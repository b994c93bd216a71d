package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.batching.Batching.TokenBudget;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.loop.SmallRun;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/**
 * Whole runs on a tiny model: what they write, that they repeat, and that they can be interrupted.
 */
class TrainingTest {

  @TempDir static Path shared;

  /** What the runs of {@link #interrupted} are to come to. */
  private static TrainingResult uninterrupted;

  @TempDir Path temp;

  @BeforeAll
  static void runUninterrupted() {
    uninterrupted =
        training(interrupted())
            .run(data(shared), shared.resolve("whole"), TrainingListener.silent());
  }

  private TrainingData data() {
    return data(temp);
  }

  private static TrainingData data(Path folder) {
    return TrainingData.of(
        TinyModel.data(folder.resolve("train.jsonl"), 96, 1),
        TinyModel.data(folder.resolve("dev.jsonl"), 40, 2));
  }

  /** Dropout, accumulation and batches by tokens: whatever a run has to remember. */
  private static TrainingConfig interrupted() {
    return config(PTuningV2.asPublished(4), 1e-2)
        .epochs(3)
        .batching(new TokenBudget(80))
        .accumulation(2)
        .dropout(Optional.of(0.2))
        .build();
  }

  private static TrainingConfigBuilder config(PromptMethod method, double learningRate) {
    return TrainingConfig.builder()
        .method(method)
        .learningRate(learningRate)
        .epochs(4)
        .batching(new FixedBatches(8))
        .precision(Precision.FP32);
  }

  private static PromptMethod method(String name) {
    return switch (name) {
      case "p-tuning-v2" -> PTuningV2.asPublished(6);
      case "head-only" -> new HeadOnly();
      default -> new FullFineTuning();
    };
  }

  private static Training training(TrainingConfig config) {
    return new Training(TinyModel.bert(), TinyModel.task(), config);
  }

  /** A run may go on where libtorch has fewer threads: its dropout masks are the same. */
  @Test
  void dropoutMasksDoNotDependOnThreads() {
    int threads = Torch.threads();
    assumeTrue(threads > 1, "libtorch has one thread here");
    TrainingData data = data();
    List<Double> all = losses(data, "all");
    torch.set_num_threads(1);
    try {
      List<Double> one = losses(data, "one");
      assertThat(one).hasSameSizeAs(all);
      for (int step = 0; step < all.size(); step++) {
        assertThat(one.get(step)).as("step %d", step).isCloseTo(all.get(step), within(1e-4));
      }
    } finally {
      torch.set_num_threads(threads);
    }
  }

  /** Of each step of an epoch of full fine-tuning with dropout. */
  private List<Double> losses(TrainingData data, String out) {
    TrainingConfig config =
        config(new FullFineTuning(), 1e-4).epochs(1).dropout(Optional.of(0.3)).build();
    List<Double> losses = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void stepped(Step step) {
            losses.add(step.loss());
          }
        };
    training(config).run(data, temp.resolve(out), listener);
    return losses;
  }

  @ParameterizedTest
  @ValueSource(strings = {"p-tuning-v2", "full-fine-tuning"})
  void learnsSavesAndPredictsTheSame(String name) throws IOException {
    PromptMethod method = method(name);
    TrainingConfig config = config(method, method.trainsBackbone() ? 1e-3 : 3e-2).epochs(8).build();
    TrainingData data = data();
    Path out = temp.resolve("run");
    TrainingResult result = training(config).run(data, out, TrainingListener.silent());

    // Half of the rows are of either class; seeds and dropout masks move it between 0.73 and 0.9.
    assertThat(result.best().get("accuracy")).isGreaterThan(0.7);
    JsonNode json = GoldenSet.json(out.resolve("result.json"));
    for (String field :
        List.of(
            "method",
            "trainable_parameters",
            "total_parameters",
            "frozen_backbone",
            "best",
            "epoch",
            "train_seconds",
            "tokens_per_second",
            "peak_memory_bytes",
            "precision",
            "seed",
            "versions",
            "fingerprints")) {
      assertThat(json.has(field)).as(field).isTrue();
    }
    assertThat(json.get("frozen_backbone").asBoolean()).isEqualTo(!method.trainsBackbone());
    List<String> lines = Files.readAllLines(out.resolve("metrics.jsonl"), StandardCharsets.UTF_8);
    assertThat(lines).hasSize(8).allMatch(line -> line.contains("\"train_loss\""));

    try (Predictor predictor = Predictor.open(TinyModel.bert(), Precision.FP32)) {
      predictor.add("toy", out.resolve("pack"));
      Evaluator.Report report =
          Evaluator.evaluate(predictor, "toy", predictor.task("toy").read(data.dev()).examples());
      assertThat(report.scores().metrics()).isEqualTo(result.best());
    }
  }

  /** Of the backbone that the run itself trained over, at its end; fine-tuning changes it. */
  @ParameterizedTest
  @ValueSource(strings = {"p-tuning-v2", "head-only", "full-fine-tuning"})
  void leavesFrozenWeightsAsTheyWere(String name) {
    PromptMethod method = method(name);
    WatchedFamily family = new WatchedFamily();
    new Training(
            TinyModel.bert(),
            TinyModel.task(),
            config(method, 1e-2).epochs(1).build(),
            BackboneFamilies.standard().with(family))
        .run(data(), temp.resolve(name), family);
    assertThat(family.changed()).hasValue(method.trainsBackbone());
  }

  /** The hash in a frozen run's own memory, after its steps. */
  @Test
  void leavesFrozenWeightsAsTheyWereInMemory() {
    Scope.run(
        () -> {
          try (Backbone backbone =
              BackboneFamilies.standard()
                  .load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
            Map<String, Tensor> before = new TreeMap<>();
            backbone.namedWeights().forEach((name, tensor) -> before.put(name, tensor.clone()));
            assertThat(backbone.parameters()).isEmpty();
            assertThat(before.values()).noneMatch(Tensor::requires_grad);
            SmallRun.steps(backbone, 5);
            backbone
                .namedWeights()
                .forEach(
                    (name, tensor) -> assertThat(tensor.equal(before.get(name))).as(name).isTrue());
          }
        });
  }

  @Test
  void theSameSeedGivesTheSameResultAndAnotherAnother() {
    TrainingData data = data();
    TrainingConfig config = config(PTuningV2.asPublished(4), 1e-2).epochs(2).build();
    training(config).run(data, temp.resolve("a"), TrainingListener.silent());
    training(config).run(data, temp.resolve("b"), TrainingListener.silent());
    training(config.toBuilder().seed(12).build())
        .run(data, temp.resolve("c"), TrainingListener.silent());
    RunContents first = RunContents.of(temp.resolve("a"));
    assertThat(first).isEqualTo(RunContents.of(temp.resolve("b")));
    assertThat(first.tensors()).isNotEqualTo(RunContents.of(temp.resolve("c")).tensors());
  }

  /** After the first step, at an epoch's end and in the midst of an epoch. */
  @ParameterizedTest
  @ValueSource(ints = {1, 13, 20})
  void goesOnToTheBitAfterAnInterruption(int interruptedAt) {
    interrupt(interruptedAt);
  }

  @Tag("ci")
  @ParameterizedTest
  @ValueSource(ints = {5, 12, 25})
  void goesOnToTheBitAfterInterruptionsElsewhere(int interruptedAt) {
    interrupt(interruptedAt);
  }

  private void interrupt(int interruptedAt) {
    TrainingData data = data();
    Path parts = temp.resolve("parts");
    Training first = training(interrupted());
    TrainingResult stopped = first.run(data, parts, stopAt(first, interruptedAt));
    assertThat(stopped.finished()).isFalse();
    assertThat(stopped.steps()).isEqualTo(interruptedAt);
    TrainingResult resumed = training(interrupted()).resume(data, parts, TrainingListener.silent());

    assertThat(resumed.steps()).isEqualTo(uninterrupted.steps()).isGreaterThan(25);
    assertThat(resumed.best()).isEqualTo(uninterrupted.best());
    assertThat(RunContents.of(parts)).isEqualTo(RunContents.of(shared.resolve("whole")));
  }

  private static TrainingListener stopAt(Training training, int step) {
    return new TrainingListener() {
      @Override
      public void stepped(Step made) {
        if (made.step() == step) {
          training.stop();
        }
      }
    };
  }

  @Test
  void refusesAFolderThatHoldsARun() {
    TrainingConfig config = config(new HeadOnly(), 1e-2).epochs(1).build();
    training(config).run(data(), temp.resolve("run"), TrainingListener.silent());
    assertThatThrownBy(
            () -> training(config).run(data(), temp.resolve("run"), TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("add resume");
  }

  @Test
  void refusesToResumeWithOtherSettings() {
    TrainingConfig config = config(new HeadOnly(), 1e-2).epochs(1).build();
    training(config).run(data(), temp.resolve("run"), TrainingListener.silent());
    assertThatThrownBy(
            () ->
                training(config.toBuilder().learningRate(2e-2).build())
                    .resume(data(), temp.resolve("run"), TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("settings.lr was 0.01, is 0.02");
  }

  @Test
  void refusesAFolderThatAnotherRunWritesTo() {
    Path out = temp.resolve("run");
    Training first = training(config(new HeadOnly(), 1e-2).epochs(1).build());
    List<Throwable> second = new ArrayList<>();
    first.run(
        data(),
        out,
        new TrainingListener() {
          @Override
          public void started(Start start) {
            try {
              training(config(new HeadOnly(), 1e-2).build())
                  .resume(data(), out, TrainingListener.silent());
            } catch (InvalidInputException e) {
              second.add(e);
            }
          }
        });
    assertThat(second).hasSize(1);
    assertThat(second.get(0)).hasMessageContaining("another run is writing");
  }

  @Test
  void saysThatThePromptDoesNotFitThePositionTable() {
    TrainingConfig config = config(PTuningV2.asPublished(158), 1e-2).build();
    assertThatThrownBy(
            () -> training(config).run(data(), temp.resolve("run"), TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("prompt-length 158")
        .hasMessageContaining("has 160");
  }

  @Test
  void warnsOfALearningRateTenTimesOff() {
    List<String> warnings = new ArrayList<>();
    TrainingConfig config = config(PTuningV2.asPublished(4), 1e-5).epochs(3).build();
    TrainingResult result =
        training(config).run(data(), temp.resolve("run"), warningsInto(warnings));
    assertThat(warnings).anyMatch(w -> w.contains("ten times too low"));
    // What is said of the data before the run is no part of the run's result.
    assertThat(warnings).containsAll(result.warnings());
    assertThat(result.warnings()).hasSizeGreaterThan(1);
  }

  @Test
  void stopsWithAnExplanationWhenTheLossIsNotFinite() {
    TrainingConfig config = config(new FullFineTuning(), 1e30).clip(0).build();
    assertThatThrownBy(
            () -> training(config).run(data(), temp.resolve("run"), TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("lower lr");
  }

  @Test
  void stopsEarlyWhenPatienceEnds() {
    TrainingConfig config = config(new HeadOnly(), 1e-9).epochs(50).patience(2).build();
    TrainingResult result =
        training(config).run(data(), temp.resolve("run"), TrainingListener.silent());
    assertThat(result.finished()).isTrue();
    assertThat(result.steps()).isLessThan(50 * 12);
  }

  private static TrainingListener warningsInto(List<String> warnings) {
    return new TrainingListener() {
      @Override
      public void warned(String message) {
        warnings.add(message);
      }
    };
  }
}
