package org.ptuning4j.prompt.method;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.DeepInitialisation;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.module.PrefixAttention;
import org.ptuning4j.prompt.module.PrefixMethod;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.settings.Values;

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
 * @param initialisation how the prompt starts; with a projection, how its embedding starts
 * @param attention how texts attend to virtual tokens
 */
public record PTuningV2(
    int length,
    LayerRange layers,
    Optional<Integer> projection,
    double dropout,
    PositionConvention positions,
    DeepInitialisation initialisation,
    PrefixAttention attention)
    implements PrefixMethod {

  /** The method's name. */
  public static final String NAME = "p-tuning-v2";

  /** P-Tuning v2's own width of the projection. */
  public static final int DEFAULT_PROJECTION = 512;

  /** P, which may be 0 here: a prompt that adds nothing. */
  public static final Setting<Integer> LENGTH = MethodSettings.LENGTH.allowing(Values.atLeast(0));

  /** The width of the projection. */
  public static final Setting<Integer> PROJECTION =
      Setting.unset(
              "projection",
              Values.atLeast(1),
              "train the prompt itself",
              "Make the prompt by a two-layer network of this width in training; "
                  + DEFAULT_PROJECTION
                  + " if no width is given.")
          .bareMeans(DEFAULT_PROJECTION);

  /** The method by name. */
  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(
          NAME,
          List.of(
              LENGTH,
              MethodSettings.LAYERS,
              PROJECTION,
              MethodSettings.PROMPT_DROPOUT,
              MethodSettings.POSITIONS,
              MethodSettings.INIT,
              MethodSettings.PREFIX_SOFTMAX,
              MethodSettings.GATE,
              MethodSettings.PREFIX_ATTENTION_DROPOUT),
          PTuningV2::of);

  /** Checks the ranges. */
  public PTuningV2 {
    LENGTH.require(length);
    PROJECTION.require(projection);
    MethodSettings.PROMPT_DROPOUT.require(dropout);
    if (projection.isPresent()) {
      initialisation.deviation("a projection"); // refuses what only keys and values can start from
    }
  }

  /** The same drawn at random. */
  public PTuningV2(
      int length,
      LayerRange layers,
      Optional<Integer> projection,
      double dropout,
      PositionConvention positions,
      NormalInitialisation initialisation) {
    this(
        length,
        layers,
        projection,
        dropout,
        positions,
        DeepInitialisation.of(initialisation),
        PrefixAttention.plain());
  }

  /** The same, starting otherwise. */
  public PTuningV2 with(DeepInitialisation other) {
    return new PTuningV2(length, layers, projection, dropout, positions, other, attention);
  }

  /** The same, attended to otherwise. */
  public PTuningV2 with(PrefixAttention other) {
    return new PTuningV2(length, layers, projection, dropout, positions, initialisation, other);
  }

  /**
   * What is best by default, as docs/study.md has it, at a length: all layers, no projection, no
   * dropout on the prompt, positions as they are without it; in encoders a softmax of its own and
   * keys that start as wide as the model's own.
   */
  public static PTuningV2 ofLength(int length) {
    return of(SettingValues.of(DECLARATION.settings()).with(LENGTH, length));
  }

  /**
   * The same as the paper's code has it: dropout 0.1, shifted positions, one softmax, a start from
   * N(0, 0.02²). Where words are tagged, the paper's head is a setting of the run: {@link
   * org.ptuning4j.head.TagHead#SOFTMAX}.
   */
  public static PTuningV2 asPublished(int length) {
    return new PTuningV2(
        length,
        LayerRange.all(),
        Optional.empty(),
        0.1,
        PositionConvention.SHIFTED,
        NormalInitialisation.NORMAL);
  }

  private static PTuningV2 of(SettingValues values) {
    return new PTuningV2(
        values.get(LENGTH),
        values.get(MethodSettings.LAYERS),
        values.find(PROJECTION),
        values.get(MethodSettings.PROMPT_DROPOUT),
        values.get(MethodSettings.POSITIONS),
        values.get(MethodSettings.INIT),
        PrefixAttention.of(values, MethodSettings.PREFIX_SOFTMAX));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String openRules() {
    return attention.openRules();
  }

  @Override
  public PTuningV2 settledFor(BackboneSpec spec) {
    return with(attention.settledFor(spec));
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(1e-3, 1e-2, 2e-2, 3e-2);
  }

  @Override
  public SettingValues settings() {
    SettingValues values =
        SettingValues.of(DECLARATION.settings())
            .with(LENGTH, length)
            .with(MethodSettings.LAYERS, layers)
            .with(PROJECTION, projection)
            .with(MethodSettings.PROMPT_DROPOUT, dropout)
            .with(MethodSettings.POSITIONS, positions)
            .with(MethodSettings.INIT, initialisation);
    return attention.in(values, MethodSettings.PREFIX_SOFTMAX);
  }
}
