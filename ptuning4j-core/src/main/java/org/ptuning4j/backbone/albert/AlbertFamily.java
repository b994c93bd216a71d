package org.ptuning4j.backbone.albert;

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
                "encoder.albert_layer_groups.%d.albert_layers.%d.",
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
    ModelConfig config = folder.config();
    return EncoderConfig.read(
        config,
        EncoderFields.bert(0),
        PositionIds.FROM_ZERO,
        sharing(config),
        config.has("embedding_size") ? config.size("embedding_size") : 128);
  }

  private static LayerSharing sharing(ModelConfig config) {
    int passes = config.layers("num_hidden_layers");
    int groups = config.has("num_hidden_groups") ? config.size("num_hidden_groups") : 1;
    int inner = config.has("inner_group_num") ? config.layers("inner_group_num") : 1;
    if (groups > passes) {
      throw config.unsupported("num_hidden_groups", groups, "at most num_hidden_layers, " + passes);
    }
    return new LayerSharing(passes, groups, inner);
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
