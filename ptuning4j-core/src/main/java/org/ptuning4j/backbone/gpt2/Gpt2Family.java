package org.ptuning4j.backbone.gpt2;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.layer.Attention;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.layer.Embeddings;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.layer.Placement;
import org.ptuning4j.backbone.layer.PlainFeedForward;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.layer.norm.LayerNorm;
import org.ptuning4j.backbone.transformer.CausalLanguageSpec;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.PositionIds;
import org.ptuning4j.backbone.transformer.Positions;
import org.ptuning4j.backbone.transformer.TransformerFamily;
import org.ptuning4j.backbone.transformer.TransformerParts;
import org.ptuning4j.backbone.weight.Weights;

/**
 * GPT-2 (Radford et al. 2019): each token sees itself and those before it, norms before each part
 * and after the last, learned positions, matrices saved transposed with query, key and value in
 * one, the word embeddings as output matrix.
 */
public final class Gpt2Family extends TransformerFamily<Gpt2Config> {

  private static final Set<DropoutPlace> DROPPED =
      Collections.unmodifiableSet(
          EnumSet.of(
              DropoutPlace.EMBEDDINGS,
              DropoutPlace.ATTENTION_PROBABILITIES,
              DropoutPlace.ATTENTION_OUTPUT,
              DropoutPlace.FEED_FORWARD_OUTPUT));

  @Override
  public Set<String> modelTypes() {
    return Set.of("gpt2");
  }

  @Override
  public Direction direction() {
    return Direction.CAUSAL;
  }

  @Override
  protected Gpt2Config config(ModelFolder folder) {
    return Gpt2Config.read(folder.config());
  }

  @Override
  protected BackboneSpec spec(Gpt2Config config, boolean hasPooler, boolean hasLanguageModel) {
    return new BackboneSpec(
        config.modelType(),
        config.layers(),
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
        config.dropout());
  }

  @Override
  protected CheckpointNames names(Gpt2Config config) {
    List<String> masks = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      masks.add("h." + layer + ".attn.bias");
      masks.add("h." + layer + ".attn.masked_bias");
    }
    return new CheckpointNames("transformer.", List.of("wte.", "wpe.", "h.", "ln_f."), masks);
  }

  @Override
  protected Positions positions(Gpt2Config config) {
    return new Positions(PositionIds.OF_TOKENS, config.maxPositions(), 0);
  }

  @Override
  protected CausalLanguageSpec languageModel(Gpt2Config config) {
    return new CausalLanguageSpec("lm_head", config.hidden(), config.vocabulary(), config.tied());
  }

  @Override
  protected TransformerParts assemble(Gpt2Config config, Weights weights) {
    Embeddings embeddings =
        new Embeddings(
            weights.table("wte.weight", config.vocabulary(), config.hidden()),
            Optional.of(weights.table("wpe.weight", config.maxPositions(), config.hidden())),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    List<TransformerLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(layer(layer, config, weights));
    }
    return new TransformerParts(
        embeddings, layers, Optional.of(norm("ln_f", config, weights)), Optional.empty(), DROPPED);
  }

  private static TransformerLayer layer(int index, Gpt2Config config, Weights weights) {
    String at = "h." + index + ".";
    int hidden = config.hidden();
    LayerNorm attentionNorm = norm(at + "ln_1", config, weights);
    Attention attention =
        new Attention(
            config.sizes(),
            Linear.transposed(weights, at + "attn.c_attn", 3L * hidden, hidden),
            Linear.transposed(weights, at + "attn.c_proj", hidden, hidden),
            config.scale(index),
            Reach.causal(),
            Optional.empty());
    LayerNorm feedForwardNorm = norm(at + "ln_2", config, weights);
    PlainFeedForward feedForward =
        new PlainFeedForward(
            Linear.transposed(weights, at + "mlp.c_fc", config.intermediate(), hidden),
            config.activation(),
            Linear.transposed(weights, at + "mlp.c_proj", hidden, config.intermediate()));
    return new TransformerLayer(
        Placement.PRE_NORM, attention, Optional.of(attentionNorm), feedForward, feedForwardNorm);
  }

  private static LayerNorm norm(String name, Gpt2Config config, Weights weights) {
    return LayerNorm.of(weights, name, config.hidden(), config.epsilon(), true);
  }
}
