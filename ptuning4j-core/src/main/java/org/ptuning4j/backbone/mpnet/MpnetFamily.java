package org.ptuning4j.backbone.mpnet;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.encoder.EncoderConfig;
import org.ptuning4j.backbone.encoder.EncoderFamily;
import org.ptuning4j.backbone.encoder.EncoderFields;
import org.ptuning4j.backbone.encoder.EncoderNames;
import org.ptuning4j.backbone.encoder.EncoderNames.LayerNames;
import org.ptuning4j.backbone.encoder.LayerSharing;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.BiasTerm;
import org.ptuning4j.backbone.layer.RelativeTable;
import org.ptuning4j.backbone.layer.ScoreTerm;
import org.ptuning4j.backbone.layer.T5Buckets;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.MaskedLanguageNames;
import org.ptuning4j.backbone.transformer.PositionIds;
import org.ptuning4j.backbone.weight.Weights;

/**
 * MPNet (Song et al., arXiv 2004.09297): RoBERTa's shape without token types, and a bias for each
 * head and distance in the scores, which all layers share.
 */
public final class MpnetFamily extends EncoderFamily {

  /** The released code fixes them, whatever the configuration says. */
  private static final int BUCKETS = 32;

  private static final int LARGEST_DISTANCE = 128;
  private static final int PADDING = 1;

  /** The family. */
  public MpnetFamily() {
    super(
        new EncoderNames(
            new CheckpointNames(
                "mpnet.",
                List.of("embeddings.", "encoder.", "pooler."),
                List.of("embeddings.position_ids")),
            "embeddings.",
            "embeddings_project", // the embeddings are never narrower
            new LayerNames(
                "encoder.layer.%d.",
                "attention.attn.q",
                "attention.attn.k",
                "attention.attn.v",
                "attention.attn.qkv",
                "attention.attn.o",
                "attention.LayerNorm",
                "intermediate.dense",
                "output.dense",
                "output.LayerNorm"),
            Optional.of("pooler.dense"),
            new MaskedLanguageNames(
                "lm_head.dense", "lm_head.layer_norm", "lm_head.decoder", "lm_head.bias")));
  }

  @Override
  public Set<String> modelTypes() {
    return Set.of("mpnet");
  }

  @Override
  protected EncoderConfig config(ModelFolder folder) {
    require(folder, "relative_attention_num_buckets", BUCKETS);
    require(folder, "pad_token_id", PADDING);
    ModelConfig config = folder.config();
    return EncoderConfig.read(
        config,
        EncoderFields.BERT,
        PositionIds.AFTER_PADDING,
        LayerSharing.none(config.layers("num_hidden_layers")),
        config.size("hidden_size"),
        0,
        config.numberOr("layer_norm_eps", 1e-12));
  }

  private static void require(ModelFolder folder, String field, int fixed) {
    int given = folder.sizeOr(field, fixed);
    if (given != fixed) {
      throw InvalidInputException.of(
          "%s: %s %d is not supported; supported is %d", folder.configFile(), field, given, fixed);
    }
  }

  @Override
  protected Optional<ScoreTerm> term(EncoderConfig config, Weights weights) {
    return Optional.of(
        BiasTerm.ofText(
            new RelativeTable(
                weights.table(
                    "encoder.relative_attention_bias.weight", BUCKETS, config.sizes().heads()),
                Optional.empty(),
                new T5Buckets(BUCKETS, LARGEST_DISTANCE, true))));
  }

  /** The released code fixes it. */
  @Override
  protected Activation languageModelActivation(EncoderConfig config) {
    return Activation.GELU;
  }
}
