package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.initialisation.DeepInitialisation;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.prompt.module.PrefixAttention;
import org.ptuning4j.prompt.module.SoftTokenTraining;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.TokenBudget;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** Whole runs of prompts that start from texts, with gates, dropout on attention, and noise. */
class PromptTrainingTest {

  @TempDir Path temp;
  private TrainingData data;

  @BeforeEach
  void write() {
    data =
        TrainingData.of(
            TinyModel.data(temp.resolve("train.jsonl"), 48, 1),
            TinyModel.data(temp.resolve("dev.jsonl"), 24, 2));
  }

  static Stream<PromptMethod> methods() {
    return Stream.of(
        PTuningV2.asPublished(12)
            .with(new DeepInitialisation("examples"))
            .with(new PrefixAttention(Optional.of(-2.0), 0.3)),
        PTuningV2.asPublished(4).with(new DeepInitialisation("model-normal")),
        new PromptTuning(
            4,
            new SoftTokenInitialisation("labels"),
            new SoftTokenTraining(false, Optional.of(6), 5)));
  }

  private static Training training(PromptMethod method) {
    TrainingConfig config =
        TrainingConfig.builder()
            .method(method)
            .learningRate(2e-2)
            .epochs(3)
            .batching(new TokenBudget(80))
            .dropout(Optional.of(0.2))
            .precision(Precision.FP32)
            .build();
    return new Training(TinyModel.bert(), TinyModel.task(), config);
  }

  /** What is drawn in training goes on where it was: interrupted or not, the run is the same. */
  @ParameterizedTest
  @MethodSource("methods")
  void goesOnToTheBit(PromptMethod method) {
    training(method).run(data, temp.resolve("whole"), TrainingListener.silent());
    Training first = training(method);
    TrainingListener stopping =
        new TrainingListener() {
          @Override
          public void stepped(Step made) {
            if (made.step() == 7) {
              first.stop();
            }
          }
        };
    assertThat(first.run(data, temp.resolve("parts"), stopping).finished()).isFalse();
    training(method).resume(data, temp.resolve("parts"), TrainingListener.silent());
    assertThat(RunContents.of(temp.resolve("parts")))
        .isEqualTo(RunContents.of(temp.resolve("whole")));
  }

  /** The biases of a gate are trained, saved in the pack and read again. */
  @Test
  void aPackKeepsItsGate() {
    PromptMethod method = PTuningV2.asPublished(4).with(new PrefixAttention(Optional.of(-2.0), 0));
    training(method).run(data, temp.resolve("run"), TrainingListener.silent());
    Pack pack = Pack.open(temp.resolve("run").resolve("pack"));
    try (Backbone backbone =
            BackboneFamilies.standard()
                .load(ModelFolder.open(TinyModel.bert()), Engine.reference());
        DeepPrompt prompt = (DeepPrompt) pack.prompt(backbone).orElseThrow()) {
      Scope.run(
          () -> {
            Tensor biases = prompt.biases().orElseThrow();
            assertThat(Tensors.shape(biases)).containsExactly(4, backbone.spec().layers());
            for (float bias : Tensors.floats(biases)) {
              assertThat(bias).isNotEqualTo(-2).isBetween(-4f, 0f);
            }
          });
      pack.head(backbone).close();
    }
    assertThat(List.of(pack.facts().settings().get("gate"))).containsExactly(-2.0);
  }
}
