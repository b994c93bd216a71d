package org.ptuning4j.prompt.method;

import java.util.List;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.module.SoftTokens;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.tensor.Scope;

/**
 * Prompt tuning (Lester et al., arXiv 2104.08691): P vectors at the input, before the text or where
 * a template has them, trained as they are over a frozen backbone. Trained values: {@code P·E}.
 *
 * @param length P, the number of soft tokens
 * @param start how they start; Lester et al. draw words among the 5,000 most frequent, here all
 *     words of the vocabulary are equally likely, as a tokenizer's file does not say how frequent
 *     they are
 */
public record PromptTuning(int length, SoftTokenInitialisation start) implements PromptMethod {

  /** The method's name. */
  public static final String NAME = "prompt-tuning";

  /** The method by name. */
  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(
          NAME,
          List.of(MethodSettings.LENGTH, MethodSettings.START, MethodSettings.WORDS),
          PromptTuning::of);

  /** Checks the length. */
  public PromptTuning {
    MethodSettings.LENGTH.require(length);
  }

  /** The usual defaults at a length: started from words of the vocabulary. */
  public static PromptTuning ofLength(int length) {
    return new PromptTuning(length, SoftTokenInitialisation.vocabulary());
  }

  private static PromptTuning of(SettingValues values) {
    return new PromptTuning(
        values.get(MethodSettings.LENGTH), MethodSettings.softTokenStart(values));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    return (long) length * spec.embeddingWidth();
  }

  @Override
  public PromptModule create(PromptContext context) {
    return Scope.run(() -> SoftTokens.of(NAME, start.vectors(length, context), false, context));
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
        .with(MethodSettings.START, start);
  }
}
