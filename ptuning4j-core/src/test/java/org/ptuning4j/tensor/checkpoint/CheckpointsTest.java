package org.ptuning4j.tensor.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.Resources;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;
import org.ptuning4j.tensor.pickle.TorchPickleFile;

class CheckpointsTest {

  @TempDir private Path folder;

  @Test
  void prefersSafetensorsAndWholeFiles() throws IOException {
    Files.writeString(
        folder.resolve("pytorch_model.bin.index.json"),
        "{\"weight_map\":{\"weight\":\"part.bin\"}}");
    Files.copy(Resources.path("torch-nested.pt"), folder.resolve("part.bin"));
    assertOpens("pytorch_model.bin.index.json", ShardedTensors.class);
    Files.copy(Resources.path("torch-zip.pt"), folder.resolve("pytorch_model.bin"));
    assertOpens("pytorch_model.bin", TorchPickleFile.class);
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"weight\":\"part.bin\"}}");
    assertOpens("model.safetensors.index.json", ShardedTensors.class);
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), Map.of());
    assertOpens("model.safetensors", SafetensorsFile.class);
  }

  private void assertOpens(String name, Class<? extends TensorSource> type) {
    try (TensorSource source = Checkpoints.open(folder)) {
      assertThat(source).isInstanceOf(type);
      assertThat(source.describe()).endsWith(name);
    }
    try (TensorSource source = Checkpoints.open(folder.resolve(name))) {
      assertThat(source).isInstanceOf(type);
    }
  }

  @Test
  void listsWhatItLookedForAndWhatThereIs() throws IOException {
    assertThatThrownBy(() -> Checkpoints.open(folder).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith("it holds nothing");
    Files.writeString(folder.resolve("tf_model.h5"), "");
    Files.writeString(folder.resolve("config.json"), "{}");
    assertThatThrownBy(() -> Checkpoints.open(folder).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            folder
                + " holds weights in TensorFlow's format (tf_model.h5), which is not read; save the"
                + " model as safetensors with a config.json beside it; looked for"
                + " model.safetensors, model.safetensors.index.json, pytorch_model.bin,"
                + " pytorch_model.bin.index.json, mp_rank_00_model_states.pt; it holds"
                + " 'config.json', 'tf_model.h5'");
  }

  @Test
  void saysWhatItCannotOpen() throws IOException {
    assertThatThrownBy(() -> Checkpoints.open(folder.resolve("none")).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("none does not exist");
    Path other = Files.writeString(folder.resolve("weights.npz"), "");
    assertThatThrownBy(() -> Checkpoints.open(other).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(other + ": weights are read from .safetensors, .bin");
  }
}
