package org.ptuning4j.backbone.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.llama.LlamaConfig.Biases;

class LlamaConfigTest {

  private static final Reach FULL = Reach.causal();

  @TempDir Path temp;

  private LlamaConfig read(String type, String more) {
    try {
      Path folder = Files.createTempDirectory(temp, "config");
      Files.writeString(
          folder.resolve("config.json"),
          """
          {"model_type": "%s", "hidden_size": 256, "num_hidden_layers": 3,
           "num_attention_heads": 32, "intermediate_size": 80, "vocab_size": 90,
           "max_position_embeddings": 64 %s}
          """
              .formatted(type, more));
      return LlamaConfig.read(ModelFolder.open(folder).config());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsNotSaidIsAsInThePublishedCode() {
    LlamaConfig llama = read("llama", "");
    assertThat(llama.sizes()).isEqualTo(new HeadSizes(32, 32, 8));
    assertThat(llama.activation()).isEqualTo(Activation.SILU);
    assertThat(llama.epsilon()).isEqualTo(1e-6);
    assertThat(llama.tied()).isFalse();
    assertThat(llama.headNorms()).isFalse();
    assertThat(llama.biases()).isEqualTo(new Biases(false, false, false));
    assertThat(llama.reaches()).containsExactly(FULL, FULL, FULL);
    assertThat(read("mistral", "").sizes()).isEqualTo(new HeadSizes(32, 8, 8));
    assertThat(read("qwen2", "").sizes()).isEqualTo(new HeadSizes(32, 32, 8));
    assertThat(read("qwen3", "").sizes()).isEqualTo(new HeadSizes(32, 32, 128));
  }

  @Test
  void whoHasBiases() {
    String all = ", \"attention_bias\": true, \"mlp_bias\": true";
    assertThat(read("llama", all).biases()).isEqualTo(new Biases(true, true, true));
    assertThat(read("mistral", "").biases()).isEqualTo(new Biases(false, false, false));
    assertThat(read("qwen2", "").biases()).isEqualTo(new Biases(true, false, false));
    assertThat(read("qwen3", all).biases()).isEqualTo(new Biases(true, true, false));
    assertThat(read("qwen3", "").headNorms()).isTrue();
  }

  @Test
  void whichLayersHaveAWindow() {
    Reach window = new Reach.CausalWindow(16);
    String sliding = ", \"sliding_window\": 16";
    assertThat(read("llama", sliding).reaches()).containsExactly(FULL, FULL, FULL);
    assertThat(read("mistral", sliding).reaches()).containsExactly(window, window, window);
    assertThat(read("mistral", ", \"sliding_window\": null").reaches())
        .containsExactly(FULL, FULL, FULL);
    for (String qwen : List.of("qwen2", "qwen3")) {
      assertThat(read(qwen, sliding).reaches()).containsExactly(FULL, FULL, FULL);
      String used = sliding + ", \"use_sliding_window\": true";
      assertThat(read(qwen, used).reaches()).containsExactly(FULL, FULL, FULL);
      assertThat(read(qwen, used + ", \"max_window_layers\": 2").reaches())
          .containsExactly(FULL, FULL, window);
      String listed =
          used
              + ", \"layer_types\": [\"sliding_attention\", \"full_attention\","
              + " \"sliding_attention\"]";
      assertThat(read(qwen, listed).reaches()).containsExactly(window, FULL, window);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "num_key_value_heads": 5             | num_key_value_heads is 5, which does not divide num_attention_heads 32
          "num_attention_heads": 30            | num_attention_heads is 30, which does not divide hidden_size 256
          "head_dim": 7                        | head_dim gives heads of width 7
          "hidden_act": "mish"                 | hidden_act 'mish' is not supported
          "is_causal": false                   | is_causal false is not supported
          "use_mrope": true                    | use_mrope true is not supported
          "attention_dropout": 1               | attention_dropout is 1.0; a rate in [0, 1) is expected
          "layer_types": ["full_attention"]    | layer_types '1 entries' is not supported
          "layer_types": ["a", "a", "a"]       | layer_types 'a' is not supported
          "rope_scaling": {"type": "yarn2"}    | rope_scaling.type 'yarn2' is not supported
          """)
  void faultsAreNamed(String field, String message) {
    assertThatThrownBy(() -> read("llama", ", " + field))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("config.json: " + message);
  }
}
