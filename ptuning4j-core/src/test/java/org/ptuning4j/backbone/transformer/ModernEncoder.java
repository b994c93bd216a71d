package org.ptuning4j.backbone.transformer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.Attention;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.layer.Embeddings;
import org.ptuning4j.backbone.layer.GatedFeedForward;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.layer.LayerNorm;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.layer.Placement;
import org.ptuning4j.backbone.layer.Rotary;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.weight.Weights;

/**
 * ModernBERT put together of the parts: norms before, none before the first attention, gates,
 * rotary positions with two bases, windows between global layers, no biases. It proves that a
 * family of another shape is a configuration, names and an assembly.
 */
final class ModernEncoder extends TransformerFamily<ModernEncoder.Config> {

  /** What it reads of the configuration of the golden model. */
  record Config(int layers, int hidden, int heads, int intermediate, int vocabulary, int window) {}

  @Override
  public Set<String> modelTypes() {
    return Set.of("modernbert");
  }

  @Override
  protected Config config(ModelFolder folder) {
    return new Config(
        folder.size("num_hidden_layers"),
        folder.size("hidden_size"),
        folder.size("num_attention_heads"),
        folder.size("intermediate_size"),
        folder.size("vocab_size"),
        folder.size("local_attention") / 2);
  }

  @Override
  protected BackboneSpec spec(Config config, boolean hasPooler, boolean hasLanguageModel) {
    return new BackboneSpec(
        "modernbert",
        config.layers,
        config.hidden,
        config.heads,
        config.heads,
        config.hidden / config.heads,
        config.hidden,
        160,
        config.vocabulary,
        0,
        hasPooler,
        hasLanguageModel,
        0,
        0);
  }

  @Override
  protected CheckpointNames names(Config config) {
    return new CheckpointNames(
        "model.", List.of("embeddings.", "layers.", "final_norm."), List.of());
  }

  @Override
  protected Positions positions(Config config) {
    return new Positions(PositionIds.FROM_ZERO, 160, 0);
  }

  @Override
  protected MaskedLanguageSpec languageModel(Config config) {
    return new MaskedLanguageSpec(
        new MaskedLanguageNames("none.dense", "none.norm", "none.decoder", "none.bias"),
        config.hidden,
        config.hidden,
        config.vocabulary,
        Activation.GELU,
        1e-5,
        true);
  }

  @Override
  protected TransformerParts assemble(Config config, Weights weights) {
    Embeddings embeddings =
        new Embeddings(
            weights.table("embeddings.tok_embeddings.weight", config.vocabulary, config.hidden),
            Optional.empty(),
            Optional.empty(),
            Optional.of(norm("embeddings.norm", config, weights)),
            Optional.empty());
    List<TransformerLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers; layer++) {
      layers.add(layer(layer, config, weights));
    }
    return new TransformerParts(
        embeddings,
        layers,
        Optional.of(norm("final_norm", config, weights)),
        Optional.empty(),
        Set.<DropoutPlace>of());
  }

  private static LayerNorm norm(String name, Config config, Weights weights) {
    return LayerNorm.of(weights, name, config.hidden, 1e-5, false);
  }

  private static TransformerLayer layer(int index, Config config, Weights weights) {
    String at = "layers." + index + ".";
    boolean global = index % 3 == 0;
    HeadSizes sizes = HeadSizes.of(config.heads, config.hidden);
    Attention attention =
        new Attention(
            sizes,
            Linear.of(weights, at + "attn.Wqkv", 3L * config.hidden, config.hidden, false),
            Linear.of(weights, at + "attn.Wo", config.hidden, config.hidden, false),
            1 / Math.sqrt(sizes.size()),
            global ? Reach.everything() : new Reach.Window(config.window),
            Optional.of(new Rotary(global ? 160_000 : 10_000, sizes.size())));
    return new TransformerLayer(
        Placement.PRE_NORM,
        attention,
        index == 0 ? Optional.empty() : Optional.of(norm(at + "attn_norm", config, weights)),
        new GatedFeedForward(
            Linear.of(weights, at + "mlp.Wi", 2L * config.intermediate, config.hidden, false),
            Activation.GELU,
            Linear.of(weights, at + "mlp.Wo", config.hidden, config.intermediate, false)),
        norm(at + "mlp_norm", config, weights));
  }
}
