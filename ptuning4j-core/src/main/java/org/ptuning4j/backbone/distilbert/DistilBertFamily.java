package org.ptuning4j.backbone.distilbert;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.encoder.EncoderConfig;
import org.ptuning4j.backbone.encoder.EncoderFamily;
import org.ptuning4j.backbone.encoder.EncoderFields;
import org.ptuning4j.backbone.encoder.EncoderNames;
import org.ptuning4j.backbone.encoder.EncoderNames.LayerNames;
import org.ptuning4j.backbone.encoder.LayerSharing;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.MaskedLanguageNames;
import org.ptuning4j.backbone.transformer.PositionIds;

/**
 * DistilBERT (Sanh et al., arXiv 1910.01108): BERT without token types and pooler, and without
 * dropout after attention.
 */
public final class DistilBertFamily extends EncoderFamily {

  /** ε of every LayerNorm: the released code fixes it. */
  private static final double EPSILON = 1e-12;

  private static final EncoderFields FIELDS =
      new EncoderFields(
          "n_layers",
          "dim",
          "n_heads",
          "hidden_dim",
          "activation",
          "dropout",
          "attention_dropout",
          0.1);

  /** The family. */
  public DistilBertFamily() {
    super(
        new EncoderNames(
            new CheckpointNames(
                "distilbert.",
                List.of("embeddings.", "transformer."),
                List.of("embeddings.position_ids")),
            "embeddings.",
            "embeddings_project", // the embeddings are never narrower
            new LayerNames(
                "transformer.layer.%d.",
                "attention.q_lin",
                "attention.k_lin",
                "attention.v_lin",
                "attention.qkv_lin",
                "attention.out_lin",
                "sa_layer_norm",
                "ffn.lin1",
                "ffn.lin2",
                "output_layer_norm"),
            Optional.empty(),
            new MaskedLanguageNames(
                "vocab_transform", "vocab_layer_norm", "vocab_projector", "vocab_projector.bias")));
  }

  @Override
  public Set<String> modelTypes() {
    return Set.of("distilbert");
  }

  @Override
  protected EncoderConfig config(ModelFolder folder) {
    ModelConfig config = folder.config();
    return EncoderConfig.read(
        config,
        FIELDS,
        PositionIds.FROM_ZERO,
        LayerSharing.none(config.layers(FIELDS.layers())),
        config.size(FIELDS.hidden()),
        0,
        EPSILON);
  }

  @Override
  protected Set<DropoutPlace> dropped() {
    return Collections.unmodifiableSet(
        EnumSet.of(
            DropoutPlace.EMBEDDINGS,
            DropoutPlace.ATTENTION_PROBABILITIES,
            DropoutPlace.FEED_FORWARD_OUTPUT));
  }
}
