package org.ptuning4j.prompt.method;

import java.util.List;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.module.NoPrompt;
import org.ptuning4j.settings.SettingValues;

/** A baseline that adds nothing to the model's input and has no settings of its own. */
interface WithoutPrompt extends PromptMethod {

  @Override
  default long parameterCount(BackboneSpec spec) {
    return 0;
  }

  @Override
  default PromptModule create(PromptContext context) {
    return new NoPrompt();
  }

  @Override
  default SettingValues settings() {
    return SettingValues.of(List.of());
  }
}
