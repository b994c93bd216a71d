package org.ptuning4j.backbone.electra;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.encoder.EncoderConfig;
import org.ptuning4j.backbone.encoder.EncoderFamily;
import org.ptuning4j.backbone.encoder.EncoderFields;
import org.ptuning4j.backbone.encoder.EncoderNames;
import org.ptuning4j.backbone.encoder.LayerSharing;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.MaskedLanguageNames;
import org.ptuning4j.backbone.transformer.PositionIds;

/**
 * ELECTRA (Clark et al., arXiv 2003.10555), discriminators and generators: BERT without pooler,
 * with embeddings that may be narrower than the layers.
 */
public final class ElectraFamily extends EncoderFamily {

  /** The family. */
  public ElectraFamily() {
    super(
        new EncoderNames(
            new CheckpointNames(
                "electra.",
                List.of("embeddings.", "embeddings_project.", "encoder."),
                List.of("embeddings.position_ids", "embeddings.token_type_ids")),
            "embeddings.",
            "embeddings_project",
            EncoderNames.BERT_LAYER,
            Optional.empty(),
            new MaskedLanguageNames(
                "generator_predictions.dense",
                "generator_predictions.LayerNorm",
                "generator_lm_head",
                "generator_lm_head.bias")));
  }

  @Override
  public Set<String> modelTypes() {
    return Set.of("electra");
  }

  @Override
  protected EncoderConfig config(ModelFolder folder) {
    ModelConfig config = folder.config();
    return EncoderConfig.read(
        config,
        EncoderFields.BERT,
        PositionIds.FROM_ZERO,
        LayerSharing.none(config.layers("num_hidden_layers")),
        config.has("embedding_size") ? config.size("embedding_size") : 128);
  }

  /** The released code fixes it. */
  @Override
  protected Activation languageModelActivation(EncoderConfig config) {
    return Activation.GELU;
  }
}
