package org.ptuning4j;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.file.TensorSource;

/** The classification heads that families' published code has. */
public final class PublishedHeads {

  private PublishedHeads() {}

  /**
   * What a case's head over whole sequences reads, {@code [B, H]}: each row at its anchor, or the
   * mean of its tokens where the configuration asks for that.
   */
  public static Tensor read(Case c, Backbone backbone, TokenBatch tokens, Injection injection) {
    if (!config(c).text("classifier_pooling").orElse("cls").equals("mean")) {
      return backbone
          .forward(tokens, injection, ForwardOptions.evaluation(Positions.ANCHOR))
          .first();
    }
    Tensor states =
        backbone.forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL)).lastHidden();
    Tensor mask =
        Tensors.of(tokens.mask(), tokens.rows(), tokens.columns(), 1)
            .to(Dtype.F32.scalarType()); // [B, n, 1]
    return states.mul(mask).sum(1).div(mask.sum(1));
  }

  /** The logits of a case's head, {@code [B, k]}, from the states that it reads, {@code [B, H]}. */
  public static Tensor logits(Case c, Backbone backbone, Tensor read) {
    return switch (c.text("head")) {
      case "pooler_linear" -> linear(c, "classifier", backbone.pool(read));
      case "roberta_head" ->
          linear(c, "classifier.out_proj", torch.tanh(linear(c, "classifier.dense", read)));
      case "distilbert_head" ->
          linear(c, "classifier", torch.relu(linear(c, "pre_classifier", read)));
      case "electra_head" ->
          linear(c, "classifier.out_proj", torch.gelu(linear(c, "classifier.dense", read)));
      case "context_pooler" -> linear(c, "classifier", torch.gelu(linear(c, "pooler.dense", read)));
      case "electra_mc" ->
          linear(c, "classifier", torch.gelu(linear(c, "sequence_summary.summary", read)));
      case "score_last" -> linear(c, "score", read);
      case "modernbert_head" -> linear(c, "classifier", backbone.pool(read));
      default -> throw new IllegalStateException("head " + c.text("head"));
    };
  }

  /**
   * What a family's published code puts between the last layer and heads over tokens: ModernBERT
   * has the dense layer and the norm of its language-model head there; others have nothing.
   */
  public static Tensor before(Case c, Tensor states) {
    ModelConfig config = config(c);
    if (!config.modelType().equals("modernbert")) {
      return states;
    }
    try (TensorSource weights = model(c).tensors()) {
      Tensor dense =
          torch.linear(
              states, weights.read("head.dense.weight"), optional(weights, "head.dense.bias"));
      return torch.layer_norm(
          Activation.of(config, "classifier_activation").apply(dense),
          new long[] {states.size(-1)},
          new TensorOptional(weights.read("head.norm.weight")),
          optional(weights, "head.norm.bias"),
          config.numberOr("norm_eps", 1e-5),
          false);
    }
  }

  private static TensorOptional optional(TensorSource weights, String name) {
    return weights.names().contains(name)
        ? new TensorOptional(weights.read(name))
        : new TensorOptional();
  }

  private static ModelConfig config(Case c) {
    return model(c).config();
  }

  private static ModelFolder model(Case c) {
    return ModelFolder.open(c.folder().resolve("model"));
  }

  private static Tensor linear(Case c, String name, Tensor x) {
    Tensor weight = c.read(c.node().get("head_params").get(name + ".weight").asText());
    Optional<Tensor> bias =
        Optional.ofNullable(c.node().get("head_params").get(name + ".bias"))
            .map(key -> c.read(key.asText()));
    return torch.linear(x, weight, bias.map(TensorOptional::new).orElseGet(TensorOptional::new));
  }
}
