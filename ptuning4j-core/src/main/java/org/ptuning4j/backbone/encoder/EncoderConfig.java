package org.ptuning4j.backbone.encoder;

import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.transformer.PositionIds;
import org.ptuning4j.backbone.transformer.Positions;

/**
 * What the families of BERT's shape (post-norm encoders with learnt absolute positions) differ in.
 *
 * @param modelType the family's name
 * @param positions how tokens get their positions
 * @param sharing L, and which layers have the same weights
 * @param hidden H
 * @param sizes A and d
 * @param intermediate the width of the feed-forward layer
 * @param embeddingWidth E
 * @param vocabulary the number of word embeddings
 * @param typeVocabulary the number of token type embeddings; 0 for none
 * @param activation the feed-forward layer's activation
 * @param tied whether the language-model head's output matrix is the word embeddings unless the
 *     file has another
 * @param epsilon ε of every LayerNorm
 * @param dropout the configured rates
 */
public record EncoderConfig(
    String modelType,
    Positions positions,
    LayerSharing sharing,
    int hidden,
    HeadSizes sizes,
    int intermediate,
    int embeddingWidth,
    int vocabulary,
    int typeVocabulary,
    Activation activation,
    boolean tied,
    double epsilon,
    DropoutRates dropout) {

  /**
   * Reads the fields that BERT and its kin share from {@code config.json}.
   *
   * @throws org.ptuning4j.InvalidInputException if one is missing or unusable; the message names it
   */
  public static EncoderConfig read(ModelConfig config, PositionIds positions) {
    EncoderFields fields = EncoderFields.BERT;
    return read(
        config,
        fields,
        positions,
        LayerSharing.none(config.layers(fields.layers())),
        config.size(fields.hidden()));
  }

  /**
   * The same for models whose layers may share weights, or whose embeddings may be narrower.
   *
   * @param embeddingWidth E
   */
  public static EncoderConfig read(
      ModelConfig config,
      EncoderFields fields,
      PositionIds positions,
      LayerSharing sharing,
      int embeddingWidth) {
    requireAbsolutePositions(config);
    requireEncoder(config);
    return read(
        config,
        fields,
        positions,
        sharing,
        embeddingWidth,
        config.size("type_vocab_size"),
        config.numberOr("layer_norm_eps", 1e-12));
  }

  /**
   * The same for families that have no fields for token types and ε.
   *
   * @param typeVocabulary the number of token type embeddings; 0 for none
   * @param epsilon ε of every LayerNorm
   */
  public static EncoderConfig read(
      ModelConfig config,
      EncoderFields fields,
      PositionIds positions,
      LayerSharing sharing,
      int embeddingWidth,
      int typeVocabulary,
      double epsilon) {
    int hidden = config.size(fields.hidden());
    return new EncoderConfig(
        config.modelType(),
        positions(config, positions),
        sharing,
        hidden,
        HeadSizes.of(config.divisor(fields.heads(), fields.hidden()), hidden),
        config.size(fields.intermediate()),
        embeddingWidth,
        config.size("vocab_size"),
        typeVocabulary,
        Activation.of(config, fields.activation()),
        config.flagOr("tie_word_embeddings", true),
        epsilon,
        DropoutRates.of(
            config.rateOr(fields.hiddenDropout(), fields.dropout()),
            config.rateOr(fields.attentionDropout(), fields.dropout())));
  }

  private static Positions positions(ModelConfig config, PositionIds ids) {
    Positions positions =
        new Positions(
            ids,
            config.size("max_position_embeddings"),
            config.sizeOr("pad_token_id", ids.defaultPadId()));
    if (positions.usable() < 1) {
      throw config.fault(
          "pad_token_id",
          "%d leaves none of max_position_embeddings %d to a text"
              .formatted(positions.padId(), positions.table()));
    }
    return positions;
  }

  /** Makes sure that positions are learnt and absolute. */
  private static void requireAbsolutePositions(ModelConfig config) {
    String kind = config.text("position_embedding_type").orElse("absolute");
    if (!kind.equals("absolute")) {
      throw config.unsupported("position_embedding_type", kind, "absolute");
    }
  }

  /**
   * Makes sure that every token reads all others: a decoder of this shape reads only those before.
   */
  private static void requireEncoder(ModelConfig config) {
    if (config.flagOr("is_decoder", false)) {
      throw config.unsupported(
          "is_decoder", true, "false: a decoder reads from left to right only");
    }
  }

  /** What prompt methods may know. */
  BackboneSpec spec(boolean hasPooler, boolean hasLanguageModel) {
    return new BackboneSpec(
        modelType,
        sharing.layers(),
        hidden,
        sizes.heads(),
        sizes.keyValueHeads(),
        sizes.size(),
        embeddingWidth,
        positions.usable(),
        vocabulary,
        typeVocabulary,
        hasPooler,
        hasLanguageModel,
        dropout);
  }
}
