package org.ptuning4j.prompt.method;

import java.util.List;
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
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.tensor.Scope;

/**
 * Prompt tuning (Lester et al., arXiv 2104.08691): P vectors at the input, before the text or where
 * a template has them, trained as they are over a frozen backbone. Trained values: {@code P·E},
 * with a residual reparameterisation of width M {@code (E+1)·M + (M+1)·E} more.
 *
 * @param length P, the number of soft tokens
 * @param start how they start; Lester et al. draw words among the 5,000 most frequent, here all
 *     words of the vocabulary are equally likely, as a tokenizer's file does not say how frequent
 *     they are
 * @param training how they are trained; without offsets
 */
public record PromptTuning(int length, SoftTokenInitialisation start, SoftTokenTraining training)
    implements PromptMethod {

  /** The method's name. */
  public static final String NAME = "prompt-tuning";

  /** The method by name. */
  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(
          NAME,
          List.of(
              MethodSettings.LENGTH,
              MethodSettings.START,
              MethodSettings.WORDS,
              MethodSettings.RESIDUAL,
              MethodSettings.NOISE),
          PromptTuning::of);

  /** Checks the length. */
  public PromptTuning {
    MethodSettings.LENGTH.require(length);
    if (training.deep()) {
      throw new IllegalArgumentException("soft tokens with offsets are soft-prompts");
    }
  }

  /** Trained as they are. */
  public PromptTuning(int length, SoftTokenInitialisation start) {
    this(length, start, SoftTokenTraining.plain());
  }

  /** The usual defaults at a length: started from words of the vocabulary. */
  public static PromptTuning ofLength(int length) {
    return new PromptTuning(length, SoftTokenInitialisation.vocabulary());
  }

  private static PromptTuning of(SettingValues values) {
    return new PromptTuning(
        values.get(MethodSettings.LENGTH),
        MethodSettings.softTokenStart(values),
        new SoftTokenTraining(
            false, values.find(MethodSettings.RESIDUAL), values.get(MethodSettings.NOISE)));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    long network =
        training.residual().map(width -> SoftTokens.networkCount(width, spec)).orElse(0L);
    return (long) length * spec.embeddingWidth() + network;
  }

  @Override
  public PromptModule create(PromptContext context) {
    return Scope.run(() -> SoftTokens.of(NAME, start.vectors(length, context), training, context));
  }

  @Override
  public int inputTokens() {
    return length;
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(1e-3, 1e-2, 3e-1);
  }

  @Override
  public SettingValues settings() {
    return SettingValues.of(DECLARATION.settings())
        .with(MethodSettings.LENGTH, length)
        .with(MethodSettings.START, start)
        .with(MethodSettings.RESIDUAL, training.residual())
        .with(MethodSettings.NOISE, training.noise());
  }
}
