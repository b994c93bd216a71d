package org.ptuning4j.backbone.deberta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;

/** What DeBERTa's configurations and checkpoints may say, and what is refused by name. */
class DebertaOptionsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  /** The model of a golden set with another value of a field. */
  private ModelFolder with(String set, String field, String value) throws IOException {
    Path model = TinyModel.folder(set);
    ObjectNode config =
        (ObjectNode) JSON.readTree(Files.readAllBytes(model.resolve("config.json")));
    config.set(field, JSON.readTree(value));
    Files.writeString(folder.resolve("config.json"), config.toString());
    Files.copy(model.resolve("model.safetensors"), folder.resolve("model.safetensors"));
    return ModelFolder.open(folder);
  }

  private static Backbone load(ModelFolder folder) {
    return BackboneFamilies.standard().load(folder, Engine.reference());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "deberta | talking_head | true",
        "deberta_v2 | talking_head | true",
        "deberta | pos_att_type | [\"c2p\", \"p2p\"]",
        "deberta_v2 | pos_att_type | `\"c2p|c2p\"`",
        "deberta_v2 | pos_att_type | 2",
        "deberta | hidden_act | \"mish\"",
        "deberta | attention_head_size | 5",
        "deberta | num_attention_heads | 5",
        "deberta | hidden_dropout_prob | 1.5",
        "deberta | embedding_size | 0",
        "deberta | max_relative_positions | 2.5",
        "deberta_v2 | norm_rel_ebd | \"batch_norm\"",
        "deberta_v2 | position_buckets | 1",
        "deberta_v2 | position_buckets | 318",
        "deberta_v2_conv | conv_kernel_size | 4",
        "deberta_v2_conv | conv_groups | 3",
        "deberta_v2_conv | conv_act | \"unknown\"",
        "deberta_v2_conv | share_att_key | \"yes\"",
      })
  void whatIsNotComputedIsRefusedByName(String set, String field, String value) throws IOException {
    ModelFolder model = with(set, field, value);
    assertThatThrownBy(() -> load(model).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(field);
  }

  /** Another size of the table would read other rows: the file has to have what is asked for. */
  @ParameterizedTest
  @CsvSource({
    "deberta, max_relative_positions, 8, rel_embeddings",
    "deberta_v2, position_buckets, -1, rel_embeddings",
    "deberta_v2, share_att_key, false, pos_key_proj",
    "deberta_v2, conv_kernel_size, 3, encoder.conv.conv.weight",
    "deberta, type_vocab_size, 2, token_type_embeddings",
    "deberta, position_biased_input, true, position_embeddings",
    "deberta, embedding_size, 12, embed_proj",
  })
  void theWeightsHaveToBeThoseOfTheOptions(String set, String field, String value, String tensor)
      throws IOException {
    ModelFolder model = with(set, field, value);
    assertThatThrownBy(() -> load(model).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(tensor);
  }

  /** DeBERTa v3 and mDeBERTa are published with a table of positions that they do not use. */
  @Test
  void anUnusedTableOfPositionsIsPassedOver() throws IOException {
    ModelFolder model = with("deberta_v2_conv", "position_biased_input", "false");
    try (Backbone backbone = load(model)) {
      assertThat(backbone.spec().maxPositions()).isEqualTo(BackboneSpec.UNLIMITED);
    }
  }

  /** Published checkpoints have DeBERTa's own spelling of the head, and do not say so. */
  @ParameterizedTest
  @ValueSource(strings = {"true", "false", "null"})
  void theHeadIsReadAndSavedAsTheFileSpellsIt(String legacy) throws IOException {
    ModelFolder model = with("deberta_v2", "legacy", legacy);
    Map<String, String> names =
        Map.of(
            "cls.predictions.transform.dense", "lm_predictions.lm_head.dense",
            "cls.predictions.transform.LayerNorm", "lm_predictions.lm_head.LayerNorm",
            "cls.predictions.bias", "lm_predictions.lm_head.bias");
    Path renamed = folder.resolve("renamed.safetensors");
    Scope.run(
        () -> {
          Map<String, Tensor> tensors = new LinkedHashMap<>();
          try (TensorSource source = model.tensors()) {
            for (String name : source.names()) {
              String other = name;
              for (Map.Entry<String, String> entry : names.entrySet()) {
                other = other.replace(entry.getKey(), entry.getValue());
              }
              tensors.put(other, source.read(name));
            }
            SafetensorsWriter.write(renamed, tensors, Map.of());
          }
        });
    try (Backbone asBert = load(model);
        Backbone own = load(model.withWeights(renamed))) {
      Scope.run(
          () -> {
            Tensor states = RandomStream.of(3).gaussian(1, 2, own.spec().hidden());
            Tensor logits = own.languageModel().logits(states);
            assertThat(logits.equal(asBert.languageModel().logits(states))).isTrue();
            assertThat(own.namedWeights()).containsKey("lm_predictions.lm_head.dense.weight");
            assertThat(asBert.namedWeights()).containsKey("cls.predictions.transform.dense.weight");
          });
    }
  }

  /** Sums of three numbers of bf16 are rarely numbers of bf16 themselves. */
  @Test
  void gradientsOfProjectionsWithSeveralUsesAreAddedUpInFp32() {
    ModelFolder model = ModelFolder.open(TinyModel.folder("deberta_v2"));
    assertThat(model.flagOr("share_att_key", false)).isTrue();
    Engine half = Engine.recorded(Precision.BF16, KernelPlan.plain());
    try (Backbone backbone = BackboneFamilies.standard().loadTrainable(model, half)) {
      Scope.run(
          () -> {
            TokenBatch tokens =
                TokenBatch.of(List.of(new int[] {5, 6, 9, 11, 7}), List.of(new int[5]), 0);
            ForwardOptions options = ForwardOptions.evaluation(Positions.ALL);
            backbone
                .forward(tokens, Injection.none(), options)
                .lastHidden()
                .to(Dtype.F32.scalarType())
                .pow(new Scalar(2))
                .sum()
                .backward();
            Tensor gradient =
                backbone.parameters().stream()
                    .filter(
                        each ->
                            each.name().endsWith("0.attention.self.query_key_value_proj.weight"))
                    .findFirst()
                    .orElseThrow()
                    .tensor()
                    .grad();
            Tensor rounded = gradient.to(Dtype.BF16.scalarType()).to(Dtype.F32.scalarType());
            assertThat(rounded.equal(gradient)).isFalse();
          });
    }
  }

  /** Keys of a text have relative positions, those of a prefix have none. */
  @Test
  void keysAndValuesOfATextAreNoPrefix() {
    try (Backbone backbone = load(ModelFolder.open(TinyModel.folder("deberta")))) {
      TokenBatch tokens = TokenBatch.of(List.of(new int[] {5, 6}), List.of(new int[2]), 0);
      ForwardOptions options = ForwardOptions.evaluation(Positions.ALL).withKeysAndValues();
      assertThatThrownBy(() -> Scope.run(() -> backbone.forward(tokens, Injection.none(), options)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("relative positions");
    }
  }

  /** Without absolute positions neither text nor prompt takes any. */
  @Test
  void relativePositionsHaveNoEnd() {
    try (Backbone backbone = load(ModelFolder.open(TinyModel.folder("deberta")))) {
      Scope.run(
          () -> {
            int[] ids = new int[200]; // max_position_embeddings is 160
            Arrays.fill(ids, 7);
            TokenBatch tokens = TokenBatch.of(List.of(ids), List.of(new int[200]), 0);
            Injection shift = Injection.deep(Map.of(), Optional.of(new int[] {50}));
            ForwardOptions options = ForwardOptions.evaluation(Positions.ALL);
            Tensor plain = backbone.forward(tokens, Injection.none(), options).lastHidden();
            Tensor shifted = backbone.forward(tokens, shift, options).lastHidden();
            assertThat(shifted.equal(plain)).isTrue();
          });
    }
  }
}
