package org.ptuning4j.prompt.method;

import java.util.List;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.module.NoPrompt;
import org.ptuning4j.settings.SettingValues;

/** The lower baseline: only the head is trained, over a frozen backbone. */
public record HeadOnly() implements PromptMethod {

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
  public long parameterCount(BackboneSpec spec) {
    return 0;
  }

  @Override
  public PromptModule create(PromptContext context) {
    return new NoPrompt();
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(1e-4, 1e-2, 1e-1);
  }

  @Override
  public SettingValues settings() {
    return SettingValues.of(DECLARATION.settings());
  }
}
