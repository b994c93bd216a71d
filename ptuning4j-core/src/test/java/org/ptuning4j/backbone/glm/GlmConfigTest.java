package org.ptuning4j.backbone.glm;

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
import org.ptuning4j.backbone.layer.Activation;

class GlmConfigTest {

  @TempDir Path temp;

  private GlmConfig read(String more) throws IOException {
    Files.writeString(
        temp.resolve("config.json"),
        """
        {"model_type": "glm", "hidden_size": 64, "num_attention_heads": 4, "vocab_size": 90,
         "max_sequence_length": 512 %s}
        """
            .formatted(more));
    return GlmConfig.read(ModelFolder.open(temp).config());
  }

  @Test
  void whatIsNotSaidIsAsInThePublishedCode() throws IOException {
    GlmConfig config = read(", \"num_layers\": 3");
    assertThat(config.positions()).isEqualTo(513);
    assertThat(config.activation()).isEqualTo(Activation.GELU_NEW);
    assertThat(config.epsilon()).isEqualTo(1e-5);
    assertThat(config.dropout().embeddings()).isEqualTo(0.1);
  }

  /** The fields of glm-2b's configuration. */
  @Test
  void whatIsSaidCountsAndWhatChangesNothingIsTaken() throws IOException {
    GlmConfig config =
        read(
            """
            , "num_layers": 36, "attention_dropout_prob": 0.2, "embedding_dropout_prob": 0.3,
            "output_dropout_prob": 0.4, "attention_scale": 8.0, "block_position_encoding": true,
            "checkpoint_activations": false, "checkpoint_num_layers": 1,
            "initializer_range": 0.02, "max_memory_length": 0, "output_predict": true,
            "parallel_output": true, "pool_token": "cls", "relative_encoding": false,
            "spell_func": "lstm", "spell_length": null, "layernorm_epsilon": 1e-6,
            "hidden_act": "gelu"
            """);
    assertThat(config.layers()).isEqualTo(36);
    assertThat(config.dropout().attention()).isEqualTo(0.2);
    assertThat(config.dropout().embeddings()).isEqualTo(0.3);
    assertThat(config.dropout().hidden()).isEqualTo(0.4);
    assertThat(config.dropout().attentionOutput()).isEqualTo(0.4);
    assertThat(config.epsilon()).isEqualTo(1e-6);
    assertThat(config.activation()).isEqualTo(Activation.GELU);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ", \"num_layers\": 3, \"relative_encoding\": true | relative_encoding true is not"
            + " supported",
        ", \"num_layers\": 3, \"block_position_encoding\": false | block_position_encoding false"
            + " is",
        ", \"num_layers\": 3, \"spell_length\": 9 | spell_length 9 is not supported",
        ", \"num_layers\": 3, \"hidden_act\": \"mish\" | hidden_act 'mish' is not supported",
        ", \"num_hidden_layers\": 40 | num_layers is missing, and num_hidden_layers is there: this"
            + " is GLM-4",
        ", \"head_dim\": 16 | num_layers is missing",
      })
  void whatIsNotComputedIsRefusedByName(String more, String message) {
    assertThatThrownBy(() -> read(more))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }
}
