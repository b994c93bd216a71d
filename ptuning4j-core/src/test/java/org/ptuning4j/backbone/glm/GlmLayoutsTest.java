package org.ptuning4j.backbone.glm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BlankFilling;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.backbone.WeightReport;
import org.ptuning4j.backbone.WeightReport.Status;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;
import org.ptuning4j.tensor.pickle.StateDictFile;

/** Checkpoints under the names of the original code and of the conversion. */
class GlmLayoutsTest {

  @TempDir Path temp;

  private final TinyFamily tiny = new TinyFamily("glm");
  private ModelFolder whole;

  @BeforeEach
  void write() {
    whole = tiny.write(temp);
  }

  private Map<String, Tensor> tensors(UnaryOperator<String> names) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (TensorSource source = whole.tensors()) {
      source.names().forEach(name -> tensors.put(names.apply(name), source.read(name)));
    }
    return tensors;
  }

  private Path folder(String name) throws IOException {
    Path folder = Files.createDirectory(temp.resolve(name));
    Files.copy(whole.configFile(), folder.resolve("config.json"));
    return folder;
  }

  private static String original(String name) {
    return name.substring("glm.".length());
  }

  private float[] outputs(Path folder) {
    try (Backbone backbone = tiny.load(ModelFolder.open(folder))) {
      return Scope.run(
          () -> {
            TokenRow row =
                TokenRow.of(new int[] {5, 31, 7, 33, 6, 8, 41}, new int[7])
                    .withFilling(new BlankFilling(5, 2))
                    .withAnchor(6);
            Tensor state =
                backbone
                    .forward(
                        TokenBatch.of(List.of(row), 0),
                        Injection.none(),
                        ForwardOptions.evaluation(Positions.ANCHOR))
                    .first();
            return Tensors.floats(backbone.languageModel().logits(state));
          });
    }
  }

  private static WeightReport inspect(Path folder) {
    ModelFolder model = ModelFolder.open(folder);
    return BackboneFamilies.standard().of(model).inspect(model);
  }

  /** {@code mp_rank_00_model_states.pt}: no prefix, the weights under {@code module}. */
  @Test
  void theOriginalCheckpoint() throws IOException {
    Path folder = folder("original");
    Scope.run(
        () ->
            StateDictFile.writeTraining(
                folder.resolve("mp_rank_00_model_states.pt"), tensors(GlmLayoutsTest::original)));
    assertThat(inspect(folder).with(Status.IGNORED)).isEmpty();
    assertThat(outputs(folder)).isEqualTo(outputs(whole.path()));
  }

  /**
   * {@code pytorch_model.bin} of the conversion script: the same names, without what was beside.
   */
  @Test
  void theConvertedCheckpointOfTheModelAlone() throws IOException {
    Path folder = folder("alone");
    Scope.run(
        () ->
            StateDictFile.write(
                folder.resolve("pytorch_model.bin"), tensors(GlmLayoutsTest::original)));
    assertThat(outputs(folder)).isEqualTo(outputs(whole.path()));
  }

  /** A model with its output matrix, which is the word embeddings a second time. */
  @Test
  void theConvertedCheckpointWithItsOutputMatrix() throws IOException {
    Path folder = folder("generation");
    Scope.run(
        () -> {
          Map<String, Tensor> all = tensors(name -> name);
          all.put("lm_head.weight", all.get("glm.word_embeddings.weight").clone());
          SafetensorsWriter.write(folder.resolve("model.safetensors"), all, Map.of());
        });
    assertThat(outputs(folder)).isEqualTo(outputs(whole.path()));
  }

  /** A classifier of the published code: its pooler and its output are passed over. */
  @Test
  void theCheckpointOfAClassifier() throws IOException {
    Path folder = folder("classifier");
    Scope.run(
        () -> {
          Map<String, Tensor> all = tensors(name -> "model." + original(name));
          for (String name : List.of("pool_layer.weight", "multichoice_head.weight")) {
            all.put(name, all.get("model.transformer.layers.0.attention.dense.weight").clone());
          }
          SafetensorsWriter.write(folder.resolve("model.safetensors"), all, Map.of());
        });
    assertThat(inspect(folder).with(Status.IGNORED))
        .extracting(WeightReport.Entry::name)
        .containsExactlyInAnyOrder("pool_layer.weight", "multichoice_head.weight");
    assertThat(outputs(folder)).isEqualTo(outputs(whole.path()));
  }

  @Test
  void aModelThatWasCutForTrainingIsRefused() throws IOException {
    Path folder = folder("cut");
    for (int part = 0; part < 2; part++) {
      Path file = folder.resolve("mp_rank_0" + part + "_model_states.pt");
      Scope.run(() -> StateDictFile.writeTraining(file, tensors(GlmLayoutsTest::original)));
    }
    assertThatThrownBy(() -> tiny.load(ModelFolder.open(folder)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("mp_rank_00_model_states.pt is one part of a model")
        .hasMessageContaining("change_mp.py");
  }

  @Test
  void anOriginalFolderNeedsAConfiguration() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("bare"));
    Scope.run(
        () ->
            StateDictFile.writeTraining(
                folder.resolve("mp_rank_00_model_states.pt"), tensors(GlmLayoutsTest::original)));
    assertThatThrownBy(() -> ModelFolder.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("(mp_rank_00_model_states.pt) and no config.json");
  }

  @Test
  void whatItIs() {
    try (Backbone backbone = tiny.load(whole)) {
      assertThat(backbone.spec().direction()).isEqualTo(Direction.INFILLING);
      assertThat(backbone.spec().hasLanguageModel()).isTrue();
      assertThat(backbone.spec().hasPooler()).isFalse();
    }
  }
}
