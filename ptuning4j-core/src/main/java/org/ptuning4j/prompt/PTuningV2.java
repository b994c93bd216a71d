package org.ptuning4j.prompt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;

/**
 * P-Tuning v2 (Liu et al., arXiv 2110.07602): P virtual tokens whose keys and values, in each
 * chosen layer, are trained directly, over a frozen backbone. Trained values: 2·K·d·P per layer,
 * 2·L·H·P for all layers of an ordinary transformer.
 *
 * @param length P, the number of virtual tokens; 0 adds nothing
 * @param layers which layers carry them
 * @param projection the width M of the two-layer MLP that produces the prompt during training
 *     (section 3.3), or empty to train the prompt itself
 * @param dropout the dropout rate on the prompt, drawn anew for each row; P-Tuning v2 uses the
 *     model's hidden dropout, PEFT 0
 * @param positions where the text's positions begin
 * @param initialisation how the prompt starts
 */
public record PTuningV2(
    int length,
    LayerRange layers,
    Optional<Integer> projection,
    double dropout,
    PositionConvention positions,
    Initialisation initialisation)
    implements PrefixMethod {

  /** The method's name. */
  public static final String NAME = "p-tuning-v2";

  /** The settings that {@link #of(MethodSettings)} reads. */
  static final Set<String> SETTINGS =
      Set.of(
          MethodSettings.LENGTH,
          MethodSettings.LAYERS,
          MethodSettings.PROJECTION,
          MethodSettings.PROMPT_DROPOUT,
          MethodSettings.POSITIONS,
          MethodSettings.INIT);

  /** P-Tuning v2's own width of the projection. */
  public static final int DEFAULT_PROJECTION = 512;

  /** Checks the ranges. */
  public PTuningV2 {
    if (length < 0) {
      throw InvalidInputException.of("prompt-length: %d must be 0 or more", length);
    }
    if (dropout < 0 || dropout >= 1) {
      throw InvalidInputException.of("prompt-dropout: %s must lie in [0, 1)", dropout);
    }
    if (projection.isPresent() && projection.get() < 1) {
      throw InvalidInputException.of("projection: %d must be 1 or more", projection.get());
    }
  }

  /**
   * The paper's defaults at a length: all layers, no projection, dropout 0.1, shifted positions,
   * N(0, 0.02²).
   */
  public static PTuningV2 ofLength(int length) {
    return new PTuningV2(
        length,
        LayerRange.all(),
        Optional.empty(),
        0.1,
        PositionConvention.SHIFTED,
        Initialisation.NORMAL);
  }

  /** Reads what is set and takes the paper's defaults for the rest. */
  static PTuningV2 of(MethodSettings settings) {
    PTuningV2 paper = ofLength(settings.length());
    return new PTuningV2(
        paper.length,
        settings.text(MethodSettings.LAYERS).map(LayerRange::new).orElse(paper.layers),
        settings.integer(MethodSettings.PROJECTION),
        settings.number(MethodSettings.PROMPT_DROPOUT).orElse(paper.dropout),
        settings
            .text(MethodSettings.POSITIONS)
            .map(PositionConvention::parse)
            .orElse(paper.positions),
        settings.text(MethodSettings.INIT).map(Initialisation::parse).orElse(paper.initialisation));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(1e-3, 1e-2, 3e-2);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("prompt_length", length);
    settings.put("layers", layers.text());
    settings.put("projection", projection.orElse(null));
    settings.put("prompt_dropout", dropout);
    settings.put("positions", positions.label());
    settings.put("init", initialisation.label());
    return settings;
  }
}
