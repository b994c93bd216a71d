package org.ptuning4j.backbone.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.layer.Activation;

class Gpt2ConfigTest {

  @TempDir Path temp;

  private Gpt2Config read(String more) throws IOException {
    Files.writeString(
        temp.resolve("config.json"),
        """
        {"model_type": "gpt2", "n_embd": 64, "n_layer": 3, "n_head": 4, "vocab_size": 90 %s}
        """
            .formatted(more));
    return Gpt2Config.read(ModelFolder.open(temp).config());
  }

  @Test
  void whatIsNotSaidIsAsInThePublishedCode() throws IOException {
    Gpt2Config config = read(", \"n_positions\": 32");
    assertThat(config.intermediate()).isEqualTo(256);
    assertThat(config.activation()).isEqualTo(Activation.GELU_NEW);
    assertThat(config.epsilon()).isEqualTo(1e-5);
    assertThat(config.tied()).isTrue();
    assertThat(config.dropout().embeddings()).isEqualTo(0.1);
    assertThat(config.scale(2)).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void whatIsSaidCounts() throws IOException {
    Gpt2Config config =
        read(
            """
            , "n_ctx": 40, "n_inner": 100, "activation_function": "gelu",
            "layer_norm_epsilon": 1e-6, "tie_word_embeddings": false, "attn_pdrop": 0.2,
            "resid_pdrop": 0.3, "embd_pdrop": 0, "scale_attn_by_inverse_layer_idx": true,
            "reorder_and_upcast_attn": true
            """);
    assertThat(config.maxPositions()).isEqualTo(40);
    assertThat(config.intermediate()).isEqualTo(100);
    assertThat(config.activation()).isEqualTo(Activation.GELU);
    assertThat(config.epsilon()).isEqualTo(1e-6);
    assertThat(config.tied()).isFalse();
    assertThat(config.dropout().attention()).isEqualTo(0.2);
    assertThat(config.dropout().attentionOutput()).isEqualTo(0.3);
    assertThat(config.dropout().hidden()).isEqualTo(0.3);
    assertThat(config.dropout().embeddings()).isZero();
    assertThat(config.scale(0)).isCloseTo(0.25, within(1e-12));
    assertThat(config.scale(1)).isCloseTo(0.125, within(1e-12));
  }

  @Test
  void scoresMayBeLeftUnscaled() throws IOException {
    assertThat(read(", \"n_positions\": 32, \"scale_attn_weights\": false").scale(1)).isEqualTo(1);
  }

  @Test
  void whatIsNotComputedIsRefusedByName() {
    assertThatThrownBy(() -> read(", \"n_positions\": 32, \"add_cross_attention\": true"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("add_cross_attention true is not supported");
    assertThatThrownBy(() -> read(", \"n_positions\": 32, \"activation_function\": \"mish\""))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("activation_function 'mish'");
    assertThatThrownBy(() -> read("")).hasMessageContaining("n_positions is missing");
  }
}
