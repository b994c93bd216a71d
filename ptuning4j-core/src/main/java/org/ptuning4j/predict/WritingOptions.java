package org.ptuning4j.predict;

import java.util.Objects;
import java.util.function.UnaryOperator;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;

/**
 * How an answer is written that the model writes.
 *
 * @param settings what becomes of the task's own settings
 * @param listener is told what is written as it comes, by the number of the request among those
 *     that are asked together
 */
public record WritingOptions(UnaryOperator<GenerationSettings> settings, TextListener listener) {

  /** As the task says. */
  public static final WritingOptions OF_THE_TASK =
      new WritingOptions(UnaryOperator.identity(), TextListener.NONE);

  /** Checks that both are there. */
  public WritingOptions {
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(listener, "listener");
  }

  /** In one way, whatever the task says. */
  public static WritingOptions of(GenerationSettings settings, TextListener listener) {
    return new WritingOptions(own -> settings, listener);
  }
}
