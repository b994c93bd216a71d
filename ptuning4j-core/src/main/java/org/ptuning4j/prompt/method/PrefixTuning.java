package org.ptuning4j.prompt.method;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.PrefixSoftmax;
import org.ptuning4j.prompt.initialisation.DeepInitialisation;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.module.PrefixAttention;
import org.ptuning4j.prompt.module.PrefixMethod;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;

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
 * @param attention how texts attend to virtual tokens
 */
public record PrefixTuning(
    int length,
    int hidden,
    double dropout,
    PositionConvention positions,
    DeepInitialisation initialisation,
    PrefixAttention attention)
    implements PrefixMethod {

  /** The method's name. */
  public static final String NAME = "prefix-tuning";

  /** The paper's width of the MLP for table-to-text. */
  public static final int DEFAULT_HIDDEN = 512;

  /** M, the width of the MLP. */
  public static final Setting<Integer> HIDDEN = MethodSettings.HIDDEN.startingAt(DEFAULT_HIDDEN);

  /** Where the text's positions begin: as the paper's code has it. */
  public static final Setting<PositionConvention> POSITIONS =
      MethodSettings.POSITIONS.startingAt(PositionConvention.SHIFTED);

  /** How the embedding starts. */
  public static final Setting<DeepInitialisation> INIT =
      MethodSettings.INIT.startingAt(DeepInitialisation.of(NormalInitialisation.NORMAL));

  /** As the paper has it. */
  public static final Setting<PrefixSoftmax> PREFIX_SOFTMAX =
      MethodSettings.PREFIX_SOFTMAX.startingAt(PrefixSoftmax.JOINT);

  /** The method by name. */
  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(
          NAME,
          List.of(
              MethodSettings.LENGTH,
              HIDDEN,
              MethodSettings.PROMPT_DROPOUT,
              POSITIONS,
              INIT,
              PREFIX_SOFTMAX,
              MethodSettings.GATE,
              MethodSettings.PREFIX_ATTENTION_DROPOUT),
          PrefixTuning::of);

  /** Checks the ranges. */
  public PrefixTuning {
    MethodSettings.LENGTH.require(length);
    HIDDEN.require(hidden);
    MethodSettings.PROMPT_DROPOUT.require(dropout);
    initialisation.deviation(NAME); // refuses what only keys and values can start from
  }

  /** The same with an embedding drawn at random. */
  public PrefixTuning(
      int length,
      int hidden,
      double dropout,
      PositionConvention positions,
      NormalInitialisation initialisation) {
    this(
        length,
        hidden,
        dropout,
        positions,
        DeepInitialisation.of(initialisation),
        PrefixAttention.plain());
  }

  /** The paper's defaults at a length: M = 512, no dropout, shifted positions. */
  public static PrefixTuning ofLength(int length) {
    return new PrefixTuning(
        length, DEFAULT_HIDDEN, 0, PositionConvention.SHIFTED, NormalInitialisation.NORMAL);
  }

  private static PrefixTuning of(SettingValues values) {
    return new PrefixTuning(
        values.get(MethodSettings.LENGTH),
        values.get(HIDDEN),
        values.get(MethodSettings.PROMPT_DROPOUT),
        values.get(POSITIONS),
        values.get(INIT),
        PrefixAttention.of(values, PREFIX_SOFTMAX));
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
  public SettingValues settings() {
    SettingValues values =
        SettingValues.of(DECLARATION.settings())
            .with(MethodSettings.LENGTH, length)
            .with(HIDDEN, hidden)
            .with(MethodSettings.PROMPT_DROPOUT, dropout)
            .with(POSITIONS, positions)
            .with(INIT, initialisation);
    return attention.in(values, PREFIX_SOFTMAX);
  }
}
