package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** A run whose layers are computed twice ends in the same pack, byte by byte. */
class CheckpointLayersTest {

  @TempDir Path temp;

  static Stream<PromptMethod> methods() {
    return Stream.of(PTuningV2.asPublished(3), new FullFineTuning());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void theResultIsTheSame(PromptMethod method) throws IOException {
    Path ordinary = trained(method, false);
    Path twice = trained(method, true);
    for (String file : new String[] {"prompt.safetensors", "model.safetensors"}) {
      if (Files.exists(ordinary.resolve(file))) {
        assertThat(twice.resolve(file)).hasSameBinaryContentAs(ordinary.resolve(file));
      }
    }
    assertThat(ordinary.resolve("prompt.safetensors")).exists();
  }

  private Path trained(PromptMethod method, boolean checkpointLayers) {
    Path data = TinyModel.data(temp.resolve("rows.jsonl"), 24, 3);
    TrainingConfig config =
        TrainingConfig.builder()
            .method(method)
            .epochs(2)
            .batching(new FixedBatches(8))
            .accumulation(2)
            .learningRate(1e-3)
            .precision(Precision.FP32)
            .checkpointLayers(checkpointLayers)
            .build();
    Path out = temp.resolve("run-" + checkpointLayers);
    new Training(TinyModel.bert(), TinyModel.task(), config)
        .run(new TrainingData(data, data, BadRowPolicy.REFUSE), out, TrainingListener.silent());
    return out.resolve("pack");
  }
}
