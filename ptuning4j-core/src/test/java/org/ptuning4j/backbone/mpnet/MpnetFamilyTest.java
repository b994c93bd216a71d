package org.ptuning4j.backbone.mpnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/** MPNet against a slow reference of its own. */
class MpnetFamilyTest {

  private static final int LAYERS = 2;
  private static final int HIDDEN = 12;
  private static final int HEADS = 3;
  private static final int WIDE = 20;
  private static final int VOCABULARY = 30;
  private static final String CONFIG =
      """
      {"model_type": "mpnet", "num_hidden_layers": 2, "hidden_size": 12, "num_attention_heads": 3,
       "intermediate_size": 20, "vocab_size": 30, "max_position_embeddings": 200, "pad_token_id": 1,
       "hidden_act": "gelu", "layer_norm_eps": 1e-5, "relative_attention_num_buckets": 32}
      """;

  @TempDir Path folder;

  private final RandomStream random = RandomStream.of(12);
  private final Map<String, double[]> values = new HashMap<>();

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("config.json"), CONFIG);
    Scope.run(
        () -> {
          Map<String, Tensor> weights = new LinkedHashMap<>();
          put(weights, "embeddings.word_embeddings.weight", VOCABULARY, HIDDEN);
          put(weights, "embeddings.position_embeddings.weight", 200, HIDDEN);
          linear(weights, "embeddings.LayerNorm", HIDDEN);
          put(weights, "encoder.relative_attention_bias.weight", 32, HEADS);
          for (int layer = 0; layer < LAYERS; layer++) {
            String at = "encoder.layer." + layer + ".";
            for (String name : List.of("q", "k", "v", "o")) {
              linear(weights, at + "attention.attn." + name, HIDDEN, HIDDEN);
            }
            linear(weights, at + "attention.LayerNorm", HIDDEN);
            linear(weights, at + "intermediate.dense", WIDE, HIDDEN);
            linear(weights, at + "output.dense", HIDDEN, WIDE);
            linear(weights, at + "output.LayerNorm", HIDDEN);
          }
          linear(weights, "lm_head.dense", HIDDEN, HIDDEN);
          linear(weights, "lm_head.layer_norm", HIDDEN);
          put(weights, "lm_head.bias", VOCABULARY);
          Map<String, Tensor> saved = new LinkedHashMap<>();
          weights.forEach(
              (name, tensor) ->
                  saved.put(name.startsWith("lm_head") ? name : "mpnet." + name, tensor));
          SafetensorsWriter.write(folder.resolve("model.safetensors"), saved, Map.of());
        });
  }

  private void linear(Map<String, Tensor> weights, String name, long... shape) {
    put(weights, name + ".weight", shape);
    put(weights, name + ".bias", shape[0]);
  }

  private void put(Map<String, Tensor> weights, String name, long... shape) {
    double scale = shape.length == 2 && !name.contains("embeddings") ? 0.4 : 0.8;
    Tensor tensor = random.gaussian(1, shape).mul(new Scalar(scale));
    weights.put(name, tensor);
    values.put(name, doubles(tensor));
  }

  private static double[] doubles(Tensor tensor) {
    float[] floats = Tensors.floats(tensor);
    double[] doubles = new double[floats.length];
    Arrays.setAll(doubles, i -> floats[i]);
    return doubles;
  }

  private MpnetReference reference() {
    return new MpnetReference(values, LAYERS, HIDDEN, HEADS, 1e-5);
  }

  private Backbone load() {
    return BackboneFamilies.standard().load(ModelFolder.open(folder), Engine.reference());
  }

  /** Long enough for every bucket: 170 tokens, and 3 beside them. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4})
  void statesAndScoresAreThoseOfTheReference(int prefix) {
    List<int[]> texts = List.of(text(170), text(3));
    Scope.run(
        () -> {
          try (Backbone backbone = load()) {
            TokenBatch tokens = TokenBatch.of(texts, List.of(new int[170], new int[3]), 1);
            double[][][][] before = new double[2 * LAYERS][HEADS][prefix][];
            Injection injection = injection(prefix, before);
            Tensor states =
                backbone
                    .forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL))
                    .lastHidden();
            for (int row = 0; row < texts.size(); row++) {
              double[][] expected = reference().states(texts.get(row), prefix, before);
              for (int i = 0; i < expected.length; i++) {
                compare("state " + i, states.select(0, row).select(0, i), expected[i]);
              }
              Tensor last = states.select(0, row).narrow(0, expected.length - 1, 1);
              compare(
                  "scores",
                  backbone.languageModel().logits(last).select(0, 0),
                  reference().logits(expected[expected.length - 1], VOCABULARY));
            }
          }
        });
  }

  private static void compare(String what, Tensor found, double[] expected) {
    float[] values = Tensors.floats(found);
    for (int h = 0; h < expected.length; h++) {
      assertThat((double) values[h]).as(what).isCloseTo(expected[h], within(1e-4));
    }
  }

  private int[] text(int length) {
    int[] ids = new int[length];
    Arrays.setAll(ids, i -> 3 + Math.floorMod((int) random.nextLong(), VOCABULARY - 3));
    return ids;
  }

  /** The same keys and values for both rows; those of the reference are written to {@code into}. */
  private Injection injection(int length, double[][][][] into) {
    if (length == 0) {
      return Injection.none();
    }
    int size = HIDDEN / HEADS;
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      Tensor[] both = new Tensor[2];
      for (int part = 0; part < 2; part++) {
        both[part] = random.gaussian(1, 1, HEADS, length, size);
        double[] flat = doubles(both[part]);
        for (int head = 0; head < HEADS; head++) {
          for (int p = 0; p < length; p++) {
            int at = (head * length + p) * size;
            into[2 * layer + part][head][p] = Arrays.copyOfRange(flat, at, at + size);
          }
        }
      }
      prefixes.put(
          layer,
          LayerPrefix.of(
              both[0].expand(2, HEADS, length, size), both[1].expand(2, HEADS, length, size)));
    }
    return Injection.deep(prefixes, Optional.of(new int[] {length, length}));
  }

  @ParameterizedTest
  @CsvSource({
    "relative_attention_num_buckets, 32, 64",
    "pad_token_id, 1, 0",
    "hidden_act, \"gelu\", \"mish\"",
    "num_attention_heads, 3, 5",
  })
  void whatIsNotComputedIsRefusedByName(String field, String from, String to) throws IOException {
    String config = CONFIG.replace("\"" + field + "\": " + from, "\"" + field + "\": " + to);
    assertThat(config).isNotEqualTo(CONFIG);
    Files.writeString(folder.resolve("config.json"), config);
    assertThatThrownBy(() -> load().close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(field);
  }

  @Test
  void thereAreAsManyPositionsAsRowsAfterThatOfPadding() {
    try (Backbone backbone = load()) {
      assertThat(backbone.spec().maxPositions()).isEqualTo(198);
    }
  }
}
