package org.ptuning4j.backbone.t5;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.Pooling;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.layer.Attention;
import org.ptuning4j.backbone.layer.BiasTerm;
import org.ptuning4j.backbone.layer.DistanceBuckets;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.layer.EmbeddingStep;
import org.ptuning4j.backbone.layer.Embeddings;
import org.ptuning4j.backbone.layer.FeedForward;
import org.ptuning4j.backbone.layer.GatedFeedForward;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.layer.Placement;
import org.ptuning4j.backbone.layer.PlainFeedForward;
import org.ptuning4j.backbone.layer.RelativeTable;
import org.ptuning4j.backbone.layer.SourceAttention;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.layer.norm.RmsNorm;
import org.ptuning4j.backbone.transformer.CausalLanguageSpec;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.DecoderParts;
import org.ptuning4j.backbone.transformer.LanguageModelSpec;
import org.ptuning4j.backbone.transformer.PositionIds;
import org.ptuning4j.backbone.transformer.Positions;
import org.ptuning4j.backbone.transformer.TransformerFamily;
import org.ptuning4j.backbone.transformer.TransformerParts;
import org.ptuning4j.backbone.weight.Weights;

/**
 * T5 (Raffel et al., arXiv 1910.10683, section 2.1), its version 1.1, Flan-T5 and mT5: RMS norms
 * before each part and after the last; scores that are not scaled; a number for each head and
 * distance, whose table belongs to the first layer of encoder and decoder each and serves all.
 */
public final class T5Family extends TransformerFamily<T5Config> {

  private static final String WORDS = "shared.weight";

  private static final String OF_ENCODER = "encoder.embed_tokens.weight";
  private static final String OF_DECODER = "decoder.embed_tokens.weight";
  private static final double UNSCALED = 1;

  private static final Set<DropoutPlace> DROPPED =
      Collections.unmodifiableSet(
          EnumSet.of(
              DropoutPlace.EMBEDDINGS,
              DropoutPlace.ATTENTION_PROBABILITIES,
              DropoutPlace.ATTENTION_OUTPUT,
              DropoutPlace.FEED_FORWARD_INSIDE,
              DropoutPlace.FEED_FORWARD_OUTPUT,
              DropoutPlace.LAST_STATES));

  @Override
  public Set<String> modelTypes() {
    return Set.of("t5", "mt5");
  }

  @Override
  public Direction direction() {
    return Direction.ENCODER_DECODER;
  }

  @Override
  protected T5Config config(ModelFolder folder) {
    return T5Config.read(folder.config());
  }

  @Override
  protected BackboneSpec spec(T5Config config, boolean hasPooler, boolean hasLanguageModel) {
    return new BackboneSpec(
        config.modelType(),
        config.encoderLayers() + 2 * config.decoderLayers(),
        config.hidden(),
        config.sizes().heads(),
        config.sizes().keyValueHeads(),
        config.sizes().size(),
        config.hidden(),
        BackboneSpec.UNLIMITED,
        config.vocabulary(),
        0,
        hasPooler,
        hasLanguageModel,
        direction(),
        config.dropout(),
        Pooling.MEAN,
        config.encoderLayers());
  }

  /**
   * Many files hold the word embeddings again for each half, and some in that place alone; the
   * oldest have a table of distances between target and source that nothing reads.
   */
  @Override
  protected CheckpointNames names(T5Config config) {
    Map<String, String> copies = new LinkedHashMap<>();
    copies.put(OF_ENCODER, WORDS);
    copies.put(OF_DECODER, WORDS);
    return new CheckpointNames(
        "transformer.",
        List.of("shared.", "encoder.", "decoder."),
        List.of(
            OF_ENCODER,
            OF_DECODER,
            "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"),
        List.of(),
        copies);
  }

  @Override
  protected Positions positions(T5Config config) {
    return new Positions(PositionIds.FROM_ZERO, BackboneSpec.UNLIMITED, 0);
  }

  @Override
  protected LanguageModelSpec languageModel(T5Config config) {
    return new CausalLanguageSpec(
        "lm_head", config.hidden(), config.vocabulary(), config.tied(), config.outputScale());
  }

  @Override
  protected TransformerParts assemble(T5Config config, Weights weights) {
    Embeddings embeddings =
        new Embeddings(
            weights.table(WORDS, config.vocabulary(), config.hidden()),
            Optional.empty(),
            Optional.empty(),
            List.of(EmbeddingStep.dropout()));
    BiasTerm ofEncoder =
        BiasTerm.ofText(table("encoder", config.encoderBuckets(), config, weights));
    BiasTerm ofDecoder =
        BiasTerm.ofPrefixAndText(table("decoder", config.decoderBuckets(), config, weights));
    List<TransformerLayer> reading = new ArrayList<>();
    for (int layer = 0; layer < config.encoderLayers(); layer++) {
      String at = "encoder.block." + layer + ".layer.";
      reading.add(
          layer(
              at,
              at + "1.",
              attention(at, Reach.everything(), config, weights).with(ofEncoder),
              config,
              weights));
    }
    List<TransformerLayer> writing = new ArrayList<>();
    for (int layer = 0; layer < config.decoderLayers(); layer++) {
      String at = "decoder.block." + layer + ".layer.";
      writing.add(
          layer(
                  at,
                  at + "2.",
                  attention(at, Reach.causal(), config, weights).with(ofDecoder),
                  config,
                  weights)
              .with(sourceAttention(at + "1.", config, weights)));
    }
    return new TransformerParts(
        embeddings,
        reading,
        Optional.of(norm("encoder.final_layer_norm", config, weights)),
        Optional.empty(),
        DROPPED,
        Optional.of(new DecoderParts(writing, norm("decoder.final_layer_norm", config, weights))));
  }

  private static RelativeTable table(
      String half, DistanceBuckets buckets, T5Config config, Weights weights) {
    String name = half + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    return new RelativeTable(
        weights.table(name, config.buckets(), config.sizes().heads()), Optional.empty(), buckets);
  }

  private static TransformerLayer layer(
      String at, String feedForward, Attention attention, T5Config config, Weights weights) {
    return new TransformerLayer(
        Placement.PRE_NORM,
        attention,
        Optional.of(norm(at + "0.layer_norm", config, weights)),
        feedForward(feedForward + "DenseReluDense.", config, weights),
        norm(feedForward + "layer_norm", config, weights));
  }

  private static Attention attention(String at, Reach reach, T5Config config, Weights weights) {
    String name = at + "0.SelfAttention.";
    long width = config.sizes().queryWidth();
    return new Attention(
        config.sizes(),
        Linear.stacked(
            weights,
            name + "qkv",
            List.of(name + "q", name + "k", name + "v"),
            List.of(width, width, width),
            config.hidden(),
            false),
        Linear.of(weights, name + "o", config.hidden(), width, false),
        UNSCALED,
        reach,
        Optional.empty());
  }

  private static SourceAttention sourceAttention(String at, T5Config config, Weights weights) {
    String name = at + "EncDecAttention.";
    long width = config.sizes().queryWidth();
    return new SourceAttention(
        norm(at + "layer_norm", config, weights),
        config.sizes(),
        Linear.of(weights, name + "q", width, config.hidden(), false),
        Linear.stacked(
            weights,
            name + "kv",
            List.of(name + "k", name + "v"),
            List.of(width, width),
            config.hidden(),
            false),
        Linear.of(weights, name + "o", config.hidden(), width, false),
        UNSCALED);
  }

  private static FeedForward feedForward(String at, T5Config config, Weights weights) {
    long hidden = config.hidden();
    long inner = config.intermediate();
    Linear output = Linear.of(weights, at + "wo", hidden, inner, false);
    return config.gated()
        ? new GatedFeedForward(
            Linear.stacked(
                weights,
                at + "wi_0_1",
                List.of(at + "wi_0", at + "wi_1"),
                List.of(inner, inner),
                hidden,
                false),
            config.activation(),
            output)
        : new PlainFeedForward(
            Linear.of(weights, at + "wi", inner, hidden, false), config.activation(), output);
  }

  private static RmsNorm norm(String name, T5Config config, Weights weights) {
    return RmsNorm.of(weights, name, config.hidden(), config.epsilon());
  }
}
