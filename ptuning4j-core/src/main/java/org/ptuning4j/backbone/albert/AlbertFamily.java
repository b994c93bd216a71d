package org.ptuning4j.backbone.albert;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.encoder.EncoderConfig;
import org.ptuning4j.backbone.encoder.EncoderFamily;
import org.ptuning4j.backbone.encoder.EncoderNames;
import org.ptuning4j.backbone.encoder.EncoderNames.LayerNames;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.MaskedLanguageNames;
import org.ptuning4j.backbone.transformer.PositionIds;

/**
 * ALBERT (Lan et al., arXiv 1909.11942): layers in groups that share their weights, and embeddings
 * narrower than the layers, always with a projection. Prompts at the input have the embeddings'
 * width.
 */
public final class AlbertFamily extends EncoderFamily {

  /** The family. */
  public AlbertFamily() {
    super(
        new EncoderNames(
            new CheckpointNames(
                "albert.",
                List.of("embeddings.", "encoder.", "pooler."),
                List.of("embeddings.position_ids", "embeddings.token_type_ids")),
            "embeddings.",
            "encoder.embedding_hidden_mapping_in",
            new LayerNames(
                "encoder.albert_layer_groups.%d.albert_layers.0.",
                "attention.query",
                "attention.key",
                "attention.value",
                "attention.queryKeyValue",
                "attention.dense",
                "attention.LayerNorm",
                "ffn",
                "ffn_output",
                "full_layer_layer_norm"),
            Optional.of("pooler"),
            new MaskedLanguageNames(
                "predictions.dense",
                "predictions.LayerNorm",
                "predictions.decoder",
                "predictions.bias")));
  }

  @Override
  public Set<String> modelTypes() {
    return Set.of("albert");
  }

  @Override
  protected EncoderConfig config(ModelFolder folder) {
    int inner = folder.sizeOr("inner_group_num", 1);
    if (inner != 1) {
      throw InvalidInputException.of(
          "%s: inner_group_num %d is not supported; supported is 1", folder.configFile(), inner);
    }
    return EncoderConfig.read(
        folder,
        PositionIds.FROM_ZERO,
        folder.sizeOr("num_hidden_groups", 1),
        folder.sizeOr("embedding_size", 128),
        0);
  }

  @Override
  protected boolean projects(EncoderConfig config) {
    return true;
  }

  @Override
  protected Set<DropoutPlace> dropped() {
    return Collections.unmodifiableSet(
        EnumSet.of(
            DropoutPlace.EMBEDDINGS,
            DropoutPlace.ATTENTION_PROBABILITIES,
            DropoutPlace.ATTENTION_OUTPUT));
  }
}
