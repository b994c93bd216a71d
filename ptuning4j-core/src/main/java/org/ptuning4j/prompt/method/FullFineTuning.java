package org.ptuning4j.prompt.method;

import java.util.List;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;

/** The upper baseline: every weight of the backbone is trained, and the head. */
public record FullFineTuning() implements WithoutPrompt {

  /** The method's name. */
  public static final String NAME = "full-fine-tuning";

  /** The method by name. */
  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(NAME, List.of(), values -> new FullFineTuning());

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean trainsBackbone() {
    return true;
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(1e-5, 1e-4, 5e-4);
  }
}
