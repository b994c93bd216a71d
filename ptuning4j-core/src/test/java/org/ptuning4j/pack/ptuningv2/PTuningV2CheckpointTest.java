package org.ptuning4j.pack.ptuningv2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Item;
import org.ptuning4j.pack.ForeignPrompts;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.foreign.ImportSettings;
import org.ptuning4j.pack.foreign.PackImport;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.checkpoint.Checkpoints;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;
import org.ptuning4j.text.TextTokenizer;

/**
 * Checkpoints as P-Tuning v2's code saves them, made of golden models, prefixes and heads: the pack
 * scores as the reference does.
 */
class PTuningV2CheckpointTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path work;

  private static Path model(String name) {
    return GoldenSet.folder().resolve(name).resolve("model");
  }

  private static Case golden(String model, String name) {
    return Stream.of("seqcls", "tokcls", "qa")
        .flatMap(kind -> GoldenSet.cases(GoldenSet.folder().resolve(model), kind).stream())
        .filter(c -> c.name().endsWith(name))
        .findFirst()
        .orElseThrow();
  }

  /** A model's folder with other tensors and configuration. */
  private Path folder(
      String name, Path model, Consumer<Map<String, Tensor>> change, Consumer<ObjectNode> config) {
    Path folder = work.resolve(name);
    try (TensorSource source = Checkpoints.open(model)) {
      Files.createDirectories(folder);
      for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
        Files.copy(model.resolve(file), folder.resolve(file));
      }
      ObjectNode values = (ObjectNode) JSON.readTree(model.resolve("config.json").toFile());
      config.accept(values);
      JSON.writeValue(folder.resolve("config.json").toFile(), values);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      source.names().forEach(tensor -> tensors.put(tensor, source.read(tensor)));
      change.accept(tensors);
      SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return folder;
  }

  /** What P-Tuning v2's code adds to a model: prefix, head and two fields of the configuration. */
  private Path checkpoint(Case c, String architecture, Path model) {
    return folder(
        "saved-" + architecture,
        model,
        tensors -> {
          tensors.put("prefix_encoder.embedding.weight", c.input("prefix"));
          c.keys("head_params", "").forEach((name, key) -> tensors.put(name, c.read(key)));
        },
        config -> {
          config.put("pre_seq_len", c.input("prefix").size(0));
          config.putArray("architectures").add(architecture);
        });
  }

  private Pack imported(Path folder, Path model, Backbone backbone, Map<String, Object> task) {
    try (TextTokenizer tokenizer = TextTokenizer.open(model);
        PTuningV2Checkpoint checkpoint = PTuningV2Checkpoint.open(folder)) {
      return checkpoint.write(
          new PackImport(backbone, ModelFolder.open(model), tokenizer, ImportSettings.of(task)),
          work.resolve("pack-" + folder.getFileName()));
    }
  }

  private static List<TokenRow> rows(Case c) {
    return ForeignPrompts.rows(
        c.input("input_ids"),
        c.input("attention_mask"),
        c.has("token_type_ids") ? Optional.of(c.input("token_type_ids")) : Optional.empty());
  }

  @TestFactory
  Stream<DynamicTest> sequences() {
    return Stream.of("roberta", "xlm_roberta")
        .flatMap(name -> Stream.of(true, false).map(pooler -> sequence(name, pooler)));
  }

  /** A model without a pooler: what the checkpoint has of one, drawn at random, goes along. */
  private DynamicTest sequence(String name, boolean pooler) {
    return DynamicTest.dynamicTest(
        name + (pooler ? " with a pooler" : " without one"),
        () ->
            Scope.run(
                () -> {
                  Case c = golden(name, "seqcls_ptv2_prefix");
                  Path whole = model(name);
                  Path saved = checkpoint(c, name + pooler + "ForSequenceClassification", whole);
                  Path own =
                      pooler
                          ? whole
                          : folder(
                              name + "-bare",
                              whole,
                              all -> all.keySet().removeIf(each -> each.contains("pooler.")),
                              config -> {});
                  try (Backbone backbone = ForeignPrompts.load(own)) {
                    Pack pack = imported(saved, own, backbone, Map.of());
                    assertThat(pack.facts().head())
                        .containsEntry("input", pooler ? "pooler" : "dense");
                    List<TokenRow> rows = rows(c);
                    List<float[]> found =
                        ForeignPrompts.scores(pack, backbone, rows.stream().map(Item::of).toList());
                    for (int row = 0; row < rows.size(); row++) {
                      float[] scores = found.get(row);
                      assertClose(
                          "row " + row,
                          Tensors.of(scores, scores.length),
                          c.output("logits").select(0, row),
                          1e-4,
                          0);
                    }
                  }
                }));
  }

  @Test
  void tags() {
    Scope.run(
        () -> {
          Case c = golden("bert", "tokcls_prefix");
          Tensor logits = c.output("logits"); // [B, n, labels]
          Path saved = checkpoint(c, "BertPrefixForTokenClassification", model("bert"));
          List<String> labels =
              java.util.stream.IntStream.range(0, Math.toIntExact(logits.size(2)))
                  .mapToObj(i -> i == 1 ? "O" : "B-T" + i) // which is not the first there
                  .toList();
          try (Backbone backbone = ForeignPrompts.load(model("bert"))) {
            Pack pack = imported(saved, model("bert"), backbone, Map.of("labels", labels));
            assertThat(pack.facts().task().get("labels"))
                .isEqualTo(
                    Stream.concat(Stream.of("O"), labels.stream().filter(each -> !each.equals("O")))
                        .toList());
            List<TokenRow> rows = rows(c);
            List<float[]> found =
                ForeignPrompts.scores(
                    pack, backbone, rows.stream().map(ForeignPrompts::tokens).toList());
            int width = labels.size();
            for (int row = 0; row < rows.size(); row++) {
              for (int token = 0; token < rows.get(row).length(); token++) {
                float[] expected = Tensors.floats(logits.select(0, row).select(0, token));
                float[] scores =
                    Arrays.copyOfRange(found.get(row), token * width, (token + 1) * width);
                assertThat(scores[0]).isCloseTo(expected[1], within(1e-4f));
                assertThat(scores[1]).isCloseTo(expected[0], within(1e-4f));
                assertThat(scores[2]).isCloseTo(expected[2], within(1e-4f));
              }
            }
          }
        });
  }

  @Test
  void aProjectionIsFolded() {
    Scope.run(
        () -> {
          RandomStream random = RandomStream.of(5);
          Tensor embedding = random.gaussian(0.3, 4, 48);
          Tensor first = random.gaussian(0.3, 7, 48);
          Tensor firstBias = random.gaussian(0.3, 7);
          Tensor second = random.gaussian(0.3, 288, 7);
          Tensor secondBias = random.gaussian(0.3, 288);
          Path saved =
              folder(
                  "projected",
                  model("bert"),
                  tensors -> {
                    tensors.put("prefix_encoder.embedding.weight", embedding);
                    tensors.put("prefix_encoder.trans.0.weight", first);
                    tensors.put("prefix_encoder.trans.0.bias", firstBias);
                    tensors.put("prefix_encoder.trans.2.weight", second);
                    tensors.put("prefix_encoder.trans.2.bias", secondBias);
                    tensors.put("classifier.weight", random.gaussian(1, 2, 48));
                    tensors.put("classifier.bias", random.gaussian(1, 2));
                  },
                  config -> config.put("pre_seq_len", 4).put("prefix_projection", true));
          try (Backbone backbone = ForeignPrompts.load(model("bert"))) {
            assertThatThrownBy(() -> imported(saved, model("bert"), backbone, Map.of()))
                .hasMessageContaining("give the setting kind");
            Pack pack =
                imported(
                    saved,
                    model("bert"),
                    backbone,
                    Map.of("kind", "sequence-classification", "labels", List.of("no", "yes")));
            try (TrainedPrompt prompt = pack.prompt(backbone).orElseThrow()) {
              Tensor matrix = DeepPrompt.FORM.cast(prompt).orElseThrow().matrix();
              Tensor inner = embedding.matmul(first.t()).add(firstBias).tanh();
              assertClose("matrix", matrix, inner.matmul(second.t()).add(secondBias), 1e-5, 0);
            }
          }
        });
  }

  @Test
  void anotherBackboneIsRefused() {
    Scope.run(
        () -> {
          Case c = golden("bert", "tokcls_prefix");
          Path saved = checkpoint(c, "BertPrefixForTokenClassification", model("bert"));
          Path other =
              folder(
                  "other",
                  model("bert"),
                  tensors -> {
                    Tensor word = tensors.get("bert.embeddings.word_embeddings.weight");
                    word.select(0, 5).select(0, 3).add_(new org.bytedeco.pytorch.Scalar(1e-6f));
                  },
                  config -> {});
          try (Backbone backbone = ForeignPrompts.load(other)) {
            assertThatThrownBy(() -> imported(saved, other, backbone, Map.of()))
                .hasMessageContaining("its backbone is another than that of other")
                .hasMessageContaining("word_embeddings.weight differs");
          }
        });
  }

  @Test
  void aPromptAtTheInputIsRefused() {
    Path saved =
        folder(
            "at-input",
            model("bert"),
            tensors -> tensors.put("prefix_encoder.weight", RandomStream.of(1).gaussian(1, 3, 48)),
            config -> config.put("pre_seq_len", 3));
    assertThat(PTuningV2Checkpoint.isOne(saved)).isTrue();
    assertThat(PTuningV2Checkpoint.isOne(model("bert"))).isFalse();
    assertThatThrownBy(() -> PTuningV2Checkpoint.open(saved))
        .hasMessageContaining("its prompt is at the input (prefix_encoder.weight)");
  }
}
