package org.ptuning4j.backbone.encoder;

import java.util.Locale;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.transformer.PositionIds;
import org.ptuning4j.backbone.transformer.Positions;

/**
 * What the families of BERT's shape (post-norm encoders with learnt absolute positions) differ in.
 *
 * @param modelType the family's name
 * @param positions how tokens get their positions
 * @param layers L
 * @param groups how many of the layers have weights of their own; L unless they are shared
 * @param hidden H
 * @param heads A
 * @param intermediate the width of the feed-forward layer
 * @param embeddingWidth E
 * @param vocabulary the number of word embeddings
 * @param typeVocabulary the number of token type embeddings; 0 for none
 * @param activation the feed-forward layer's activation
 * @param tied whether the language-model head's output matrix is the word embeddings unless the
 *     file has another
 * @param epsilon ε of every LayerNorm
 * @param hiddenDropout the configured dropout of hidden states
 * @param attentionDropout the configured dropout of attention probabilities
 */
public record EncoderConfig(
    String modelType,
    Positions positions,
    int layers,
    int groups,
    int hidden,
    int heads,
    int intermediate,
    int embeddingWidth,
    int vocabulary,
    int typeVocabulary,
    Activation activation,
    boolean tied,
    double epsilon,
    double hiddenDropout,
    double attentionDropout) {

  /** Many times as many as any model has: more is a broken file, and would fill the memory. */
  private static final int MOST_LAYERS = 10_000;

  /** Checks that the heads divide the width, and the groups the layers. */
  public EncoderConfig {
    if (layers > MOST_LAYERS) {
      throw new FieldException(
          "num_hidden_layers: %d; at most %d are allowed", layers, MOST_LAYERS);
    }
    if (hidden % heads != 0) {
      throw new FieldException(
          "num_attention_heads: %d does not divide hidden_size %d", heads, hidden);
    }
    if (positions.usable() < 1) {
      throw new FieldException(
          "pad_token_id %d leaves none of max_position_embeddings %d to a text",
          positions.padId(), positions.table());
    }
    if (groups < 1 || groups > layers || layers % groups != 0) {
      throw new FieldException(
          "num_hidden_groups: %d does not divide num_hidden_layers %d", groups, layers);
    }
    if (hiddenDropout < 0 || hiddenDropout >= 1 || attentionDropout < 0 || attentionDropout >= 1) {
      throw new FieldException(
          "hidden_dropout_prob %s and attention_probs_dropout_prob %s must lie in [0, 1)",
          hiddenDropout, attentionDropout);
    }
  }

  /** Reads the fields that BERT and its kin share from {@code config.json}. */
  public static EncoderConfig read(ModelFolder folder, PositionIds positions) {
    int layers = folder.size("num_hidden_layers");
    return read(folder, positions, layers, folder.size("hidden_size"), 0.1);
  }

  /**
   * The same for models whose layers may share weights, or whose embeddings may be narrower.
   *
   * @param groups how many layers have weights of their own
   * @param embeddingWidth E
   * @param dropout the rates where the configuration says nothing
   */
  public static EncoderConfig read(
      ModelFolder folder, PositionIds positions, int groups, int embeddingWidth, double dropout) {
    requireAbsolutePositions(folder);
    requireEncoder(folder);
    return inFile(
        folder,
        () ->
            new EncoderConfig(
                folder.modelType(),
                new Positions(
                    positions,
                    folder.size("max_position_embeddings"),
                    folder.sizeOr("pad_token_id", positions.defaultPadId())),
                folder.size("num_hidden_layers"),
                groups,
                folder.size("hidden_size"),
                folder.size("num_attention_heads"),
                folder.size("intermediate_size"),
                embeddingWidth,
                folder.size("vocab_size"),
                folder.size("type_vocab_size"),
                Activation.of(folder, "hidden_act"),
                folder.flagOr("tie_word_embeddings", true),
                folder.numberOr("layer_norm_eps", 1e-12),
                folder.numberOr("hidden_dropout_prob", dropout),
                folder.numberOr("attention_probs_dropout_prob", dropout)));
  }

  /**
   * Makes sure that positions are learnt and absolute.
   *
   * @throws InvalidInputException if {@code config.json} asks for another kind
   */
  private static void requireAbsolutePositions(ModelFolder folder) {
    String kind = folder.text("position_embedding_type").orElse("absolute");
    if (!kind.equals("absolute")) {
      throw InvalidInputException.of(
          "%s: position_embedding_type '%s' is not supported; supported is absolute",
          folder.configFile(), kind);
    }
  }

  /**
   * Makes sure that every token reads all others: a decoder of this shape reads those before it.
   *
   * @throws InvalidInputException if {@code config.json} is that of a decoder
   */
  private static void requireEncoder(ModelFolder folder) {
    if (folder.flagOr("is_decoder", false)) {
      throw InvalidInputException.of(
          "%s: is_decoder true is not supported: the model reads from left to right; supported are"
              + " encoders (is_decoder false)",
          folder.configFile());
    }
  }

  /** Makes a configuration; fields that do not go together are said with their file. */
  public static EncoderConfig inFile(
      ModelFolder folder, java.util.function.Supplier<EncoderConfig> reading) {
    try {
      return reading.get();
    } catch (FieldException e) {
      throw new InvalidInputException(folder.configFile() + ": " + e.getMessage(), e);
    }
  }

  /** Fields that do not go together, said without the file that they come from. */
  private static final class FieldException extends InvalidInputException {

    private static final long serialVersionUID = 1L;

    FieldException(String format, Object... arguments) {
      super(String.format(Locale.ROOT, format, arguments));
    }
  }

  /** The group of a layer: layers of a group share their weights. */
  int group(int layer) {
    return (int) ((long) layer * groups / layers);
  }

  /** What prompt methods may know. */
  BackboneSpec spec(boolean hasPooler, boolean hasLanguageModel) {
    return new BackboneSpec(
        modelType,
        layers,
        hidden,
        heads,
        heads,
        hidden / heads,
        embeddingWidth,
        positions.usable(),
        vocabulary,
        typeVocabulary,
        hasPooler,
        hasLanguageModel,
        hiddenDropout,
        attentionDropout);
  }
}
