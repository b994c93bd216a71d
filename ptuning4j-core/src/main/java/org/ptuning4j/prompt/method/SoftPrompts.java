package org.ptuning4j.prompt.method;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.module.SoftTokenTraining;
import org.ptuning4j.prompt.module.SoftTokens;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.settings.Values;
import org.ptuning4j.tensor.Scope;

/**
 * Soft prompts (Qin and Eisner, NAACL 2021, arXiv 2104.06599): P vectors at the input that start
 * from the words of a prompt; in the deep variant (section 2.4, "deeply perturbed") each soft token
 * also has an offset that is added to its state at the input of every further layer, 2 … L, and
 * starts at zero. Trained values: {@code P·E}; deep {@code P·E + (L−1)·P·H}.
 *
 * @param length P, the number of soft tokens
 * @param start how they start, usually from words
 * @param deep whether there are offsets
 * @param noise α of the noise on them in training, 0 for none
 */
public record SoftPrompts(int length, SoftTokenInitialisation start, boolean deep, double noise)
    implements PromptMethod {

  /** The method's name. */
  public static final String NAME = "soft-prompts";

  /** Whether there are offsets in every layer. */
  public static final Setting<Boolean> DEEP =
      Setting.of(
          "deep",
          Values.flags(),
          false,
          "An offset for each soft token at the input of every further layer.");

  /** The method by name. */
  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(
          NAME,
          List.of(
              MethodSettings.LENGTH,
              MethodSettings.START,
              MethodSettings.WORDS,
              DEEP,
              MethodSettings.NOISE),
          SoftPrompts::of);

  /** Checks the length. */
  public SoftPrompts {
    MethodSettings.LENGTH.require(length);
    MethodSettings.NOISE.require(noise);
  }

  /** Without noise. */
  public SoftPrompts(int length, SoftTokenInitialisation start, boolean deep) {
    this(length, start, deep, 0);
  }

  private static SoftPrompts of(SettingValues values) {
    return new SoftPrompts(
        values.get(MethodSettings.LENGTH),
        MethodSettings.softTokenStart(values),
        values.get(DEEP),
        values.get(MethodSettings.NOISE));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    long offsets = deep ? (spec.readingLayers() - 1L) * length * spec.hidden() : 0;
    return (long) length * spec.embeddingWidth() + offsets;
  }

  @Override
  public PromptModule create(PromptContext context) {
    SoftTokenTraining training = new SoftTokenTraining(deep, Optional.empty(), noise);
    return Scope.run(() -> SoftTokens.of(NAME, start.vectors(length, context), training, context));
  }

  @Override
  public int inputTokens() {
    return length;
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(1e-4, 1e-3, 1e-1);
  }

  @Override
  public SettingValues settings() {
    return SettingValues.of(DECLARATION.settings())
        .with(MethodSettings.LENGTH, length)
        .with(MethodSettings.START, start)
        .with(DEEP, deep)
        .with(MethodSettings.NOISE, noise);
  }
}
