package org.ptuning4j.backbone.distilbert;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.encoder.EncoderConfig;
import org.ptuning4j.backbone.encoder.EncoderFamily;
import org.ptuning4j.backbone.encoder.EncoderNames;
import org.ptuning4j.backbone.encoder.EncoderNames.LayerNames;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.MaskedLanguageNames;
import org.ptuning4j.backbone.transformer.PositionIds;
import org.ptuning4j.backbone.transformer.Positions;

/**
 * DistilBERT (Sanh et al., arXiv 1910.01108): BERT without token types and pooler, and without
 * dropout after attention.
 */
public final class DistilBertFamily extends EncoderFamily {

  /** ε of every LayerNorm: the released code fixes it. */
  private static final double EPSILON = 1e-12;

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
    return EncoderConfig.inFile(
        folder,
        () ->
            new EncoderConfig(
                folder.modelType(),
                new Positions(
                    PositionIds.FROM_ZERO,
                    folder.size("max_position_embeddings"),
                    folder.sizeOr("pad_token_id", 0)),
                folder.size("n_layers"),
                folder.size("n_layers"),
                folder.size("dim"),
                folder.size("n_heads"),
                folder.size("hidden_dim"),
                folder.size("dim"),
                folder.size("vocab_size"),
                0,
                Activation.of(folder, "activation"),
                folder.flagOr("tie_word_embeddings", true),
                EPSILON,
                folder.numberOr("dropout", 0.1),
                folder.numberOr("attention_dropout", 0.1)));
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
