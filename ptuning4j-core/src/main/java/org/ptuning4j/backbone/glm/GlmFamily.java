package org.ptuning4j.backbone.glm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.layer.Attention;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.layer.EmbeddingStep;
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
 * GLM (Du et al. 2022, arXiv 2103.10360): every token of a text sees all of it, what fills a blank
 * sees the text and what precedes it of the filling; norms before each part and after the last; two
 * positions with a table each, in the text and within the blank; query, key and value saved in one;
 * the word embeddings as output matrix.
 */
public final class GlmFamily extends TransformerFamily<GlmConfig> {

  private static final Set<DropoutPlace> DROPPED =
      Collections.unmodifiableSet(
          EnumSet.of(
              DropoutPlace.EMBEDDINGS,
              DropoutPlace.ATTENTION_PROBABILITIES,
              DropoutPlace.ATTENTION_OUTPUT,
              DropoutPlace.FEED_FORWARD_OUTPUT));

  @Override
  public Set<String> modelTypes() {
    return Set.of("glm");
  }

  @Override
  public Direction direction() {
    return Direction.INFILLING;
  }

  @Override
  protected GlmConfig config(ModelFolder folder) {
    return GlmConfig.read(folder.config());
  }

  @Override
  protected BackboneSpec spec(GlmConfig config, boolean hasPooler, boolean hasLanguageModel) {
    return new BackboneSpec(
        config.modelType(),
        config.layers(),
        config.hidden(),
        config.sizes().heads(),
        config.sizes().keyValueHeads(),
        config.sizes().size(),
        config.hidden(),
        config.positions(),
        config.vocabulary(),
        0,
        hasPooler,
        hasLanguageModel,
        direction(),
        config.dropout());
  }

  /** The original checkpoints have no prefix; those converted with a head have {@code glm.}. */
  @Override
  protected CheckpointNames names(GlmConfig config) {
    return new CheckpointNames("glm.", List.of("word_embeddings.", "transformer."), List.of());
  }

  @Override
  protected Positions positions(GlmConfig config) {
    return new Positions(PositionIds.WITH_BLANKS, config.positions(), 0);
  }

  @Override
  protected CausalLanguageSpec languageModel(GlmConfig config) {
    return new CausalLanguageSpec("lm_head", config.hidden(), config.vocabulary(), true);
  }

  @Override
  protected TransformerParts assemble(GlmConfig config, Weights weights) {
    Embeddings embeddings =
        new Embeddings(
            weights.table("word_embeddings.weight", config.vocabulary(), config.hidden()),
            1,
            List.of(
                weights.table(
                    "transformer.position_embeddings.weight", config.positions(), config.hidden()),
                weights.table(
                    "transformer.block_position_embeddings.weight",
                    config.positions(),
                    config.hidden())),
            Optional.empty(),
            List.of(EmbeddingStep.dropout()));
    List<TransformerLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(layer(layer, config, weights));
    }
    return new TransformerParts(
        embeddings,
        layers,
        Optional.of(norm("transformer.final_layernorm", config, weights)),
        Optional.empty(),
        DROPPED);
  }

  private static TransformerLayer layer(int index, GlmConfig config, Weights weights) {
    String at = "transformer.layers." + index + ".";
    long hidden = config.hidden();
    LayerNorm attentionNorm = norm(at + "input_layernorm", config, weights);
    Attention attention =
        Attention.plain(
            config.sizes(),
            Linear.of(weights, at + "attention.query_key_value", 3 * hidden, hidden, true),
            Linear.of(weights, at + "attention.dense", hidden, hidden, true));
    LayerNorm feedForwardNorm = norm(at + "post_attention_layernorm", config, weights);
    PlainFeedForward feedForward =
        new PlainFeedForward(
            Linear.of(weights, at + "mlp.dense_h_to_4h", 4 * hidden, hidden, true),
            config.activation(),
            Linear.of(weights, at + "mlp.dense_4h_to_h", hidden, 4 * hidden, true));
    return new TransformerLayer(
        Placement.PRE_NORM, attention, Optional.of(attentionNorm), feedForward, feedForwardNorm);
  }

  private static LayerNorm norm(String name, GlmConfig config, Weights weights) {
    return LayerNorm.of(weights, name, config.hidden(), config.epsilon(), true);
  }
}
