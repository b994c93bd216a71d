package org.ptuning4j.backbone.gemma;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

/**
 * Gemma 3 against a slow reference of its own, with options that the golden set lacks: fields of
 * older files, biases, one head of keys and values, a prefix longer than a window, padding on the
 * left of a prompted text.
 */
class Gemma3ParityTest {

  private static final int LAYERS = 4;
  private static final int HIDDEN = 12;
  private static final int HEADS = 3;
  private static final int SIZE = 6;
  private static final int WINDOW = 5;
  private static final int WIDE = 20;
  private static final int VOCABULARY = 40;
  private static final String CONFIG =
      """
      {"model_type": "gemma3_text", "num_hidden_layers": 4, "hidden_size": 12,
       "num_attention_heads": 3, "num_key_value_heads": 1, "head_dim": 6, "intermediate_size": 20,
       "vocab_size": 40, "max_position_embeddings": 200, "query_pre_attn_scalar": 9,
       "attention_bias": true, "sliding_window": 5, "sliding_window_pattern": 2,
       "rope_theta": 500.0, "rope_local_base_freq": 40.0, "rms_norm_eps": 1e-5,
       "rope_scaling": {"type": "linear", "factor": 2.0}}
      """;

  @TempDir Path folder;

  private final RandomStream random = RandomStream.of(21);
  private final Map<String, double[]> values = new HashMap<>();

  /** Writes the model, and gives its reference. */
  private Gemma3Reference write() throws IOException {
    Files.writeString(folder.resolve("config.json"), CONFIG);
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("embed_tokens.weight", new long[] {VOCABULARY, HIDDEN});
    shapes.put("norm.weight", new long[] {HIDDEN});
    for (int layer = 0; layer < LAYERS; layer++) {
      String at = "layers." + layer + ".";
      for (String norm :
          List.of(
              "input_layernorm",
              "post_attention_layernorm",
              "pre_feedforward_layernorm",
              "post_feedforward_layernorm")) {
        shapes.put(at + norm + ".weight", new long[] {HIDDEN});
      }
      String attention = at + "self_attn.";
      shapes.put(attention + "q_norm.weight", new long[] {SIZE});
      shapes.put(attention + "k_norm.weight", new long[] {SIZE});
      linear(shapes, attention + "q_proj", HEADS * SIZE, HIDDEN);
      linear(shapes, attention + "k_proj", SIZE, HIDDEN);
      linear(shapes, attention + "v_proj", SIZE, HIDDEN);
      linear(shapes, attention + "o_proj", HIDDEN, HEADS * SIZE);
      shapes.put(at + "mlp.gate_proj.weight", new long[] {WIDE, HIDDEN});
      shapes.put(at + "mlp.up_proj.weight", new long[] {WIDE, HIDDEN});
      shapes.put(at + "mlp.down_proj.weight", new long[] {HIDDEN, WIDE});
    }
    Scope.run(
        () -> {
          Map<String, Tensor> saved = new LinkedHashMap<>();
          shapes.forEach(
              (name, shape) -> {
                Tensor tensor = random.gaussian(shape.length == 1 ? 0.3 : 0.4, shape);
                values.put(name, doubles(tensor));
                saved.put("model." + name, tensor);
              });
          SafetensorsWriter.write(folder.resolve("model.safetensors"), saved, Map.of());
        });
    return new Gemma3Reference(
        values, Set.of(1, 3), LAYERS, HIDDEN, HEADS, 1, SIZE, WINDOW, 9, 500, 2, 40, 1e-5);
  }

  private static void linear(Map<String, long[]> shapes, String name, long out, long in) {
    shapes.put(name + ".weight", new long[] {out, in});
    shapes.put(name + ".bias", new long[] {out});
  }

  private static double[] doubles(Tensor tensor) {
    float[] floats = Tensors.floats(tensor);
    double[] doubles = new double[floats.length];
    Arrays.setAll(doubles, i -> floats[i]);
    return doubles;
  }

  private Backbone load() {
    return BackboneFamilies.standard().load(ModelFolder.open(folder), Engine.reference());
  }

  private int[] text(int length) {
    int[] ids = new int[length];
    Arrays.setAll(ids, i -> Math.floorMod((int) random.nextLong(), VOCABULARY));
    return ids;
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "0, 0, 4", "3, 3, 0", "3, 3, 4", "7, 7, 0", "7, 7, 5", "3, 0, 2"})
  void statesAndScoresAreThoseOfTheReference(int prefix, int shift, int padding)
      throws IOException {
    Gemma3Reference reference = write();
    int[] ids = text(13);
    double[][][][] before = new double[2 * LAYERS][1][prefix][];
    Scope.run(
        () -> {
          Injection injection = injection(prefix, shift, before);
          double[][] expected = reference.states(ids, shift, before);
          try (Backbone backbone = load()) {
            for (boolean left : List.of(true, false)) {
              Tensor states =
                  backbone
                      .forward(
                          padded(ids, padding, left),
                          injection,
                          ForwardOptions.evaluation(Positions.ALL))
                      .lastHidden()
                      .select(0, 0)
                      .narrow(0, left ? padding : 0, ids.length);
              for (int i = 0; i < ids.length; i++) {
                compare("state " + i, states.select(0, i), expected[i]);
              }
              compare(
                  "scores",
                  backbone.languageModel().logits(states.narrow(0, 12, 1)).select(0, 0),
                  reference.logits(expected[12]));
            }
          }
        });
  }

  private static void compare(String what, Tensor found, double[] expected) {
    float[] values = Tensors.floats(found);
    assertThat(values).hasSize(expected.length);
    for (int h = 0; h < expected.length; h++) {
      assertThat((double) values[h]).as(what).isCloseTo(expected[h], within(1e-4));
    }
  }

  private static TokenBatch padded(int[] ids, int padding, boolean left) {
    int columns = ids.length + padding;
    long[] all = new long[columns];
    long[] mask = new long[columns];
    for (int i = 0; i < ids.length; i++) {
      all[(left ? padding : 0) + i] = ids[i];
      mask[(left ? padding : 0) + i] = 1;
    }
    return new TokenBatch(1, columns, all, mask, new long[columns]);
  }

  /** Random keys and values; those of the reference are written to {@code into}. */
  private Injection injection(int length, int shift, double[][][][] into) {
    if (length == 0) {
      return Injection.none();
    }
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      Tensor[] both = new Tensor[2];
      for (int part = 0; part < 2; part++) {
        both[part] = random.gaussian(1, 1, 1, length, SIZE);
        double[] flat = doubles(both[part]);
        for (int p = 0; p < length; p++) {
          into[2 * layer + part][0][p] = Arrays.copyOfRange(flat, p * SIZE, (p + 1) * SIZE);
        }
      }
      prefixes.put(layer, LayerPrefix.of(both[0], both[1]));
    }
    return Injection.deep(prefixes, Optional.of(new int[] {shift}));
  }

  /** A text written token by token with what is kept is the one that is computed anew each time. */
  @Test
  void goingOnFromKeysAndValuesIsAsTheReferenceComputesAnew() throws IOException {
    Gemma3Reference reference = write();
    int prefix = 3;
    double[][][][] before = new double[2 * LAYERS][1][prefix][];
    Scope.run(
        () -> {
          Injection injection = injection(prefix, prefix, before);
          try (Backbone backbone = load()) {
            int[] written = text(4);
            int[] next = written;
            for (int step = 0; step < 9; step++) {
              TokenBatch tokens = padded(next, 0, false);
              var output =
                  backbone.forward(
                      tokens,
                      injection,
                      ForwardOptions.evaluation(Positions.ALL).withKeysAndValues());
              double[][] expected = reference.states(written, prefix, before);
              Tensor last = output.lastHidden().select(0, 0).narrow(0, next.length - 1, 1);
              compare("step " + step, last.select(0, 0), expected[written.length - 1]);
              double[] scores = reference.logits(expected[written.length - 1]);
              compare("scores", backbone.languageModel().logits(last).select(0, 0), scores);
              Map<Integer, LayerPrefix> past = new HashMap<>();
              for (int layer = 0; layer < LAYERS; layer++) {
                past.put(layer, output.past().get(layer));
              }
              injection = Injection.deep(past, Optional.of(new int[] {prefix + written.length}));
              next = new int[] {likeliest(scores)};
              written = Arrays.copyOf(written, written.length + 1);
              written[written.length - 1] = next[0];
            }
          }
        });
  }

  private static int likeliest(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }
}
