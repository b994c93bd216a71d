package org.ptuning4j;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.Backbone;

/** The classification heads that families' published code has, over the first token. */
public final class PublishedHeads {

  private PublishedHeads() {}

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
      default -> throw new IllegalStateException("head " + c.text("head"));
    };
  }

  private static Tensor linear(Case c, String name, Tensor x) {
    Tensor weight = c.read(c.node().get("head_params").get(name + ".weight").asText());
    Tensor bias = c.read(c.node().get("head_params").get(name + ".bias").asText());
    return torch.linear(x, weight, new TensorOptional(bias));
  }
}
