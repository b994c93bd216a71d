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

/** The upper baseline: every weight of the backbone is trained, and the head. */
public record FullFineTuning() implements PromptMethod {

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
  public long parameterCount(BackboneSpec spec) {
    return 0;
  }

  @Override
  public PromptModule create(PromptContext context) {
    return new NoPrompt();
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(1e-5, 1e-4, 5e-4);
  }

  @Override
  public SettingValues settings() {
    return SettingValues.of(DECLARATION.settings());
  }
}
