package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.Ending;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.predict.Generator;
import org.ptuning4j.predict.Request;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Whole runs of an encoder–decoder that learns to write targets. */
class EncoderDecoderTrainingTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path temp;
  private TrainingData data;

  @BeforeEach
  void write() throws IOException {
    Path rows =
        Files.writeString(
            temp.resolve("rows.jsonl"),
            """
            {"source": "the fox", "target": "It's rain"}
            {"source": "a dog in France", "target": "The m"}
            {"source": "pizza", "target": "rain"}
            {"source": "I <extra_id_0> it", "target": "m"}
            """);
    data = TrainingData.of(rows, rows);
  }

  private TrainingResult train(PromptMethod method, double rate, int epochs, Path out) {
    TrainingConfig config =
        TrainingConfig.builder()
            .method(method)
            .learningRate(rate)
            .epochs(epochs)
            .dropout(Optional.of(0.0))
            .batching(new FixedBatches(4))
            .precision(Precision.FP32)
            .build();
    return new Training(TinyModel.folder("t5"), GenerationTask.standard(), config)
        .run(data, out, TrainingListener.silent());
  }

  /** What is learnt is written again, after a source and in a blank of one. */
  @Test
  void theModelItselfLearnsItsTargets() {
    Path out = temp.resolve("run");
    TrainingResult result = train(new FullFineTuning(), 3e-3, 120, out);

    assertThat(result.best().get("token_accuracy")).isEqualTo(1);
    GenerationSettings settings = GenerationSettings.greedy().withMaxNewTokens(12);
    try (Generator generator = Generator.open(TinyModel.folder("t5"), Precision.FP32)) {
      generator.add("run", out.resolve("pack"));
      assertThat(write(generator, "the fox", settings).text()).isEqualTo("It's rain");
      assertThat(write(generator, "pizza", settings).text()).isEqualTo("rain");
      assertThat(write(generator, "pizza", settings).ending()).isEqualTo(Ending.END_TOKEN);
      assertThat(write(generator, "I <extra_id_0> it", settings).text()).isEqualTo("m");
    }
  }

  private static Continuation write(Generator generator, String text, GenerationSettings settings) {
    return generator.generate(Request.of("run", text), settings, TextListener.NONE).get(0);
  }

  static Stream<PromptMethod> prompts() {
    PTuningV2 deep = PTuningV2.asPublished(6);
    return Stream.of(
        deep,
        in(new LayerRange("1-2")), // the encoder
        in(new LayerRange("3-4")), // before the target
        in(new LayerRange("5-6")), // before the source
        PrefixTuning.ofLength(6),
        new PromptTuning(6, SoftTokenInitialisation.uniform()));
  }

  private static PTuningV2 in(LayerRange layers) {
    PTuningV2 all = PTuningV2.asPublished(6);
    return new PTuningV2(
        6, layers, Optional.empty(), 0, all.positions(), all.initialisation(), all.attention());
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void aPromptInEachPlaceLowersTheLoss(PromptMethod method) throws IOException {
    Path out = temp.resolve("run");
    train(method, 0.3, 100, out);

    List<Double> losses = new ArrayList<>();
    for (String line : Files.readAllLines(out.resolve("metrics.jsonl"))) {
      JsonNode node = JSON.readTree(line);
      if (node.has("dev_loss")) {
        losses.add(node.get("dev_loss").asDouble());
      }
    }

    assertThat(losses.get(99)).as(method.toString()).isLessThan(losses.get(0) - 0.5);
  }
}
