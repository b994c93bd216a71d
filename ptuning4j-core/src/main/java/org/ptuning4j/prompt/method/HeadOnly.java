package org.ptuning4j.prompt.method;

import java.util.List;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;

/** The lower baseline: only the head is trained, over a frozen backbone. */
public record HeadOnly() implements WithoutPrompt {

  /** The method's name. */
  public static final String NAME = "head-only";

  /** The method by name. */
  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(NAME, List.of(), values -> new HeadOnly());

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(1e-4, 1e-2, 1e-1);
  }
}
