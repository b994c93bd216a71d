package org.ptuning4j.prompt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;

/**
 * Prefix tuning (Li and Liang, arXiv 2101.00190): P virtual tokens whose keys and values in every
 * layer come from an MLP, {@code Embedding(P, H) → Linear(H, M) → Tanh → Linear(M, L·2·H)}, over a
 * frozen backbone (section 4.3). The MLP is trained and then thrown away: only the keys and values
 * it yields are kept. Trained values: {@code P·H + (H+1)·M + (M+1)·L·2·H}.
 *
 * @param length P, the number of virtual tokens
 * @param hidden M, the width of the MLP; the paper uses 512 for table-to-text and 800 for
 *     summarisation
 * @param dropout the dropout rate on the prefix, drawn anew for each row; 0 in the paper
 * @param positions where the text's positions begin; the paper's code shifts them
 * @param initialisation how the MLP's embedding starts
 */
public record PrefixTuning(
    int length,
    int hidden,
    double dropout,
    PositionConvention positions,
    Initialisation initialisation)
    implements PrefixMethod {

  /** The method's name. */
  public static final String NAME = "prefix-tuning";

  /** The paper's width of the MLP for table-to-text. */
  public static final int DEFAULT_HIDDEN = 512;

  /** The settings that {@link #of(MethodSettings)} reads. */
  static final Set<String> SETTINGS =
      Set.of(
          MethodSettings.LENGTH,
          MethodSettings.HIDDEN,
          MethodSettings.PROMPT_DROPOUT,
          MethodSettings.POSITIONS,
          MethodSettings.INIT);

  /** Checks the ranges. */
  public PrefixTuning {
    if (length < 1) {
      throw InvalidInputException.of("prompt-length: %d must be 1 or more", length);
    }
    if (hidden < 1) {
      throw InvalidInputException.of("encoder-hidden: %d must be 1 or more", hidden);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw InvalidInputException.of("prompt-dropout: %s must lie in [0, 1)", dropout);
    }
  }

  /** The paper's defaults at a length: M = 512, no dropout, shifted positions. */
  public static PrefixTuning ofLength(int length) {
    return new PrefixTuning(
        length, DEFAULT_HIDDEN, 0, PositionConvention.SHIFTED, Initialisation.NORMAL);
  }

  /** Reads what is set and takes the paper's defaults for the rest. */
  static PrefixTuning of(MethodSettings settings) {
    PrefixTuning paper = ofLength(settings.length());
    return new PrefixTuning(
        paper.length,
        settings.integer(MethodSettings.HIDDEN).orElse(paper.hidden),
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
  public LayerRange layers() {
    return LayerRange.all();
  }

  @Override
  public Optional<Integer> projection() {
    return Optional.of(hidden);
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(5e-5, 1e-3, 1e-2);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("prompt_length", length);
    settings.put("hidden", hidden);
    settings.put("prompt_dropout", dropout);
    settings.put("positions", positions.label());
    settings.put("init", initialisation.label());
    return settings;
  }
}
