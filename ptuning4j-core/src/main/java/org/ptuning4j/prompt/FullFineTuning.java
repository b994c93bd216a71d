package org.ptuning4j.prompt;

import java.util.Map;
import org.ptuning4j.backbone.BackboneSpec;

/** The upper baseline: every weight of the backbone is trained, and the head. */
public record FullFineTuning() implements PromptMethod {

  /** The method's name. */
  public static final String NAME = "full-fine-tuning";

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
  public Map<String, Object> settings() {
    return Map.of();
  }
}
