package org.ptuning4j.backbone.t5;

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
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
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
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/**
 * T5 and T5 v1.1 against a slow reference of its own, with prefixes in each of the three places,
 * which golden cases have before the target only.
 */
class T5ParityTest {

  private static final int READING = 2;
  private static final int WRITING = 3;
  private static final int HIDDEN = 12;
  private static final int HEADS = 3;
  private static final int SIZE = 5;
  private static final int WIDE = 20;
  private static final int VOCABULARY = 40;
  private static final int BUCKETS = 8;
  private static final int FARTHEST = 20;
  private static final String CONFIG =
      """
      {"model_type": "t5", "d_model": 12, "d_kv": 5, "d_ff": 20, "num_layers": 2,
       "num_decoder_layers": 3, "num_heads": 3, "vocab_size": 40, "pad_token_id": 0,
       "relative_attention_num_buckets": 8, "relative_attention_max_distance": 20 %s}
      """;
  private static final String NEWER =
      ", \"feed_forward_proj\": \"gated-gelu\", \"tie_word_embeddings\": false";

  @TempDir Path folder;

  private final RandomStream random = RandomStream.of(21);
  private final Map<String, double[]> values = new HashMap<>();

  /** Writes the model, and gives its reference. */
  private T5Reference write(boolean newer) throws IOException {
    Files.writeString(folder.resolve("config.json"), CONFIG.formatted(newer ? NEWER : ""));
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("shared.weight", new long[] {VOCABULARY, HIDDEN});
    if (newer) {
      shapes.put("lm_head.weight", new long[] {VOCABULARY, HIDDEN});
    }
    half(shapes, "encoder.", READING, newer, List.of("SelfAttention"));
    half(shapes, "decoder.", WRITING, newer, List.of("SelfAttention", "EncDecAttention"));
    Scope.run(
        () -> {
          Map<String, Tensor> saved = new LinkedHashMap<>();
          shapes.forEach(
              (name, shape) -> {
                Tensor tensor = random.gaussian(shape.length == 1 ? 1 : 0.4, shape);
                values.put(name, doubles(tensor));
                saved.put(name, tensor);
              });
          SafetensorsWriter.write(folder.resolve("model.safetensors"), saved, Map.of());
        });
    return new T5Reference(values, newer, HIDDEN, HEADS, SIZE, BUCKETS, FARTHEST);
  }

  private static void half(
      Map<String, long[]> shapes, String half, int layers, boolean newer, List<String> attentions) {
    shapes.put(half + "final_layer_norm.weight", new long[] {HIDDEN});
    shapes.put(
        half + "block.0.layer.0.SelfAttention.relative_attention_bias.weight",
        new long[] {BUCKETS, HEADS});
    for (int layer = 0; layer < layers; layer++) {
      String block = half + "block." + layer + ".layer.";
      for (int part = 0; part < attentions.size(); part++) {
        String at = block + part + "." + attentions.get(part) + ".";
        for (String matrix : List.of("q", "k", "v")) {
          shapes.put(at + matrix + ".weight", new long[] {HEADS * SIZE, HIDDEN});
        }
        shapes.put(at + "o.weight", new long[] {HIDDEN, HEADS * SIZE});
        shapes.put(block + part + ".layer_norm.weight", new long[] {HIDDEN});
      }
      String last = block + attentions.size() + ".";
      shapes.put(last + "layer_norm.weight", new long[] {HIDDEN});
      for (String matrix : newer ? List.of("wi_0", "wi_1") : List.of("wi")) {
        shapes.put(last + "DenseReluDense." + matrix + ".weight", new long[] {WIDE, HIDDEN});
      }
      shapes.put(last + "DenseReluDense.wo.weight", new long[] {HIDDEN, WIDE});
    }
  }

  private static double[] doubles(Tensor tensor) {
    float[] floats = Tensors.floats(tensor);
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }

  /** The lengths of the prefixes in the encoder, before the target and before the source. */
  @ParameterizedTest
  @CsvSource({
    "false, 0, 0, 0", "true, 0, 0, 0",
    "false, 4, 0, 0", "true, 4, 0, 0",
    "false, 0, 6, 0", "true, 0, 6, 0",
    "false, 0, 0, 3", "true, 0, 0, 3",
    "false, 2, 5, 3", "true, 2, 5, 3",
  })
  void statesAndScoresAreThoseOfTheReference(
      boolean newer, int inEncoder, int beforeTarget, int beforeSource) throws IOException {
    T5Reference reference = write(newer);
    int[][] sources = {ids(31), ids(4)};
    int[][] targets = {ids(7), ids(27)};
    Scope.run(
        () -> {
          Map<Integer, LayerPrefix> prefixes = new HashMap<>();
          T5Reference.Prefix[] read = prefixes(inEncoder, READING, 0, prefixes);
          T5Reference.Prefix[] before = prefixes(beforeTarget, WRITING, READING, prefixes);
          T5Reference.Prefix[] source =
              prefixes(beforeSource, WRITING, READING + WRITING, prefixes);
          try (Backbone backbone =
              BackboneFamilies.standard().load(ModelFolder.open(folder), Engine.reference())) {
            List<TokenRow> rows =
                IntStream.range(0, 2).mapToObj(i -> row(sources[i], targets[i])).toList();
            Tensor states =
                backbone
                    .forward(
                        TokenBatch.of(rows, 0),
                        Injection.deep(prefixes, Optional.empty()),
                        ForwardOptions.evaluation(Positions.ALL))
                    .lastHidden();
            for (int i = 0; i < rows.size(); i++) {
              double[][] encoded = reference.read(sources[i], read);
              double[][] written = reference.write(targets[i], encoded, before, source);
              int length = sources[i].length;
              for (int at = 0; at < length; at++) {
                compare("source " + at, states.select(0, i).select(0, at), encoded[at]);
              }
              for (int at = 0; at < written.length; at++) {
                compare("target " + at, states.select(0, i).select(0, length + at), written[at]);
              }
              compare(
                  "scores",
                  backbone.languageModel().logits(states.select(0, i).narrow(0, length, 1)),
                  reference.logits(written[0]));
            }
          }
        });
  }

  private static void compare(String what, Tensor found, double[] expected) {
    float[] floats = Tensors.floats(found);
    assertThat(floats).hasSameSizeAs(expected);
    for (int i = 0; i < floats.length; i++) {
      assertThat((double) floats[i]).as(what).isCloseTo(expected[i], within(1e-4));
    }
  }

  private int[] ids(int length) {
    int[] ids = new int[length];
    Arrays.setAll(ids, i -> 2 + random.nextInt(VOCABULARY - 2));
    return ids;
  }

  private static TokenRow row(int[] source, int[] target) {
    int[] ids = IntStream.concat(IntStream.of(source), IntStream.of(target)).toArray();
    return TokenRow.of(ids, new int[ids.length])
        .withTarget(source.length)
        .withAnchor(ids.length - 1);
  }

  /** Prefixes of some layers, the same for both rows; those of the backbone go into a map. */
  private T5Reference.Prefix[] prefixes(
      int length, int layers, int first, Map<Integer, LayerPrefix> into) {
    T5Reference.Prefix[] all = new T5Reference.Prefix[layers];
    for (int layer = 0; layer < layers; layer++) {
      Tensor key = random.gaussian(1, 1, HEADS, length, SIZE);
      Tensor value = random.gaussian(1, 1, HEADS, length, SIZE);
      all[layer] = new T5Reference.Prefix(cut(key, length), cut(value, length));
      if (length > 0) {
        into.put(first + layer, LayerPrefix.of(key, value).times(2));
      }
    }
    return all;
  }

  private static double[][][] cut(Tensor tensor, int length) {
    double[] flat = length == 0 ? new double[0] : doubles(tensor);
    double[][][] cut = new double[HEADS][length][];
    for (int head = 0; head < HEADS; head++) {
      for (int p = 0; p < length; p++) {
        int at = (head * length + p) * SIZE;
        cut[head][p] = Arrays.copyOfRange(flat, at, at + SIZE);
      }
    }
    return cut;
  }
}
