package org.ptuning4j.backbone.llama;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.layer.Attention;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.layer.Embeddings;
import org.ptuning4j.backbone.layer.GatedFeedForward;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.layer.Placement;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.layer.norm.HeadNorms;
import org.ptuning4j.backbone.layer.norm.RmsNorm;
import org.ptuning4j.backbone.transformer.CausalLanguageSpec;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.PositionIds;
import org.ptuning4j.backbone.transformer.Positions;
import org.ptuning4j.backbone.transformer.TransformerFamily;
import org.ptuning4j.backbone.transformer.TransformerParts;
import org.ptuning4j.backbone.weight.Weights;

/**
 * Llama (Touvron et al., arXiv 2302.13971) with Llama 2 and 3 and SmolLM2, Mistral (Jiang et al.,
 * arXiv 2310.06825), Qwen 2, 2.5 and 3 (Yang et al., arXiv 2407.10671 and 2505.09388): each token
 * sees itself and those before it, RMS norms before each part and after the last, rotary positions,
 * gated feed-forward networks, several heads with the same keys and values.
 */
public final class LlamaFamily extends TransformerFamily<LlamaConfig> {

  @Override
  public Set<String> modelTypes() {
    return Arrays.stream(LlamaKind.values())
        .map(LlamaKind::modelType)
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Direction direction() {
    return Direction.CAUSAL;
  }

  @Override
  protected LlamaConfig config(ModelFolder folder) {
    return LlamaConfig.read(folder.config());
  }

  @Override
  protected BackboneSpec spec(LlamaConfig config, boolean hasPooler, boolean hasLanguageModel) {
    return new BackboneSpec(
        config.modelType(),
        config.reaches().size(),
        config.hidden(),
        config.sizes().heads(),
        config.sizes().keyValueHeads(),
        config.sizes().size(),
        config.hidden(),
        config.maxPositions(),
        config.vocabulary(),
        0,
        hasPooler,
        hasLanguageModel,
        direction(),
        DropoutRates.of(0, config.attentionDropout()));
  }

  @Override
  protected CheckpointNames names(LlamaConfig config) {
    List<String> buffers = new ArrayList<>(List.of("rotary_emb.inv_freq"));
    for (int layer = 0; layer < config.reaches().size(); layer++) {
      buffers.add("layers." + layer + ".self_attn.rotary_emb.inv_freq");
    }
    return new CheckpointNames("model.", List.of("embed_tokens.", "layers.", "norm."), buffers);
  }

  @Override
  protected Positions positions(LlamaConfig config) {
    return new Positions(PositionIds.OF_TOKENS, config.maxPositions(), 0);
  }

  @Override
  protected CausalLanguageSpec languageModel(LlamaConfig config) {
    return new CausalLanguageSpec("lm_head", config.hidden(), config.vocabulary(), config.tied());
  }

  @Override
  protected TransformerParts assemble(LlamaConfig config, Weights weights) {
    Embeddings embeddings =
        new Embeddings(
            weights.table("embed_tokens.weight", config.vocabulary(), config.hidden()),
            Optional.empty(),
            Optional.empty(),
            List.of());
    List<TransformerLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < config.reaches().size(); layer++) {
      layers.add(layer(layer, config, weights));
    }
    return new TransformerParts(
        embeddings,
        layers,
        Optional.of(norm("norm", config.hidden(), config, weights)),
        Optional.empty(),
        Set.of(DropoutPlace.ATTENTION_PROBABILITIES));
  }

  private static TransformerLayer layer(int index, LlamaConfig config, Weights weights) {
    String at = "layers." + index + ".";
    RmsNorm before = norm(at + "input_layernorm", config.hidden(), config, weights);
    Attention attention = attention(index, at + "self_attn.", config, weights);
    RmsNorm between = norm(at + "post_attention_layernorm", config.hidden(), config, weights);
    return new TransformerLayer(
        Placement.PRE_NORM,
        attention,
        Optional.of(before),
        feedForward(at + "mlp.", config, weights),
        between);
  }

  private static Attention attention(int index, String at, LlamaConfig config, Weights weights) {
    HeadSizes sizes = config.sizes();
    Attention attention =
        new Attention(
            sizes,
            Linear.stacked(
                weights,
                at + "qkv_proj",
                List.of(at + "q_proj", at + "k_proj", at + "v_proj"),
                List.of(sizes.queryWidth(), sizes.keyWidth(), sizes.keyWidth()),
                config.hidden(),
                config.biases().input()),
            Linear.of(
                weights,
                at + "o_proj",
                config.hidden(),
                sizes.queryWidth(),
                config.biases().output()),
            1 / Math.sqrt(sizes.size()),
            config.reaches().get(index),
            Optional.of(config.rotary()));
    return config.headNorms()
        ? attention.with(
            new HeadNorms(
                norm(at + "q_norm", sizes.size(), config, weights),
                norm(at + "k_norm", sizes.size(), config, weights)))
        : attention;
  }

  private static GatedFeedForward feedForward(String at, LlamaConfig config, Weights weights) {
    long width = config.intermediate();
    boolean biased = config.biases().feedForward();
    return new GatedFeedForward(
        Linear.stacked(
            weights,
            at + "gate_up_proj",
            List.of(at + "gate_proj", at + "up_proj"),
            List.of(width, width),
            config.hidden(),
            biased),
        config.activation(),
        Linear.of(weights, at + "down_proj", config.hidden(), width, biased));
  }

  private static RmsNorm norm(String name, long width, LlamaConfig config, Weights weights) {
    return RmsNorm.of(weights, name, width, config.epsilon());
  }
}
