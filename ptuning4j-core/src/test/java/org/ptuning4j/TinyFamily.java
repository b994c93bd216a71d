package org.ptuning4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.WeightLayout;
import org.ptuning4j.backbone.transformer.TransformerFamily;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/**
 * A model of each registered family with random weights: two layers of width 32 with pooler and
 * language-model head where the family has them, and the test BERT's tokenizer. A family that is
 * registered and has no configuration here is an error, so that none is left out of what is tested
 * of all.
 *
 * @param modelType as {@code config.json} has it
 */
public record TinyFamily(String modelType) {

  /** The width of the layers. */
  public static final int HIDDEN = 32;

  /** The words that the tokenizer has. */
  public static final int VOCABULARY = 470;

  private static final String BERT =
      """
      {"model_type": "%s", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
       "intermediate_size": 48, "vocab_size": 470, "max_position_embeddings": 66,
       "hidden_act": "gelu", "type_vocab_size": %d, "pad_token_id": 0, "embedding_size": %d,
       "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1 %s}
      """;

  private static final Map<String, String> CONFIGURATIONS = configurations();

  private static Map<String, String> configurations() {
    Map<String, String> all = new HashMap<>();
    all.put("bert", BERT.formatted("bert", 2, 32, ""));
    for (String type : List.of("roberta", "xlm-roberta", "camembert")) {
      all.put(type, BERT.formatted(type, 1, 32, ""));
    }
    all.put("electra", BERT.formatted("electra", 2, 16, ""));
    all.put(
        "albert",
        BERT.formatted("albert", 2, 16, ", \"num_hidden_groups\": 1, \"inner_group_num\": 1"));
    all.put(
        "mpnet",
        BERT.formatted("mpnet", 0, 32, "").replace("\"pad_token_id\": 0", "\"pad_token_id\": 1"));
    all.put(
        "deberta",
        BERT.formatted(
            "deberta",
            0,
            32,
            """
            , "relative_attention": true, "pos_att_type": ["c2p", "p2c"],
            "position_biased_input": false, "max_relative_positions": -1
            """));
    all.put(
        "deberta-v2",
        BERT.formatted(
            "deberta-v2",
            0,
            32,
            """
            , "relative_attention": true, "pos_att_type": ["c2p", "p2c"], "position_buckets": 8,
            "position_biased_input": false, "max_relative_positions": -1, "share_att_key": true,
            "norm_rel_ebd": "layer_norm", "conv_kernel_size": 3, "conv_act": "gelu"
            """));
    all.put(
        "distilbert",
        """
        {"model_type": "distilbert", "dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 48,
         "vocab_size": 470, "max_position_embeddings": 66, "activation": "gelu",
         "pad_token_id": 0}
        """);
    all.put(
        "modernbert",
        """
        {"model_type": "modernbert", "hidden_size": 32, "num_hidden_layers": 2,
         "num_attention_heads": 4, "intermediate_size": 48, "vocab_size": 470,
         "max_position_embeddings": 66, "local_attention": 8, "pad_token_id": 0,
         "embedding_dropout": 0.1, "mlp_dropout": 0.1, "attention_dropout": 0.1}
        """);
    all.put(
        "gpt2",
        """
        {"model_type": "gpt2", "n_embd": 32, "n_layer": 2, "n_head": 4, "n_inner": 48,
         "vocab_size": 470, "n_positions": 66}
        """);
    all.put(
        "glm",
        """
        {"model_type": "glm", "hidden_size": 32, "num_layers": 2, "num_attention_heads": 4,
         "vocab_size": 470, "max_sequence_length": 65}
        """);
    String llama =
        """
        {"model_type": "%s", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
         "num_key_value_heads": 2, "intermediate_size": 48, "vocab_size": 470,
         "max_position_embeddings": 66, "attention_dropout": 0.1 %s}
        """;
    all.put("llama", llama.formatted("llama", ""));
    all.put("mistral", llama.formatted("mistral", ", \"sliding_window\": 4, \"head_dim\": 12"));
    all.put("qwen2", llama.formatted("qwen2", ", \"tie_word_embeddings\": true"));
    all.put("qwen3", llama.formatted("qwen3", ", \"head_dim\": 12"));
    String gemma =
        llama.formatted(
            "gemma3_text",
            """
            , "head_dim": 12, "query_pre_attn_scalar": 10, "sliding_window": 4,
            "layer_types": ["sliding_attention", "full_attention"]
            """);
    all.put("gemma3_text", gemma);
    all.put("gemma3", "{\"model_type\": \"gemma3\", \"text_config\": " + gemma + "}");
    String t5 =
        """
        {"model_type": "%s", "d_model": 32, "d_kv": 12, "d_ff": 48, "num_layers": 2,
         "num_decoder_layers": 3, "num_heads": 4, "vocab_size": 470, "pad_token_id": 0,
         "relative_attention_num_buckets": 8, "relative_attention_max_distance": 20 %s}
        """;
    all.put("t5", t5.formatted("t5", ""));
    all.put(
        "mt5",
        t5.formatted(
            "mt5", ", \"feed_forward_proj\": \"gated-gelu\", \"tie_word_embeddings\": false"));
    return Map.copyOf(all);
  }

  /** One for each family, by the first of its model types. */
  public static List<TinyFamily> all() {
    return BackboneFamilies.standard().all().stream()
        .map(family -> new TreeSet<>(family.modelTypes()).first())
        .map(TinyFamily::new)
        .toList();
  }

  /** {@code config.json}. */
  public String configuration() {
    String found = CONFIGURATIONS.get(modelType);
    if (found == null) {
      throw new AssertionError(
          "the family of '" + modelType + "' has no tiny configuration in TinyFamily: add one");
    }
    return found;
  }

  /** Writes the model into a folder below another. */
  public ModelFolder write(Path parent) {
    return write(parent, configuration());
  }

  /** The same with another configuration. */
  public ModelFolder write(Path parent, String configuration) {
    return write(parent, configuration, UnaryOperator.identity());
  }

  /** The same with other names of tensors. */
  public ModelFolder write(Path parent, String configuration, UnaryOperator<String> names) {
    try {
      Path folder = Files.createTempDirectory(parent, modelType);
      Files.writeString(folder.resolve("config.json"), configuration, StandardCharsets.UTF_8);
      try (Stream<Path> files = Files.list(TinyModel.bert())) {
        for (Path file : files.toList()) {
          String name = file.getFileName().toString();
          if (!name.equals("config.json") && !name.endsWith(".safetensors")) {
            Files.copy(file, folder.resolve(name));
          }
        }
      }
      ModelFolder model = ModelFolder.open(folder);
      Scope.run(
          () -> {
            Path file = folder.resolve("model.safetensors");
            // Some families look at the file to learn how its head is spelt.
            SafetensorsWriter.write(
                file, Map.of("none", RandomStream.of(1).gaussian(1, 1)), Map.of());
            Map<String, Tensor> weights = new TreeMap<>();
            weights(model).forEach((name, weight) -> weights.put(names.apply(name), weight));
            SafetensorsWriter.write(file, weights, Map.of());
          });
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the model and loads it, frozen. */
  public Backbone load(Path parent) {
    return load(write(parent));
  }

  /** Loads a model, frozen. */
  public Backbone load(ModelFolder folder) {
    return BackboneFamilies.standard().load(folder, Engine.reference());
  }

  /** Which way its tokens see a text. */
  public Direction direction() {
    return BackboneFamilies.standard().all().stream()
        .filter(family -> family.modelTypes().contains(modelType))
        .findFirst()
        .orElseThrow()
        .direction();
  }

  /** Every model type that its family reads. */
  public Set<String> allTypes() {
    return BackboneFamilies.standard().all().stream()
        .map(family -> new TreeSet<>(family.modelTypes()))
        .filter(types -> types.contains(modelType))
        .findFirst()
        .orElseThrow();
  }

  /** Whether a tensor is one that checkpoints may lack, or belongs to a language-model head. */
  public static boolean isOptional(ModelFolder model, String name) {
    WeightLayout layout = layout(model);
    return layout.languageModel().shapes().containsKey(name)
        || layout.optional().stream().anyMatch(each -> name.startsWith(saved(each, layout)));
  }

  /** A name, or the beginning of one, as checkpoints have it. */
  private static String saved(String name, WeightLayout layout) {
    boolean beside = layout.beside().stream().anyMatch(name::startsWith);
    return beside ? name : layout.prefix() + name;
  }

  private static WeightLayout layout(ModelFolder model) {
    return ((TransformerFamily<?>) BackboneFamilies.standard().of(model)).layout(model);
  }

  private static Map<String, Tensor> weights(ModelFolder model) {
    WeightLayout layout = layout(model);
    Map<String, List<Long>> shapes = new TreeMap<>();
    layout.shapes().forEach((name, shape) -> shapes.put(saved(name, layout), shape));
    shapes.putAll(layout.languageModel().shapes());
    layout.languageModel().optional().forEach(shapes::remove);
    Map<String, Tensor> weights = new TreeMap<>();
    RandomStream random = RandomStream.of(17);
    double ofNorms = model.modelType().startsWith("gemma") ? 0 : 1; // Gemma's multiply by 1 + w
    shapes.forEach((name, shape) -> weights.put(name, drawn(name, shape, ofNorms, random)));
    return weights;
  }

  /** As wide as trained weights are: norms about 1, matrices that keep the size of states. */
  private static Tensor drawn(String name, List<Long> shape, double ofNorms, RandomStream random) {
    long[] sizes = shape.stream().mapToLong(size -> size).toArray();
    if (sizes.length == 1) {
      Tensor vector = random.gaussian(0.1, sizes);
      return name.endsWith(".weight") ? vector.add(new Scalar(ofNorms)) : vector;
    }
    boolean table = name.contains("embeddings.");
    long in = shape.stream().skip(1).reduce(1L, Math::multiplyExact);
    return random.gaussian(table ? 0.5 : 1.2 / Math.sqrt((double) in), sizes);
  }

  @Override
  public String toString() {
    return modelType;
  }
}
