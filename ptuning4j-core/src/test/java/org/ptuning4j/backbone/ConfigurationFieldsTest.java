package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.WeightReport.Status;
import org.ptuning4j.tensor.engine.Engine;

/** Fields of {@code config.json} are named as the family calls them. */
class ConfigurationFieldsTest {

  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bert | \"num_attention_heads\": 4 | \"num_attention_heads\": 5"
            + " | num_attention_heads is 5, which does not divide hidden_size 32",
        "distilbert | \"n_heads\": 4 | \"n_heads\": 5 | n_heads is 5, which does not divide dim 32",
        "distilbert | \"n_layers\": 2 | \"n_layers\": 99999 | n_layers is 99999; at most 10000",
        "distilbert | \"n_layers\": 2 | \"n_layers\": 2, \"dropout\": 1"
            + " | dropout is 1.0; a rate in [0, 1) is expected",
        "distilbert | \"n_layers\": 2 | \"n_layers\": 2, \"attention_dropout\": -0.5"
            + " | attention_dropout is -0.5; a rate in [0, 1) is expected",
        "distilbert | \"hidden_dim\": 48 | \"hidden_dim\": 0 | hidden_dim is 0; a positive whole",
        "distilbert | \"gelu\" | \"mish\" | activation 'mish' is not supported; supported is gelu,",
        "electra | \"embedding_size\": 16 | \"embedding_size\": \"x\" | embedding_size is \"x\"",
        "albert | \"inner_group_num\": 1 | \"inner_group_num\": 0 | inner_group_num is 0",
        "bert | \"hidden_act\" | \"is_decoder\": true, \"hidden_act\" | is_decoder true is not",
        "roberta | \"hidden_act\" | \"position_embedding_type\": \"relative_key\", \"hidden_act\""
            + " | position_embedding_type 'relative_key' is not supported; supported is absolute",
        "bert | \"pad_token_id\": 0 | \"pad_token_id\": 0.5 | pad_token_id is 0.5; a whole number",
      })
  void faultsAreSaidUnderTheFamilysNames(String family, String good, String bad, String message) {
    TinyFamily tiny = new TinyFamily(family);
    String configuration = tiny.configuration();
    assertThat(configuration).contains(good);
    assertThatThrownBy(() -> tiny.write(temp, configuration.replace(good, bad)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("config.json: " + message);
  }

  static Set<String> types() {
    return BackboneFamilies.standard().modelTypes();
  }

  /** What is read without loading anything, whatever the family calls its fields. */
  @ParameterizedTest
  @MethodSource("types")
  void theSizesOfAConfigurationAreThoseOfTheModel(String type) {
    ModelFolder folder = new TinyFamily(type).write(temp);
    BackboneFamily family = BackboneFamilies.standard().of(folder);
    BackboneSpec said = family.spec(folder);
    try (Backbone backbone = family.load(folder, Engine.reference(), false)) {
      BackboneSpec loaded = backbone.spec();
      assertThat(said)
          .usingRecursiveComparison()
          .ignoringFields("hasPooler", "hasLanguageModel")
          .isEqualTo(loaded);
      assertThat(said.readingLayers()).isEqualTo(2);
      assertThat(said.hidden()).isEqualTo(TinyFamily.HIDDEN);
      assertThat(said.vocabulary()).isEqualTo(TinyFamily.VOCABULARY);
    }
  }

  /** A discriminator's checkpoint has no generator's head: it cannot score words. */
  @Test
  void aDiscriminatorLoadsWithoutALanguageModel() {
    TinyFamily electra = new TinyFamily("electra");
    ModelFolder folder =
        electra.write(
            temp,
            electra.configuration(),
            name ->
                name.startsWith("electra.")
                    ? name
                    : name.replace("generator_predictions", "discriminator_predictions"));
    try (Backbone backbone = electra.load(folder)) {
      assertThat(backbone.spec().hasLanguageModel()).isFalse();
    }
    WeightReport report = BackboneFamilies.standard().of(folder).inspect(folder);
    assertThat(report.loadable()).isTrue();
    assertThat(report.with(Status.IGNORED))
        .anyMatch(entry -> entry.name().equals("discriminator_predictions.dense.weight"));
  }
}
