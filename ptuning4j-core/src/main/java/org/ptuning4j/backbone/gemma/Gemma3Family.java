package org.ptuning4j.backbone.gemma;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.gemma.Gemma3Config.LayerKind;
import org.ptuning4j.backbone.layer.Attention;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.layer.Embeddings;
import org.ptuning4j.backbone.layer.GatedFeedForward;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.layer.Placement;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.layer.norm.CentredRmsNorm;
import org.ptuning4j.backbone.layer.norm.HeadNorms;
import org.ptuning4j.backbone.layer.norm.OutputNorms;
import org.ptuning4j.backbone.transformer.CausalLanguageSpec;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.PositionIds;
import org.ptuning4j.backbone.transformer.Positions;
import org.ptuning4j.backbone.transformer.TransformerFamily;
import org.ptuning4j.backbone.transformer.TransformerParts;
import org.ptuning4j.backbone.weight.Weights;

/**
 * Gemma 3 (Gemma Team, arXiv 2503.19786): word embeddings times √H, RMS norms before and after each
 * part, norms of queries and keys, most layers within a window and with a rotary base of their own.
 * Of a model that reads images too, it is the language model.
 */
public final class Gemma3Family extends TransformerFamily<Gemma3Config> {

  @Override
  public Set<String> modelTypes() {
    return Set.of(Gemma3Config.TEXT, Gemma3Config.WITH_IMAGES);
  }

  @Override
  public Direction direction() {
    return Direction.CAUSAL;
  }

  @Override
  protected Gemma3Config config(ModelFolder folder) {
    return Gemma3Config.read(folder.config());
  }

  @Override
  protected BackboneSpec spec(Gemma3Config config, boolean hasPooler, boolean hasLanguageModel) {
    return new BackboneSpec(
        config.modelType(),
        config.layers().size(),
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
  protected CheckpointNames names(Gemma3Config config) {
    return new CheckpointNames("model.", List.of("embed_tokens.", "layers.", "norm."), List.of());
  }

  @Override
  protected Positions positions(Gemma3Config config) {
    return new Positions(PositionIds.OF_TOKENS, config.maxPositions(), 0);
  }

  @Override
  protected CausalLanguageSpec languageModel(Gemma3Config config) {
    return new CausalLanguageSpec("lm_head", config.hidden(), config.vocabulary(), config.tied());
  }

  @Override
  protected TransformerParts assemble(Gemma3Config config, Weights weights) {
    Embeddings embeddings =
        new Embeddings(
            weights.table("embed_tokens.weight", config.vocabulary(), config.hidden()),
            Math.sqrt(config.hidden()),
            List.of(),
            Optional.empty(),
            List.of());
    List<TransformerLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers().size(); layer++) {
      layers.add(layer(layer, config, weights));
    }
    return new TransformerParts(
        embeddings,
        layers,
        Optional.of(norm("norm", config.hidden(), config, weights)),
        Optional.empty(),
        Set.of(DropoutPlace.ATTENTION_PROBABILITIES));
  }

  private static TransformerLayer layer(int index, Gemma3Config config, Weights weights) {
    String at = "layers." + index + ".";
    int hidden = config.hidden();
    return new TransformerLayer(
            Placement.PRE_NORM,
            attention(at + "self_attn.", config.layers().get(index), config, weights),
            Optional.of(norm(at + "input_layernorm", hidden, config, weights)),
            feedForward(at + "mlp.", config, weights),
            norm(at + "pre_feedforward_layernorm", hidden, config, weights))
        .with(
            new OutputNorms(
                norm(at + "post_attention_layernorm", hidden, config, weights),
                norm(at + "post_feedforward_layernorm", hidden, config, weights)));
  }

  private static Attention attention(
      String at, LayerKind kind, Gemma3Config config, Weights weights) {
    HeadSizes sizes = config.sizes();
    return new Attention(
            sizes,
            Linear.stacked(
                weights,
                at + "qkv_proj",
                List.of(at + "q_proj", at + "k_proj", at + "v_proj"),
                List.of(sizes.queryWidth(), sizes.keyWidth(), sizes.keyWidth()),
                config.hidden(),
                config.biased()),
            Linear.of(weights, at + "o_proj", config.hidden(), sizes.queryWidth(), config.biased()),
            config.scale(),
            kind.reach(),
            Optional.of(kind.rotary()))
        .with(
            new HeadNorms(
                norm(at + "q_norm", sizes.size(), config, weights),
                norm(at + "k_norm", sizes.size(), config, weights)));
  }

  private static GatedFeedForward feedForward(String at, Gemma3Config config, Weights weights) {
    long width = config.intermediate();
    return new GatedFeedForward(
        Linear.stacked(
            weights,
            at + "gate_up_proj",
            List.of(at + "gate_proj", at + "up_proj"),
            List.of(width, width),
            config.hidden(),
            false),
        config.activation(),
        Linear.of(weights, at + "down_proj", config.hidden(), width, false));
  }

  private static CentredRmsNorm norm(
      String name, long width, Gemma3Config config, Weights weights) {
    return CentredRmsNorm.of(weights, name, width, config.epsilon());
  }
}
