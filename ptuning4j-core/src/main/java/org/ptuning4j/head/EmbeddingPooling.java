package org.ptuning4j.head;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.ModelFolder;

/**
 * What a model of sentence embeddings was trained to read of a text, as its {@code
 * 1_Pooling/config.json} says. Heads over whole sequences read the same unless told otherwise.
 *
 * @param modes how its states are pooled, as sentence-transformers calls it; several are joined to
 *     a wider vector; none where the model has no such file
 */
public record EmbeddingPooling(List<String> modes) {

  /** {@link #tokenLayer} in words. */
  public static final String TOKEN_LAYER =
      "5/6 of the layers for tags in encoders that embed whole texts, else the last";

  private static final String PREFIX = "pooling_mode_";

  /** How far up the layers the best one for tokens is. */
  private static final double TOKENS_AT = 5 / 6d;

  /** The switches of the file, and what they stand for. */
  private static final Map<String, String> MODES = modesBySwitch();

  /** The modes that a head can read. */
  private static final Map<String, SequenceInput> INPUTS =
      Map.of(
          "cls", SequenceInput.FIRST_TOKEN,
          "mean", SequenceInput.MEAN,
          "lasttoken", SequenceInput.LAST_TOKEN);

  private static Map<String, String> modesBySwitch() {
    Map<String, String> modes = new LinkedHashMap<>();
    modes.put(PREFIX + "cls_token", "cls");
    modes.put(PREFIX + "mean_tokens", "mean");
    modes.put(PREFIX + "lasttoken", "lasttoken");
    modes.put(PREFIX + "max_tokens", "max");
    modes.put(PREFIX + "mean_sqrt_len_tokens", "mean_sqrt_len_tokens");
    modes.put(PREFIX + "weightedmean_tokens", "weightedmean");
    return modes;
  }

  /** Copies the list. */
  public EmbeddingPooling {
    modes = List.copyOf(modes);
  }

  /**
   * That of a model.
   *
   * @throws org.ptuning4j.InvalidInputException if its file is no JSON object, or a switch is
   *     neither true nor false
   */
  public static EmbeddingPooling of(ModelFolder model) {
    return new EmbeddingPooling(
        model.poolingConfig().map(EmbeddingPooling::modes).orElse(List.of()));
  }

  private static List<String> modes(ModelConfig config) {
    Optional<String> named = config.text("pooling_mode");
    if (named.isPresent()) {
      return List.of(named.get().toLowerCase(Locale.ROOT));
    }
    List<String> modes = new ArrayList<>();
    MODES.forEach(
        (field, mode) -> {
          if (config.flagOr(field, false)) {
            modes.add(mode);
          }
        });
    return modes;
  }

  /**
   * What heads over whole sequences read by themselves; empty where the model says nothing, or
   * something that no head reads.
   *
   * @param direction which way the model's tokens see a text
   */
  public Optional<SequenceInput> input(Direction direction) {
    return modes.size() == 1
        ? Optional.ofNullable(INPUTS.get(modes.get(0))).filter(input -> input.suits(direction))
        : Optional.empty();
  }

  /**
   * The layer, counted from 1, that tells tokens apart better than the last does: the last layers
   * of a model that embeds whole texts were trained to say something of the text at every token.
   * docs/study.md has the figures.
   *
   * @return empty for the last, as in any other model
   */
  public OptionalInt tokenLayer(BackboneSpec spec) {
    int layers = spec.layers();
    int layer = (int) Math.round(layers * TOKENS_AT);
    boolean embeds = !modes.isEmpty() && spec.direction() == Direction.BIDIRECTIONAL;
    return embeds && spec.readingLayers() == layers && layer < layers
        ? OptionalInt.of(layer)
        : OptionalInt.empty();
  }

  /** What to say of it where nothing was asked for; empty where the model says nothing. */
  public Optional<String> remark(BackboneSpec spec) {
    if (modes.isEmpty()) {
      return Optional.empty();
    }
    String said = "1_Pooling/config.json: the model was trained with " + String.join(" + ", modes);
    return Optional.of(
        input(spec.direction())
            .map(input -> said + "; the head reads " + input.label())
            .orElseGet(
                () ->
                    said
                        + ", which no head reads; this one reads "
                        + SequenceInput.byDefault(spec).label()));
  }
}
