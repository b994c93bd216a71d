package org.ptuning4j.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.WeightLayout;
import org.ptuning4j.backbone.transformer.TransformerFamily;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/** A model of each family in the size of its usual base model, with random weights. */
final class BaseModel {

  private static final String BASE =
      """
      {"model_type": "%s", "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
       "intermediate_size": 3072, "vocab_size": %d, "max_position_embeddings": %d,
       "hidden_act": "gelu", "type_vocab_size": %d, "embedding_size": %d %s}
      """;

  private static final String RELATIVE =
      """
      , "relative_attention": true, "pos_att_type": ["p2c", "c2p"], "position_biased_input": false,
      "max_relative_positions": -1
      """;

  private static final Map<String, String> CONFIGURATIONS =
      Map.ofEntries(
          Map.entry("bert", BASE.formatted("bert", 30522, 512, 2, 768, "")),
          Map.entry("roberta", BASE.formatted("roberta", 50265, 514, 1, 768, "")),
          Map.entry("xlm-roberta", BASE.formatted("xlm-roberta", 250002, 514, 1, 768, "")),
          Map.entry("electra", BASE.formatted("electra", 30522, 512, 2, 768, "")),
          Map.entry("albert", BASE.formatted("albert", 30000, 512, 2, 128, "")),
          Map.entry(
              "mpnet",
              BASE.formatted(
                  "mpnet", 30527, 514, 0, 768, ", \"relative_attention_num_buckets\": 32")),
          Map.entry("deberta", BASE.formatted("deberta", 50265, 512, 0, 768, RELATIVE)),
          Map.entry(
              "deberta-v2",
              BASE.formatted(
                  "deberta-v2",
                  128100,
                  512,
                  0,
                  768,
                  RELATIVE
                      + ", \"position_buckets\": 256, \"share_att_key\": true,"
                      + " \"norm_rel_ebd\": \"layer_norm\"")),
          Map.entry(
              "distilbert",
              """
              {"model_type": "distilbert", "dim": 768, "n_layers": 6, "n_heads": 12,
               "hidden_dim": 3072, "vocab_size": 30522, "max_position_embeddings": 512,
               "activation": "gelu"}
              """),
          Map.entry(
              "modernbert",
              """
              {"model_type": "modernbert", "hidden_size": 768, "num_hidden_layers": 22,
               "num_attention_heads": 12, "intermediate_size": 1152, "vocab_size": 50368,
               "max_position_embeddings": 8192}
              """));

  private BaseModel() {}

  /** Writes config.json and model.safetensors. */
  static void write(Path folder, String modelType) throws IOException {
    String configuration = CONFIGURATIONS.get(modelType);
    if (configuration == null) {
      throw InvalidInputException.of(
          "family: '%s' is not one of %s",
          modelType, String.join(", ", new TreeMap<>(CONFIGURATIONS).keySet()));
    }
    Torch.start();
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), configuration, StandardCharsets.UTF_8);
    Path file = folder.resolve("model.safetensors");
    ModelFolder model = ModelFolder.open(folder);
    Scope.run(
        () -> {
          // Some families look at the file to learn how its head is spelt.
          SafetensorsWriter.write(file, Map.of("none", torch.zeros(1)), Map.of());
          TransformerFamily<?> family =
              (TransformerFamily<?>) BackboneFamilies.standard().of(model);
          SafetensorsWriter.write(file, weights(family.layout(model)), Map.of());
        });
  }

  private static Map<String, Tensor> weights(WeightLayout layout) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    layout.shapes().forEach((name, shape) -> shapes.put(layout.prefix() + name, shape));
    shapes.putAll(layout.languageModel().shapes());
    layout.languageModel().optional().forEach(shapes::remove);
    Map<String, Tensor> weights = new TreeMap<>();
    shapes.forEach(
        (name, shape) ->
            weights.put(name, torch.randn(shape.stream().mapToLong(size -> size).toArray())));
    return weights;
  }
}
