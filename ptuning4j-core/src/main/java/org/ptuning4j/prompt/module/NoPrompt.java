package org.ptuning4j.prompt.module;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;

/** The module of the methods that add nothing to the input. */
public final class NoPrompt implements PromptModule {

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public Injection inject(TokenBatch batch, Dropout dropout) {
    return Injection.none();
  }

  @Override
  public int untouchedLayers() {
    return ALL;
  }

  @Override
  public Optional<TrainedPrompt> flatten() {
    return Optional.empty();
  }

  @Override
  public void close() {
    // It owns nothing.
  }
}
