package org.ptuning4j.backbone.modernbert;

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
import org.ptuning4j.backbone.layer.Embeddings;
import org.ptuning4j.backbone.layer.GatedFeedForward;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.layer.Placement;
import org.ptuning4j.backbone.layer.Pooler;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.layer.norm.LayerNorm;
import org.ptuning4j.backbone.layer.norm.Norm;
import org.ptuning4j.backbone.modernbert.ModernBertConfig.LayerKind;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.MaskedLanguageNames;
import org.ptuning4j.backbone.transformer.MaskedLanguageSpec;
import org.ptuning4j.backbone.transformer.PositionIds;
import org.ptuning4j.backbone.transformer.Positions;
import org.ptuning4j.backbone.transformer.TransformerFamily;
import org.ptuning4j.backbone.transformer.TransformerParts;
import org.ptuning4j.backbone.weight.Weights;

/**
 * ModernBERT (Warner et al., arXiv 2412.13663) and mmBERT (Marone et al., arXiv 2509.06888): norms
 * before each part and none before the first attention, gated feed-forward networks, rotary
 * positions with a base of their own in windowed layers, no token types. A prefix is not rotated,
 * and is visible from every window. Classifiers have the dense layer and the norm of the
 * language-model head between what they read and their own layer; here that is the pooler.
 */
public final class ModernBertFamily extends TransformerFamily<ModernBertConfig> {

  private static final Set<DropoutPlace> DROPPED =
      Collections.unmodifiableSet(
          EnumSet.of(
              DropoutPlace.EMBEDDINGS,
              DropoutPlace.ATTENTION_PROBABILITIES,
              DropoutPlace.ATTENTION_OUTPUT,
              DropoutPlace.FEED_FORWARD_INSIDE));

  /** What language model and classifiers have in common. */
  private static final String HEAD = "head.";

  @Override
  public Set<String> modelTypes() {
    return Set.of("modernbert");
  }

  @Override
  protected ModernBertConfig config(ModelFolder folder) {
    return ModernBertConfig.read(folder.config());
  }

  @Override
  protected BackboneSpec spec(
      ModernBertConfig config, boolean hasPooler, boolean hasLanguageModel) {
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
        Direction.BIDIRECTIONAL,
        config.dropout(),
        config.pooling());
  }

  @Override
  protected CheckpointNames names(ModernBertConfig config) {
    return new CheckpointNames(
        "model.", List.of("embeddings.", "layers.", "final_norm."), List.of(), List.of(HEAD));
  }

  @Override
  protected Positions positions(ModernBertConfig config) {
    return new Positions(PositionIds.FROM_ZERO, config.maxPositions(), config.padId());
  }

  @Override
  protected MaskedLanguageSpec languageModel(ModernBertConfig config) {
    return new MaskedLanguageSpec(
        new MaskedLanguageNames(HEAD + "dense", HEAD + "norm", "decoder", "decoder.bias"),
        config.hidden(),
        config.hidden(),
        config.vocabulary(),
        config.headActivation(),
        config.epsilon(),
        config.tied(),
        new MaskedLanguageSpec.Biases(
            config.biases().headDense(), config.biases().norms(), config.biases().decoder()));
  }

  @Override
  protected TransformerParts assemble(ModernBertConfig config, Weights weights) {
    Embeddings embeddings =
        new Embeddings(
            weights.table("embeddings.tok_embeddings.weight", config.vocabulary(), config.hidden()),
            Optional.empty(),
            Optional.empty(),
            Optional.of(norm("embeddings.norm", config, weights)),
            Optional.empty());
    List<TransformerLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers().size(); layer++) {
      layers.add(layer(layer, config, weights));
    }
    return new TransformerParts(
        embeddings,
        layers,
        Optional.of(norm("final_norm", config, weights)),
        pooler(config, weights),
        DROPPED);
  }

  private static Optional<Pooler> pooler(ModernBertConfig config, Weights weights) {
    if (!weights.hasOptional(HEAD, HEAD + "dense.weight")) {
      return Optional.empty();
    }
    long hidden = config.hidden();
    return Optional.of(
        new Pooler(
            Linear.inFp32(weights, HEAD + "dense", hidden, hidden, config.biases().headDense()),
            config.headActivation(),
            Optional.of(
                LayerNorm.inFp32(
                    weights, HEAD + "norm", hidden, config.epsilon(), config.biases().norms()))));
  }

  private static TransformerLayer layer(int index, ModernBertConfig config, Weights weights) {
    String at = "layers." + index + ".";
    LayerKind kind = config.layers().get(index);
    HeadSizes sizes = config.sizes();
    boolean biased = config.biases().attention();
    Attention attention =
        new Attention(
            sizes,
            Linear.of(weights, at + "attn.Wqkv", 3L * config.hidden(), config.hidden(), biased),
            Linear.of(weights, at + "attn.Wo", config.hidden(), config.hidden(), biased),
            1 / Math.sqrt(sizes.size()),
            kind.reach(),
            Optional.of(kind.rotary()));
    // The embeddings are normalised already.
    Optional<Norm> before =
        index == 0 ? Optional.empty() : Optional.of(norm(at + "attn_norm", config, weights));
    return new TransformerLayer(
        Placement.PRE_NORM,
        attention,
        before,
        feedForward(at, config, weights),
        norm(at + "mlp_norm", config, weights));
  }

  private static GatedFeedForward feedForward(String at, ModernBertConfig config, Weights weights) {
    boolean biased = config.biases().feedForward();
    int width = config.intermediate();
    return new GatedFeedForward(
        Linear.of(weights, at + "mlp.Wi", 2L * width, config.hidden(), biased),
        config.activation(),
        Linear.of(weights, at + "mlp.Wo", config.hidden(), width, biased));
  }

  private static LayerNorm norm(String name, ModernBertConfig config, Weights weights) {
    return LayerNorm.of(weights, name, config.hidden(), config.epsilon(), config.biases().norms());
  }
}
