package org.ptuning4j.backbone.modernbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ptuning4j.Closeness.assertClose;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.Pooling;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.Rotary;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/**
 * What its configuration says, in the spelling of each release, and what a prefix is to windows.
 */
class ModernBertTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  /** The released model's fields that matter, without those that newer releases added. */
  private static ObjectNode released() throws IOException {
    return (ObjectNode)
        JSON.readTree(
            """
            {"model_type": "modernbert", "attention_bias": false, "attention_dropout": 0.0,
             "classifier_activation": "gelu", "classifier_bias": false, "classifier_pooling": "mean",
             "decoder_bias": true, "deterministic_flash_attn": false, "embedding_dropout": 0.0,
             "global_attn_every_n_layers": 3, "global_rope_theta": 160000.0,
             "hidden_activation": "gelu", "hidden_size": 768, "intermediate_size": 1152,
             "layer_norm_eps": 1e-05, "local_attention": 128, "local_rope_theta": 10000.0,
             "max_position_embeddings": 8192, "mlp_bias": false, "mlp_dropout": 0.0,
             "norm_bias": false, "norm_eps": 1e-05, "num_attention_heads": 12,
             "num_hidden_layers": 22, "pad_token_id": 50283, "position_embedding_type": "absolute",
             "reference_compile": null, "sparse_pred_ignore_index": -100,
             "sparse_prediction": false, "vocab_size": 50368}
            """);
  }

  private ModernBertConfig read(ObjectNode json) throws IOException {
    Files.writeString(folder.resolve("config.json"), json.toString());
    return new ModernBertFamily().config(ModelFolder.open(folder));
  }

  @Test
  void theReleasedConfiguration() throws IOException {
    ModernBertConfig config = read(released());
    assertThat(config.layers()).hasSize(22);
    assertThat(globalLayers(config)).containsExactly(0, 3, 6, 9, 12, 15, 18, 21);
    assertThat(config.layers().get(0).rotary()).isEqualTo(new Rotary(160_000, 64));
    assertThat(config.layers().get(1).rotary()).isEqualTo(new Rotary(10_000, 64));
    assertThat(config.layers().get(1).reach()).isEqualTo(new Reach.Window(64));
    assertThat(config.maxPositions()).isEqualTo(8192);
    assertThat(config.padId()).isEqualTo(50283);
    assertThat(config.tied()).isTrue();
    assertThat(config.biases())
        .isEqualTo(new ModernBertConfig.Biases(false, false, false, false, true));
  }

  @Test
  void classifiersReadWhatTheConfigurationNames() throws IOException {
    assertThat(read(released()).pooling()).isEqualTo(Pooling.MEAN);
    assertThat(read(released().put("classifier_pooling", "cls")).pooling())
        .isEqualTo(Pooling.TOKEN);
    ObjectNode silent = released();
    silent.remove("classifier_pooling");
    assertThat(read(silent).pooling()).isEqualTo(Pooling.TOKEN);
    assertThatThrownBy(() -> read(released().put("classifier_pooling", "max")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("classifier_pooling", "max", "cls, mean");
  }

  /** mmBERT turns the windowed layers by the same base. */
  @Test
  void basesOfOlderFiles() throws IOException {
    ModernBertConfig config = read(released().put("local_rope_theta", 160_000));
    assertThat(config.layers().get(1).rotary()).isEqualTo(new Rotary(160_000, 64));
  }

  @Test
  void basesAndLayersOfNewerFilesWin() throws IOException {
    ObjectNode json = released().put("num_hidden_layers", 3);
    json.putArray("layer_types")
        .add("sliding_attention")
        .add("full_attention")
        .add("sliding_attention");
    ObjectNode rope = json.putObject("rope_parameters");
    rope.putObject("full_attention").put("rope_type", "default").put("rope_theta", 500);
    rope.putObject("sliding_attention").put("rope_type", "default").put("rope_theta", 70);
    ModernBertConfig config = read(json);
    assertThat(globalLayers(config)).containsExactly(1);
    assertThat(config.layers().get(1).rotary().base()).isEqualTo(500);
    assertThat(config.layers().get(0).rotary().base()).isEqualTo(70);
  }

  /** What is missing has the default of the released code. */
  @Test
  void defaults() throws IOException {
    ObjectNode json =
        (ObjectNode)
            JSON.readTree(
                """
                {"model_type": "modernbert", "hidden_size": 8, "num_attention_heads": 2,
                 "num_hidden_layers": 2, "intermediate_size": 6, "vocab_size": 9,
                 "max_position_embeddings": 12}
                """);
    ModernBertConfig config = read(json);
    assertThat(config.layers().get(0).rotary().base()).isEqualTo(160_000);
    assertThat(config.layers().get(1).rotary().base()).isEqualTo(10_000);
    assertThat(config.layers().get(1).reach()).isEqualTo(new Reach.Window(64));
    assertThat(config.activation()).isEqualTo(Activation.GELU);
    assertThat(config.epsilon()).isEqualTo(1e-5);
  }

  @Test
  void eachRateHasItsPlaces() throws IOException {
    ModernBertConfig config =
        read(
            released()
                .put("mlp_dropout", 0.1)
                .put("attention_dropout", 0.2)
                .put("embedding_dropout", 0.3));
    assertThat(config.dropout().hidden()).isEqualTo(0.1);
    assertThat(config.dropout().attention()).isEqualTo(0.2);
    assertThat(config.dropout().attentionOutput()).isEqualTo(0.2);
    assertThat(config.dropout().embeddings()).isEqualTo(0.3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'num_attention_heads': 5} | num_attention_heads is 5, which does not divide hidden_size"
            + " 768",
        "{'num_attention_heads': 256} | num_attention_heads 256 is not supported",
        "{'layer_types': ['full_attention']} | layer_types '1 entries' is not supported",
        "{'num_hidden_layers': 1, 'layer_types': ['linear']} | layer_types 'linear' is not"
            + " supported",
        "{'layer_types': 'all'} | layer_types is \"all\"; a list of texts is expected",
        "{'num_hidden_layers': 200000} | num_hidden_layers is 200000; at most 10000",
        "{'hidden_activation': 'mish'} | hidden_activation 'mish' is not supported",
        "{'classifier_activation': 'mish'} | classifier_activation 'mish' is not supported",
        "{'mlp_dropout': 1.5} | mlp_dropout is 1.5; a rate in [0, 1) is expected",
        "{'rope_scaling': {'rope_type': 'yarn'}} | rope_scaling",
        "{'rope_parameters': {'rope_theta': 9}} | rope_parameters.rope_theta",
        "{'rope_parameters': {'full_attention': {'rope_type': 'yarn'}}} |"
            + " rope_parameters.full_attention.rope_type 'yarn' is not supported; supported is"
            + " default",
        "{'rope_parameters': {'sliding_attention': {'partial_rotary_factor': 0.5}}} |"
            + " rope_parameters.sliding_attention.partial_rotary_factor 0.5",
        "{'local_rope_theta': -1} | local_rope_theta -1.0 is not supported",
      })
  void whatIsNotComputedIsRefusedByName(String changes, String message) throws IOException {
    ObjectNode json = released();
    json.setAll((ObjectNode) JSON.readTree(changes.replace('\'', '"')));
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("config.json: " + message);
  }

  private static List<Integer> globalLayers(ModernBertConfig config) {
    return IntStream.range(0, config.layers().size())
        .filter(layer -> config.layers().get(layer).reach().coversEverything())
        .boxed()
        .toList();
  }

  /** Turned positions tell distances only; a prefix is seen from within every window. */
  @Test
  void positionsAreRelativeAndAPrefixIsSeenFromEveryWindow() {
    ModelFolder tiny = ModelFolder.open(TinyModel.folder("modernbert"));
    Scope.run(
        () -> {
          try (Backbone backbone = BackboneFamilies.standard().load(tiny, Engine.reference())) {
            int[] ids = new int[20];
            Arrays.setAll(ids, i -> 10 + i);
            TokenBatch tokens = TokenBatch.of(List.of(ids), List.of(new int[20]), 0);
            Tensor plain = last(backbone, tokens, Injection.none());
            Injection shift = Injection.deep(Map.of(), Optional.of(new int[] {7}));
            assertClose("shifted", last(backbone, tokens, shift), plain, 1e-4, 0);
            Map<Integer, LayerPrefix> prefixes = prefixes(backbone.spec());
            Tensor prompted = last(backbone, tokens, Injection.deep(prefixes, Optional.empty()));
            Tensor end = prompted.select(1, 19).sub(plain.select(1, 19)).abs();
            assertThat(end.max().item_float()).isGreaterThan(0.01f);
            Injection both = Injection.deep(prefixes, Optional.of(new int[] {7}));
            Tensor turned = last(backbone, tokens, both).sub(prompted).abs();
            assertThat(turned.max().item_float()).as("keys are turned, prefixes not").isPositive();
          }
        });
  }

  private static Tensor last(Backbone backbone, TokenBatch tokens, Injection injection) {
    return backbone
        .forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }

  /** In the windowed layers only, so that what is seen is seen from within a window. */
  private static Map<Integer, LayerPrefix> prefixes(BackboneSpec spec) {
    RandomStream random = RandomStream.of(2);
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer : List.of(1, 2)) {
      prefixes.put(
          layer,
          LayerPrefix.of(
              random.gaussian(1, 1, spec.heads(), 3, spec.headSize()),
              random.gaussian(1, 1, spec.heads(), 3, spec.headSize())));
    }
    return prefixes;
  }
}
