package org.ptuning4j.prompt.method;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.module.SoftTokenTraining;
import org.ptuning4j.prompt.module.SoftTokens;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.tensor.Scope;

/**
 * The simplest form of P-tuning (Liu et al., arXiv 2103.10385): the rows of {@code [unused1]} …
 * {@code [unusedP]} in the word embedding stand in a template and are trained as they are. The
 * backbone's own table stays what it was: the rows are copied. Trained values: {@code P·E}.
 *
 * @param length P, the number of rows
 * @param noise α of the noise on them in training, 0 for none
 */
public record UnusedTokens(int length, double noise) implements PromptMethod {

  /** The method's name. */
  public static final String NAME = "unused-tokens";

  /** The method by name. */
  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(
          NAME, List.of(MethodSettings.LENGTH, MethodSettings.NOISE), UnusedTokens::of);

  /** Checks the length. */
  public UnusedTokens {
    MethodSettings.LENGTH.require(length);
    MethodSettings.NOISE.require(noise);
  }

  /** Without noise. */
  public UnusedTokens(int length) {
    this(length, 0);
  }

  private static UnusedTokens of(SettingValues values) {
    return new UnusedTokens(values.get(MethodSettings.LENGTH), values.get(MethodSettings.NOISE));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    return (long) length * spec.embeddingWidth();
  }

  /**
   * Copies the rows.
   *
   * @throws InvalidInputException if the vocabulary has fewer unused tokens than P
   */
  @Override
  public PromptModule create(PromptContext context) {
    int[] ids = context.words().unused(1).limit(length).toArray();
    if (ids.length < length) {
      throw InvalidInputException.of(
          "prompt-length: %s needs [unused1] to [unused%d], and the vocabulary has %s of them;"
              + " prompt-tuning does without",
          NAME, length, ids.length == 0 ? "none" : ids.length);
    }
    SoftTokenTraining training = new SoftTokenTraining(false, Optional.empty(), noise);
    return Scope.run(() -> SoftTokens.of(NAME, context.words().vectors(ids), training, context));
  }

  @Override
  public int inputTokens() {
    return length;
  }

  @Override
  public boolean needsTemplate() {
    return true;
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(1e-4, 1e-3, 1e-1);
  }

  @Override
  public SettingValues settings() {
    return SettingValues.of(DECLARATION.settings())
        .with(MethodSettings.LENGTH, length)
        .with(MethodSettings.NOISE, noise);
  }
}
