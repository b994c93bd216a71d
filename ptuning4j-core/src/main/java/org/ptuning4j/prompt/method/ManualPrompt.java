package org.ptuning4j.prompt.method;

import java.util.List;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;

/**
 * A manual (discrete) prompt: the words of a template, and words for the labels. Nothing is
 * trained; it is the zero-shot and few-shot baseline of the methods that train a template's soft
 * tokens. Trained values: 0.
 */
public record ManualPrompt() implements WithoutPrompt {

  /** The method's name. */
  public static final String NAME = "manual";

  /** The method by name. */
  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(NAME, List.of(), values -> new ManualPrompt());

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean needsTemplate() {
    return true;
  }

  /** Any rate is as good as another: it moves nothing. */
  @Override
  public LearningRates learningRates() {
    return new LearningRates(0, 0, Double.POSITIVE_INFINITY);
  }
}
