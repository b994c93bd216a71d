package org.ptuning4j.backbone.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;

/** Frequencies of every published scaling. */
class RotaryFieldsTest {

  @TempDir Path temp;

  private RotaryFields read(String fields, int headSize, int pretrained) {
    try {
      Path folder = Files.createTempDirectory(temp, "config");
      Files.writeString(
          folder.resolve("config.json"), "{\"model_type\": \"llama\", " + fields + "}");
      return RotaryFields.read(ModelFolder.open(folder).config(), headSize, pretrained);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static double[] frequencies(RotaryFields fields, int length) {
    Rotary rotary = fields.rotary();
    return rotary.scaling().frequencies(rotary.base(), rotary.size(), length);
  }

  @TestFactory
  Stream<DynamicTest> recordedFrequencies() {
    List<DynamicTest> tests = new ArrayList<>();
    Path tables = GoldenSet.folder().resolve("tables").resolve("tables.json");
    for (JsonNode each : GoldenSet.json(tables).get("rope")) {
      String fields = "\"rope_parameters\": " + each.get("rope_parameters");
      tests.add(
          DynamicTest.dynamicTest(
              fields,
              () -> {
                RotaryFields read = read(fields, each.get("head_dim").asInt(), 8192);
                double[] found = frequencies(read, 10);
                assertThat(found).hasSize(each.get("inv_freq").size());
                for (int i = 0; i < found.length; i++) {
                  double wanted = each.get("inv_freq").get(i).asDouble();
                  assertThat(found[i]).as("pair " + i).isCloseTo(wanted, within(1e-6 * wanted));
                }
              }));
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  @Test
  void olderFilesSayTheSame() {
    RotaryFields newer =
        read(
            """
            "rope_parameters": {"rope_type": "linear", "rope_theta": 500.0, "factor": 4.0}
            """,
            8,
            100);
    RotaryFields older =
        read(
            "\"rope_theta\": 500.0, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}",
            8,
            100);
    assertThat(older).isEqualTo(newer);
    assertThat(newer.maxPositions()).isEqualTo(400);
    assertThat(read("\"rope_scaling\": null", 8, 100).rotary()).isEqualTo(new Rotary(10_000, 8));
  }

  /** Values of a few lines that follow the paper's formulas, computed apart from this code. */
  @Test
  void yarnStretchesSlowPairsAndSharpensAttention() {
    RotaryFields qwen =
        read(
            """
            "rope_theta": 1000000.0, "rope_scaling":
            {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}
            """,
            128,
            32768);
    double[] found = frequencies(qwen, 10);
    assertThat(found[0]).isCloseTo(1, within(1e-12));
    assertThat(found[20]).isCloseTo(0.01333521432163324, within(1e-12));
    assertThat(found[30]).isCloseTo(0.0010643609812470017, within(1e-12));
    assertThat(found[40]).isCloseTo(4.445698525097307e-05, within(1e-14));
    assertThat(found[63]).isCloseTo(3.102344401879299e-07, within(1e-16));
    assertThat(qwen.rotary().scaling().amplitude()).isCloseTo(1.138629436111989, within(1e-12));
    assertThat(qwen.maxPositions()).isEqualTo(131072);
  }

  @Test
  void yarnsRampMayEndBetweenPairs() {
    String yarn =
        """
        "rope_parameters": {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 8.0,
         "original_max_position_embeddings": 64, "truncate": %s %s}
        """;
    double[] whole = frequencies(read(yarn.formatted("true", ""), 16, 512), 10);
    assertThat(whole[1]).isCloseTo(0.2239946675952602, within(1e-12));
    assertThat(whole[2]).isCloseTo(0.04166666666666667, within(1e-12));
    double[] between = frequencies(read(yarn.formatted("false", ""), 16, 512), 10);
    assertThat(between[1]).isCloseTo(0.17897614584316904, within(1e-12));
    assertThat(between[2]).isCloseTo(0.013194453540578242, within(1e-12));
    RotaryFields given = read(yarn.formatted("true", ", \"attention_factor\": 1.5"), 16, 512);
    assertThat(given.rotary().scaling().amplitude()).isEqualTo(1.5);
    RotaryFields weighted =
        read(yarn.formatted("true", ", \"mscale\": 2.0, \"mscale_all_dim\": 1.0"), 16, 512);
    double log = Math.log(8);
    assertThat(weighted.rotary().scaling().amplitude())
        .isCloseTo((0.2 * log + 1) / (0.1 * log + 1), within(1e-12));
  }

  @Test
  void aDynamicBaseGrowsWithARowThatIsLongerThanInPretraining() {
    RotaryFields dynamic =
        read("\"rope_scaling\": {\"rope_type\": \"dynamic\", \"factor\": 2.0}", 64, 2048);
    RotaryFields plain = read("\"rope_scaling\": null", 64, 2048);
    assertThat(frequencies(dynamic, 2048)).isEqualTo(frequencies(plain, 2048));
    double[] longer = frequencies(dynamic, 4096);
    assertThat(longer[1]).isCloseTo(0.7237840223942559, within(1e-12));
    assertThat(longer[31]).isCloseTo(4.4450714405444134e-05, within(1e-14));
    assertThat(dynamic.maxPositions()).isEqualTo(BackboneSpec.UNLIMITED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"rope_type": "longrope", "factor": 2.0}       | rope_type 'longrope' is not supported
          {"type": "su"}                                 | type 'su' is not supported
          {"rope_type": "linear"}                        | factor 'missing' is not supported
          {"rope_type": "linear", "factor": 0.5}         | factor 0.5 is not supported
          {"rope_type": "llama3", "factor": 2.0}         | low_freq_factor 'missing'
          {"rope_type": "default", "partial_rotary_factor": 0.5} | partial_rotary_factor 0.5
          """)
  void whatIsNotComputedIsRefusedByName(String scaling, String message) {
    for (String field : List.of("rope_scaling", "rope_parameters")) {
      assertThatThrownBy(() -> read("\"" + field + "\": " + scaling, 8, 64))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("config.json: " + field + "." + message);
    }
  }
}
