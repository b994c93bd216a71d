package org.ptuning4j.backbone.encoder;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.MaskedLanguageNames;

/**
 * The names of an encoder's tensors, without {@code .weight} and {@code .bias}.
 *
 * @param checkpoint how the checkpoint is known
 * @param embeddings what precedes {@code word_embeddings}, {@code LayerNorm} and so on
 * @param projection from the embeddings' width to the layers'
 * @param layer one layer's parts
 * @param pooler the pooler; empty for a family without one
 * @param languageModel the head
 */
public record EncoderNames(
    CheckpointNames checkpoint,
    String embeddings,
    String projection,
    LayerNames layer,
    Optional<String> pooler,
    MaskedLanguageNames languageModel) {

  /**
   * The names within one layer.
   *
   * @param at what precedes them, with {@code %d} for the number of the layer or its group, and a
   *     second one for its number within the group
   * @param query of attention
   * @param key of attention
   * @param value of attention
   * @param fused under which name the three are trained together
   * @param attentionOutput after the heads
   * @param attentionNorm after attention
   * @param intermediate the feed-forward network's first layer
   * @param output its second
   * @param outputNorm after it
   */
  public record LayerNames(
      String at,
      String query,
      String key,
      String value,
      String fused,
      String attentionOutput,
      String attentionNorm,
      String intermediate,
      String output,
      String outputNorm) {

    List<String> projections(String layer) {
      return List.of(layer + query, layer + key, layer + value);
    }
  }

  /** The names within a layer that BERT's code gave. */
  public static final LayerNames BERT_LAYER =
      new LayerNames(
          "encoder.layer.%d.",
          "attention.self.query",
          "attention.self.key",
          "attention.self.value",
          "attention.self.queryKeyValue",
          "attention.output.dense",
          "attention.output.LayerNorm",
          "intermediate.dense",
          "output.dense",
          "output.LayerNorm");

  /** The names that BERT's code gave, which its kin took over. */
  public static EncoderNames bert(String prefix, MaskedLanguageNames languageModel) {
    return new EncoderNames(
        new CheckpointNames(
            prefix,
            List.of("embeddings.", "encoder.", "pooler."),
            List.of("embeddings.position_ids", "embeddings.token_type_ids")),
        "embeddings.",
        "embeddings_project",
        BERT_LAYER,
        Optional.of("pooler.dense"),
        languageModel);
  }
}
