package org.ptuning4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/**
 * Writes a small GPT-2 whose weights are drawn as GPT-2's were before its training (N(0, 0.02²);
 * those that add to the residual stream over √(2L)), to be trained with {@code ptune train --method
 * full-fine-tuning}. Its tokenizer is a byte-level BPE from another model's folder.
 *
 * <p>Arguments: {@code FOLDER TOKENIZER.json [layers] [width] [positions]}. The tokenizer must have
 * {@code <s>}, {@code </s>}, {@code <unk>} and {@code <pad>}.
 */
public final class UntrainedDecoder {

  private static final int HEAD_SIZE = 64;
  private static final double DEVIATION = 0.02;

  private final int layers;
  private final int width;
  private final int positions;

  private UntrainedDecoder(int layers, int width, int positions) {
    this.layers = layers;
    this.width = width;
    this.positions = positions;
  }

  /** See the class. */
  public static void main(String[] args) throws IOException {
    UntrainedDecoder decoder =
        new UntrainedDecoder(number(args, 2, 4), number(args, 3, 256), number(args, 4, 256));
    decoder.write(Path.of(args[0]), Path.of(args[1]));
  }

  private static int number(String[] args, int at, int byDefault) {
    return args.length > at ? Integer.parseInt(args[at]) : byDefault;
  }

  private void write(Path folder, Path tokenizer) throws IOException {
    Torch.start();
    torch.manual_seed(11);
    Files.createDirectories(folder);
    ObjectMapper json = new ObjectMapper();
    ObjectNode tokens = (ObjectNode) json.readTree(tokenizer.toFile());
    int vocabulary = tokens.path("model").path("vocab").size();
    continuing(tokens);
    json.writeValue(folder.resolve("tokenizer.json").toFile(), tokens);
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"unk_token\": \"<unk>\","
            + " \"pad_token\": \"<pad>\"}",
        StandardCharsets.UTF_8);
    Files.writeString(folder.resolve("config.json"), config(vocabulary), StandardCharsets.UTF_8);
    Scope.run(
        () ->
            SafetensorsWriter.write(
                folder.resolve("model.safetensors"), weights(vocabulary), Map.of()));
  }

  /**
   * An encoder's tokenizer as a decoder needs it: nothing is put around texts, and ids are read.
   */
  private static void continuing(ObjectNode tokens) {
    ObjectNode bytes = tokens.objectNode().put("type", "ByteLevel").put("add_prefix_space", true);
    bytes.put("trim_offsets", true).put("use_regex", true);
    tokens.putNull("truncation").putNull("padding").putNull("post_processor");
    tokens.set("decoder", bytes);
  }

  private String config(int vocabulary) {
    return String.format(
        Locale.ROOT,
        """
        {"model_type": "gpt2", "n_layer": %d, "n_embd": %d, "n_head": %d, "n_positions": %d,
         "vocab_size": %d, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5,
         "resid_pdrop": 0.0, "attn_pdrop": 0.0, "embd_pdrop": 0.0,
         "bos_token_id": 3, "eos_token_id": 4}
        """,
        layers,
        width,
        width / HEAD_SIZE,
        positions,
        vocabulary);
  }

  private Map<String, Tensor> weights(int vocabulary) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    weights.put("transformer.wte.weight", normal(DEVIATION, vocabulary, width));
    weights.put("transformer.wpe.weight", normal(DEVIATION, positions, width));
    double residual = DEVIATION / Math.sqrt(2.0 * layers);
    for (int layer = 0; layer < layers; layer++) {
      String at = "transformer.h." + layer + ".";
      norm(weights, at + "ln_1");
      linear(weights, at + "attn.c_attn", DEVIATION, width, 3L * width);
      linear(weights, at + "attn.c_proj", residual, width, width);
      norm(weights, at + "ln_2");
      linear(weights, at + "mlp.c_fc", DEVIATION, width, 4L * width);
      linear(weights, at + "mlp.c_proj", residual, 4L * width, width);
    }
    norm(weights, "transformer.ln_f");
    return weights;
  }

  private void norm(Map<String, Tensor> weights, String name) {
    weights.put(name + ".weight", torch.ones(width));
    weights.put(name + ".bias", torch.zeros(width));
  }

  /** In GPT-2's layout: inputs by outputs. */
  private static void linear(
      Map<String, Tensor> weights, String name, double deviation, long in, long out) {
    weights.put(name + ".weight", normal(deviation, in, out));
    weights.put(name + ".bias", torch.zeros(out));
  }

  private static Tensor normal(double deviation, long... sizes) {
    return torch.randn(sizes).mul_(new Scalar(deviation));
  }
}
