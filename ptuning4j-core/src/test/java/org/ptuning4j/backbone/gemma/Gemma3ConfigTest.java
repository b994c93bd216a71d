package org.ptuning4j.backbone.gemma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.layer.Rotary;
import org.ptuning4j.backbone.layer.RotaryScaling;

/** What a configuration says, in the spelling of each release. */
class Gemma3ConfigTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The fields of a language model of 1 billion weights that matter. */
  private static final String RELEASED =
      """
      {"model_type": "gemma3_text", "attention_bias": false, "attention_dropout": 0.0,
       "attn_logit_softcapping": null, "final_logit_softcapping": null, "head_dim": 256,
       "hidden_activation": "gelu_pytorch_tanh", "hidden_size": 1152, "intermediate_size": 6912,
       "max_position_embeddings": 32768, "num_attention_heads": 4, "num_hidden_layers": 26,
       "num_key_value_heads": 1, "query_pre_attn_scalar": 256, "rms_norm_eps": 1e-06,
       "rope_local_base_freq": 10000, "rope_scaling": null, "rope_theta": 1000000,
       "sliding_window": 512, "sliding_window_pattern": 6, "vocab_size": 262144}
      """;

  /** Those of one that reads images too. */
  private static final String WITH_IMAGES =
      """
      {"model_type": "gemma3", "image_token_index": 262144, "vision_config": {"hidden_size": 1152},
       "text_config": {"model_type": "gemma3_text", "hidden_size": 2560,
        "intermediate_size": 10240, "num_hidden_layers": 34, "sliding_window": 1024,
        "rope_scaling": {"factor": 8.0, "rope_type": "linear"}}}
      """;

  @TempDir Path folder;

  private Gemma3Config read(ObjectNode json) throws IOException {
    Files.writeString(folder.resolve("config.json"), json.toString());
    return new Gemma3Family().config(ModelFolder.open(folder));
  }

  private static ObjectNode json(String text) throws IOException {
    return (ObjectNode) JSON.readTree(text);
  }

  @Test
  void theReleasedConfiguration() throws IOException {
    Gemma3Config config = read(json(RELEASED));
    assertThat(globalLayers(config)).containsExactly(5, 11, 17, 23);
    assertThat(config.layers()).hasSize(26);
    assertThat(config.layers().get(0))
        .isEqualTo(
            new Gemma3Config.LayerKind(new Reach.CausalWindow(512), new Rotary(10_000, 256)));
    assertThat(config.layers().get(5).rotary()).isEqualTo(new Rotary(1_000_000, 256));
    assertThat(config.sizes()).isEqualTo(new HeadSizes(4, 1, 256));
    assertThat(config.scale()).isEqualTo(1.0 / 16);
    assertThat(config.activation()).isEqualTo(Activation.GELU_PYTORCH_TANH);
    assertThat(config.tied()).isTrue();
    assertThat(config.biased()).isFalse();
    assertThat(config.maxPositions()).isEqualTo(32768);
  }

  /** What is missing is as in the published code; scaling concerns global layers only. */
  @Test
  void theLanguageModelOfOneThatReadsImages() throws IOException {
    Gemma3Config config = read(json(WITH_IMAGES));
    assertThat(config.modelType()).isEqualTo("gemma3");
    assertThat(config.sizes()).isEqualTo(new HeadSizes(8, 4, 256));
    assertThat(config.vocabulary()).isEqualTo(262_208);
    assertThat(config.maxPositions()).isEqualTo(131_072);
    assertThat(globalLayers(config)).containsExactly(5, 11, 17, 23, 29);
    assertThat(config.layers().get(5).rotary())
        .isEqualTo(new Rotary(1_000_000, 256, new RotaryScaling.Linear(8)));
    assertThat(config.layers().get(0).rotary()).isEqualTo(new Rotary(10_000, 256));
    assertThat(config.layers().get(0).reach()).isEqualTo(new Reach.CausalWindow(1024));
    assertThat(config.tied()).isTrue();
    assertThat(read(json(WITH_IMAGES).put("tie_word_embeddings", false)).tied()).isFalse();
  }

  @Test
  void layersAndBasesOfNewerFiles() throws IOException {
    ObjectNode json = json(RELEASED).put("num_hidden_layers", 3);
    json.remove(List.of("rope_theta", "rope_local_base_freq", "rope_scaling"));
    json.putArray("layer_types")
        .add("full_attention")
        .add("sliding_attention")
        .add("full_attention");
    ObjectNode rope = json.putObject("rope_parameters");
    rope.putObject("full_attention")
        .put("rope_type", "linear")
        .put("rope_theta", 500)
        .put("factor", 2);
    rope.putObject("sliding_attention").put("rope_type", "default").put("rope_theta", 70);
    Gemma3Config config = read(json);
    assertThat(globalLayers(config)).containsExactly(0, 2);
    assertThat(config.layers().get(0).rotary())
        .isEqualTo(new Rotary(500, 256, new RotaryScaling.Linear(2)));
    assertThat(config.layers().get(1).rotary()).isEqualTo(new Rotary(70, 256));
    rope.putObject("full_attention").put("rope_type", "default");
    assertThat(read(json).layers().get(0).rotary()).isEqualTo(new Rotary(1_000_000, 256));
  }

  @Test
  void everyNthLayerIsGlobalAsTheFileHasIt() throws IOException {
    ObjectNode json = json(RELEASED).put("num_hidden_layers", 6).put("sliding_window_pattern", 3);
    assertThat(globalLayers(read(json))).containsExactly(2, 5);
    json.remove("sliding_window_pattern");
    assertThat(globalLayers(read(json))).containsExactly(5);
    json.put("_sliding_window_pattern", 2);
    assertThat(globalLayers(read(json))).containsExactly(1, 3, 5);
  }

  private static List<Integer> globalLayers(Gemma3Config config) {
    return IntStream.range(0, config.layers().size())
        .filter(layer -> config.layers().get(layer).reach().equals(Reach.causal()))
        .boxed()
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'attn_logit_softcapping': 50.0} | attn_logit_softcapping 50.0 is not supported",
        "{'final_logit_softcapping': 30.0} | final_logit_softcapping 30.0 is not supported",
        "{'use_bidirectional_attention': true} | use_bidirectional_attention true is not supported",
        "{'num_key_value_heads': 3} | num_key_value_heads is 3, which does not divide"
            + " num_attention_heads 4",
        "{'head_dim': 7} | head_dim is 7",
        "{'hidden_activation': 'mish'} | hidden_activation 'mish' is not supported",
        "{'query_pre_attn_scalar': 0} | query_pre_attn_scalar 0.0 is not supported",
        "{'sliding_window_pattern': 0} | sliding_window_pattern is 0",
        "{'layer_types': ['full_attention']} | layer_types '1 entries' is not supported",
        "{'num_hidden_layers': 1, 'layer_types': ['linear']} | layer_types 'linear' is not"
            + " supported",
        "{'rope_scaling': {'type': 'su'}} | rope_scaling.type 'su' is not supported",
        "{'rope_local_base_freq': -1} | rope_local_base_freq -1.0 is not supported",
        "{'rope_parameters': {'rope_theta': 9}} | rope_parameters.rope_theta",
        "{'rope_parameters': {}, 'rope_scaling': {'type': 'default'}} | rope_scaling",
        "{'rope_parameters': {'sliding_attention': {'rope_type': 'longrope'}}} |"
            + " rope_parameters.sliding_attention.rope_type 'longrope' is not supported",
      })
  void whatIsNotComputedIsRefusedByName(String changes, String message) throws IOException {
    ObjectNode json = json(RELEASED);
    json.setAll(json(changes.replace('\'', '"')));
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("config.json: " + message);
  }

  @Test
  void faultsOfALanguageModelWithinAreNamedWhereTheyAre() throws IOException {
    ObjectNode capped = json(WITH_IMAGES);
    ((ObjectNode) capped.get("text_config")).put("final_logit_softcapping", 30.0);
    assertThatThrownBy(() -> read(capped))
        .hasMessageContaining("config.json: text_config.final_logit_softcapping 30.0");
    ObjectNode without = json(WITH_IMAGES);
    without.remove("text_config");
    assertThatThrownBy(() -> read(without))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("config.json: text_config is missing");
  }
}
