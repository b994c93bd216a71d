package org.ptuning4j.tensor.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.pack.Pack;

/** Folders of other programs, given where a model or a pack is asked for. */
class ForeignFormatTest {

  private static final String ADAPTER =
      """
      {"peft_type": "%s", "base_model_name_or_path": "%s", "task_type": "SEQ_CLS"}
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"PREFIX_TUNING, bert-base-uncased", "LORA, roberta-large", "P_TUNING, /models/bert"})
  void anAdapterSaysItsTypeAndItsModel(String type, String base) throws IOException {
    write("adapter_config.json", ADAPTER.formatted(type, base));
    write("adapter_model.safetensors", "…");
    String expected =
        folder
            + " is a PEFT adapter of type "
            + type
            + " for the base model "
            + base
            + ", of which a pack has to be made first (import)";
    assertThatThrownBy(() -> ModelFolder.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model: " + expected);
    assertThatThrownBy(() -> Pack.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("pack: " + expected);
    assertThatThrownBy(() -> Pack.openForPrompt(folder, "start-from"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("start-from: " + expected);
    assertThatThrownBy(() -> Checkpoints.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(expected);
  }

  /** Some save the base model's configuration beside the adapter. */
  @Test
  void anAdapterBesideAConfigurationIsOneStill() throws IOException {
    write("adapter_config.json", ADAPTER.formatted("IA3", "b"));
    write("config.json", "{\"model_type\": \"bert\"}");
    assertThatThrownBy(() -> Pack.open(folder))
        .hasMessageContaining("is a PEFT adapter of type IA3");
    assertThatThrownBy(() -> ModelFolder.open(folder).tensors())
        .hasMessageContaining("is a PEFT adapter of type IA3");
  }

  @Test
  void aBrokenAdapterFileIsStillRecognised() throws IOException {
    write("adapter_config.json", "{\"peft_type\"");
    assertThatThrownBy(() -> Pack.open(folder))
        .hasMessageContaining("is a PEFT adapter of type (not named)");
  }

  @ParameterizedTest
  @CsvSource({
    "tf_model.h5, TensorFlow's",
    "bert_model.ckpt.index, TensorFlow's",
    "model.ckpt-1000.data-00000-of-00001, TensorFlow's",
    "saved_model.pb, TensorFlow's",
    "flax_model.msgpack, Flax's",
    "model.onnx, ONNX",
    "bert-base-Q4_K_M.gguf, GGUF",
    "weights.keras, Keras's",
    "openvino_model.xml, OpenVINO's"
  })
  void weightsOfOtherFormatsAreNamed(String file, String format) throws IOException {
    write(file, "…");
    String expected = "holds weights in " + format + " format (" + file + "), which is not read";
    assertThatThrownBy(() -> ModelFolder.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(expected);
    write("config.json", "{\"model_type\": \"bert\"}");
    assertThatThrownBy(() -> ModelFolder.open(folder).tensors())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(expected)
        .hasMessageContaining("looked for model.safetensors");
  }

  @Test
  void theTransformerOfAnOlderSentenceTransformersFolderIsNamed() throws IOException {
    write("modules.json", "[]");
    Files.createDirectories(folder.resolve("0_Transformer"));
    write("0_Transformer/config.json", "{}");
    assertThatThrownBy(() -> ModelFolder.open(folder))
        .hasMessageContaining("is a sentence-transformers model")
        .hasMessageContaining("0_Transformer: give that one");
  }

  @Test
  void aTrainersStateWithoutTheModelIsNamed() throws IOException {
    write("trainer_state.json", "{}");
    write("optimizer.pt", "…");
    assertThatThrownBy(() -> ModelFolder.open(folder))
        .hasMessageContaining("is a checkpoint of Hugging Face's Trainer without the model");
  }

  @Test
  void theModelMayBeOneFolderFurtherDown() throws IOException {
    Files.createDirectories(folder.resolve("checkpoint-500"));
    write("checkpoint-500/config.json", "{}");
    assertThatThrownBy(() -> ModelFolder.open(folder))
        .hasMessageContaining("is no model itself, but")
        .hasMessageContaining("checkpoint-500 looks like one");
  }

  @Test
  void aPackIsNoModelAndAModelNoPack() throws IOException {
    write("prompt.json", "{}");
    assertThatThrownBy(() -> ModelFolder.open(folder)).hasMessageContaining("is a pack");
    Files.delete(folder.resolve("prompt.json"));
    write("config.json", "{}");
    assertThatThrownBy(() -> Pack.open(folder)).hasMessageContaining("is a model, not a pack");
  }

  @Test
  void anUnknownFolderIsJustThat() throws IOException {
    write("notes.txt", "…");
    assertThat(ForeignFormat.of(folder)).isEmpty();
    assertThatThrownBy(() -> Pack.open(folder)).hasMessageContaining("holds no prompt.json");
  }

  @Test
  void aPointerToALargeFileIsSaid() throws IOException {
    write("config.json", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 500\n");
    assertThatThrownBy(() -> ModelFolder.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("config.json is a Git LFS pointer")
        .hasMessageContaining("git lfs pull");
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }
}
