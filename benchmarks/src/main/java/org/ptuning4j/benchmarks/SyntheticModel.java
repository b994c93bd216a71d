package org.ptuning4j.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/**
 * A BERT with random weights and a vocabulary of made-up words, in a folder, with data to train it
 * on.
 */
final class SyntheticModel {

  private SyntheticModel() {}

  /** Writes config.json, vocab.txt and model.safetensors. */
  static void write(Path folder, Shape shape) throws IOException {
    Torch.start();
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.json"),
        String.format(
            Locale.ROOT,
            """
            {"model_type": "bert", "num_hidden_layers": %d, "hidden_size": %d, "num_attention_heads": %d,
             "intermediate_size": %d, "vocab_size": %d, "max_position_embeddings": 512, "type_vocab_size": 2,
             "hidden_act": "gelu", "layer_norm_eps": 1e-12, "pad_token_id": 0,
             "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1}
            """,
            shape.layers(),
            shape.hidden(),
            shape.heads(),
            4 * shape.hidden(),
            shape.vocabulary()));
    StringBuilder words = new StringBuilder("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
    for (int i = 5; i < shape.vocabulary(); i++) {
      words.append(word(i)).append('\n');
    }
    Files.writeString(folder.resolve("vocab.txt"), words, StandardCharsets.UTF_8);
    Scope.run(
        () ->
            SafetensorsWriter.write(folder.resolve("model.safetensors"), weights(shape), Map.of()));
  }

  /** Two-class data whose rows are exactly {@code length} tokens long, as JSON lines. */
  static void writeData(Path file, Shape shape, int rows, int length) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < rows; row++) {
      lines
          .append("{\"text\": \"")
          .append(sentence(random, shape, length))
          .append("\", \"label\": \"")
          .append(row % 2)
          .append("\"}\n");
    }
    Files.writeString(file, lines, StandardCharsets.UTF_8);
  }

  /** A text of {@code length} tokens, the two special ones included. */
  static String sentence(SplittableRandom random, Shape shape, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length - 2; i++) {
      text.append(i == 0 ? "" : " ").append(word(random.nextInt(5, shape.vocabulary())));
    }
    return text.toString();
  }

  private static String word(int id) {
    StringBuilder word = new StringBuilder("w");
    for (int rest = id; rest > 0; rest /= 26) {
      word.append((char) ('a' + rest % 26));
    }
    return word.toString();
  }

  private static Map<String, Tensor> weights(Shape shape) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    long hidden = shape.hidden();
    weights.put("bert.embeddings.word_embeddings.weight", normal(shape.vocabulary(), hidden));
    weights.put("bert.embeddings.position_embeddings.weight", normal(512, hidden));
    weights.put("bert.embeddings.token_type_embeddings.weight", normal(2, hidden));
    norm(weights, "bert.embeddings.LayerNorm", hidden);
    for (int layer = 0; layer < shape.layers(); layer++) {
      String at = "bert.encoder.layer." + layer + ".";
      linear(weights, at + "attention.self.query", hidden, hidden);
      linear(weights, at + "attention.self.key", hidden, hidden);
      linear(weights, at + "attention.self.value", hidden, hidden);
      linear(weights, at + "attention.output.dense", hidden, hidden);
      norm(weights, at + "attention.output.LayerNorm", hidden);
      linear(weights, at + "intermediate.dense", 4 * hidden, hidden);
      linear(weights, at + "output.dense", hidden, 4 * hidden);
      norm(weights, at + "output.LayerNorm", hidden);
    }
    linear(weights, "bert.pooler.dense", hidden, hidden);
    return weights;
  }

  private static void linear(Map<String, Tensor> weights, String name, long out, long in) {
    weights.put(name + ".weight", normal(out, in));
    weights.put(name + ".bias", torch.zeros(out));
  }

  private static void norm(Map<String, Tensor> weights, String name, long hidden) {
    weights.put(name + ".weight", torch.ones(hidden));
    weights.put(name + ".bias", torch.zeros(hidden));
  }

  private static Tensor normal(long... shape) {
    return torch.randn(shape).mul_(new org.bytedeco.pytorch.Scalar(0.02));
  }
}
