package org.ptuning4j.backbone.encoder;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.LanguageModelLayout;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.WeightLayout;
import org.ptuning4j.backbone.layer.Activation;

/**
 * What the families of BERT's shape (post-norm encoders with learnt absolute positions) differ in.
 *
 * @param modelType the family's name
 * @param prefix what its checkpoints put before the backbone's names
 * @param positions how position ids are counted
 * @param padId the id of the padding token
 * @param layers L
 * @param hidden H
 * @param heads A
 * @param intermediate the width of the feed-forward layer
 * @param vocabulary the number of word embeddings
 * @param positionTable the number of position embeddings
 * @param typeVocabulary the number of token type embeddings
 * @param activation the feed-forward layer's activation
 * @param languageModel how the family's language-model head is spelt
 * @param tied whether that head's output matrix is the word embeddings unless the file has another
 * @param layerNormEpsilon ε of every LayerNorm
 * @param hiddenDropout the configured dropout of hidden states
 * @param attentionDropout the configured dropout of attention probabilities
 */
public record EncoderConfig(
    String modelType,
    String prefix,
    PositionIds positions,
    int padId,
    int layers,
    int hidden,
    int heads,
    int intermediate,
    int vocabulary,
    int positionTable,
    int typeVocabulary,
    Activation activation,
    MaskedLanguageNames languageModel,
    boolean tied,
    double layerNormEpsilon,
    double hiddenDropout,
    double attentionDropout) {

  /** Many times as many as any model has: more is a broken file, and would fill the memory. */
  private static final int MOST_LAYERS = 10_000;

  /**
   * Checks that the heads divide the width, and that the position embeddings are of the learnt
   * absolute kind.
   */
  public EncoderConfig {
    if (layers > MOST_LAYERS) {
      throw new FieldException(
          "num_hidden_layers: %d; at most %d are allowed", layers, MOST_LAYERS);
    }
    if (hidden % heads != 0) {
      throw new FieldException(
          "num_attention_heads: %d does not divide hidden_size %d", heads, hidden);
    }
    if (hiddenDropout < 0 || hiddenDropout >= 1 || attentionDropout < 0 || attentionDropout >= 1) {
      throw new FieldException(
          "hidden_dropout_prob %s and attention_probs_dropout_prob %s must lie in [0, 1)",
          hiddenDropout, attentionDropout);
    }
  }

  /** Reads the fields that BERT and its kin share from {@code config.json}. */
  public static EncoderConfig read(
      ModelFolder folder, String prefix, PositionIds positions, MaskedLanguageNames languageModel) {
    String positionKind = folder.text("position_embedding_type").orElse("absolute");
    if (!positionKind.equals("absolute")) {
      throw InvalidInputException.of(
          "%s: position_embedding_type '%s' is not supported; supported is absolute",
          folder.configFile(), positionKind);
    }
    try {
      return fields(folder, prefix, positions, languageModel);
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

  private static EncoderConfig fields(
      ModelFolder folder, String prefix, PositionIds positions, MaskedLanguageNames languageModel) {
    return new EncoderConfig(
        folder.modelType(),
        prefix,
        positions,
        folder.sizeOr("pad_token_id", positions.defaultPadId()),
        folder.size("num_hidden_layers"),
        folder.size("hidden_size"),
        folder.size("num_attention_heads"),
        folder.size("intermediate_size"),
        folder.size("vocab_size"),
        folder.size("max_position_embeddings"),
        folder.size("type_vocab_size"),
        Activation.of(folder, "hidden_act"),
        languageModel,
        folder.flagOr("tie_word_embeddings", true),
        folder.numberOr("layer_norm_eps", 1e-12),
        folder.numberOr("hidden_dropout_prob", 0.1),
        folder.numberOr("attention_probs_dropout_prob", 0.1));
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
        hidden,
        positions.usable(positionTable, padId),
        vocabulary,
        typeVocabulary,
        hasPooler,
        hasLanguageModel,
        hiddenDropout,
        attentionDropout);
  }

  /** The tensors of a checkpoint. */
  WeightLayout layout() {
    Map<String, List<Long>> shapes = new HashMap<>();
    put(shapes, "embeddings.word_embeddings.weight", vocabulary, hidden);
    put(shapes, "embeddings.position_embeddings.weight", positionTable, hidden);
    put(shapes, "embeddings.token_type_embeddings.weight", typeVocabulary, hidden);
    putNorm(shapes, "embeddings.LayerNorm");
    for (int layer = 0; layer < layers; layer++) {
      String at = "encoder.layer." + layer + ".";
      for (String projection : List.of("query", "key", "value")) {
        putLinear(shapes, at + "attention.self." + projection, hidden, hidden);
      }
      putLinear(shapes, at + "attention.output.dense", hidden, hidden);
      putNorm(shapes, at + "attention.output.LayerNorm");
      putLinear(shapes, at + "intermediate.dense", intermediate, hidden);
      putLinear(shapes, at + "output.dense", hidden, intermediate);
      putNorm(shapes, at + "output.LayerNorm");
    }
    putLinear(shapes, "pooler.dense", hidden, hidden);
    return new WeightLayout(
        prefix,
        shapes,
        List.of("pooler."),
        List.of("embeddings.", "encoder.", "pooler."),
        Set.of("embeddings.position_ids", "embeddings.token_type_ids"),
        languageModelLayout());
  }

  private LanguageModelLayout languageModelLayout() {
    Map<String, List<Long>> shapes = new HashMap<>();
    putLinear(shapes, languageModel.dense(), hidden, hidden);
    putNorm(shapes, languageModel.norm());
    put(shapes, languageModel.bias(), vocabulary);
    put(shapes, languageModel.decoder() + ".weight", vocabulary, hidden);
    return new LanguageModelLayout(
        shapes,
        Map.of(languageModel.decoder() + ".bias", languageModel.bias()),
        tied ? Set.of(languageModel.decoder() + ".weight") : Set.of());
  }

  private void putNorm(Map<String, List<Long>> shapes, String name) {
    put(shapes, name + ".weight", hidden);
    put(shapes, name + ".bias", hidden);
  }

  private static void putLinear(Map<String, List<Long>> shapes, String name, int out, int in) {
    put(shapes, name + ".weight", out, in);
    put(shapes, name + ".bias", out);
  }

  private static void put(Map<String, List<Long>> shapes, String name, int... shape) {
    List<Long> dimensions = new ArrayList<>();
    for (int dimension : shape) {
      dimensions.add((long) dimension);
    }
    shapes.put(name, dimensions);
  }
}
