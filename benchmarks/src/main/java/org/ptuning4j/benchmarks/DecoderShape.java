package org.ptuning4j.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/** Decoders of Qwen 3's build with random weights in bf16, and a vocabulary of made-up words. */
enum DecoderShape {
  /** For trying the benchmark itself. */
  TINY("tiny", 2, 64, 4, 2, 16, 128, 2_000),
  /** As Qwen3-0.6B: 0.60 billion parameters. */
  BILLION_0_6("0.6b", 28, 1024, 16, 8, 128, 3072, 151_936),
  /** As wide as Qwen3-1.7B, with more layers: 2.02 billion parameters. */
  BILLION_2("2b", 34, 2048, 16, 8, 128, 6144, 151_936);

  /** The id of {@code [SEP]}, which ends texts. */
  private static final int END = 3;

  private final String label;
  private final int layers;
  private final long hidden;
  private final long heads;
  private final long keyValueHeads;
  private final long headSize;
  private final long inner;
  private final int vocabulary;

  DecoderShape(
      String label,
      int layers,
      long hidden,
      long heads,
      long keyValueHeads,
      long headSize,
      long inner,
      int vocabulary) {
    this.label = label;
    this.layers = layers;
    this.hidden = hidden;
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.headSize = headSize;
    this.inner = inner;
    this.vocabulary = vocabulary;
  }

  static DecoderShape parse(String label) {
    return Arrays.stream(values())
        .filter(shape -> shape.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no shape '" + label + "'"));
  }

  String label() {
    return label;
  }

  /** How many words there are. */
  int vocabulary() {
    return vocabulary;
  }

  /** Writes config.json, the tokenizer's files and model.safetensors. */
  void write(Path folder) throws IOException {
    Torch.start();
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config(), StandardCharsets.UTF_8);
    SyntheticModel.writeVocabulary(folder, vocabulary);
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"eos_token\": \"[SEP]\", \"do_lower_case\": true}",
        StandardCharsets.UTF_8);
    Scope.run(
        () -> SafetensorsWriter.write(folder.resolve("model.safetensors"), weights(), Map.of()));
  }

  private String config() {
    return String.format(
        Locale.ROOT,
        """
        {"model_type": "qwen3", "num_hidden_layers": %d, "hidden_size": %d,
         "num_attention_heads": %d, "num_key_value_heads": %d, "head_dim": %d,
         "intermediate_size": %d, "vocab_size": %d, "max_position_embeddings": 4096,
         "hidden_act": "silu", "rms_norm_eps": 1e-6, "rope_theta": 1000000.0,
         "tie_word_embeddings": true, "attention_bias": false, "eos_token_id": 3}
        """,
        layers,
        hidden,
        heads,
        keyValueHeads,
        headSize,
        inner,
        vocabulary);
  }

  private Map<String, Tensor> weights() {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Tensor words = normal(vocabulary, hidden);
    words.narrow(0, END, 1).zero_(); // never the likeliest: every text becomes as long as it may
    weights.put("model.embed_tokens.weight", words);
    for (int layer = 0; layer < layers; layer++) {
      String at = "model.layers." + layer + ".";
      weights.put(at + "input_layernorm.weight", ones(hidden));
      weights.put(at + "self_attn.q_proj.weight", normal(heads * headSize, hidden));
      weights.put(at + "self_attn.k_proj.weight", normal(keyValueHeads * headSize, hidden));
      weights.put(at + "self_attn.v_proj.weight", normal(keyValueHeads * headSize, hidden));
      weights.put(at + "self_attn.o_proj.weight", normal(hidden, heads * headSize));
      weights.put(at + "self_attn.q_norm.weight", ones(headSize));
      weights.put(at + "self_attn.k_norm.weight", ones(headSize));
      weights.put(at + "post_attention_layernorm.weight", ones(hidden));
      weights.put(at + "mlp.gate_proj.weight", normal(inner, hidden));
      weights.put(at + "mlp.up_proj.weight", normal(inner, hidden));
      weights.put(at + "mlp.down_proj.weight", normal(hidden, inner));
    }
    weights.put("model.norm.weight", ones(hidden));
    return weights;
  }

  private static Tensor normal(long out, long in) {
    return Scope.keep(
        () -> torch.randn(out, in).mul_(new Scalar(0.02)).to(Dtype.BF16.scalarType()));
  }

  private static Tensor ones(long size) {
    return torch.ones(size).to(Dtype.BF16.scalarType());
  }
}
