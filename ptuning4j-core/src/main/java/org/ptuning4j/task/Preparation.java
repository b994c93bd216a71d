package org.ptuning4j.task;

import java.util.Objects;
import java.util.Optional;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.text.TextTokenizer;

/**
 * What a task's own description leaves open, and {@link Task#prepare} needs.
 *
 * @param <E> what one example is
 * @param training the training examples, for labels and the like; empty where the description
 *     leaves nothing open, as a pack's does
 * @param tokenizer the model's; used for as long as the prepared task is, and not closed by it
 * @param softTokens whether the method brings soft tokens; without them a template loses its places
 *     for them
 */
public record Preparation<E extends Example>(
    Optional<Examples<E>> training, TextTokenizer tokenizer, boolean softTokens) {

  /** Checks that there is a tokenizer. */
  public Preparation {
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(tokenizer, "tokenizer");
  }

  /**
   * For training.
   *
   * @param softTokens whether the method brings soft tokens
   */
  public static <E extends Example> Preparation<E> of(
      Examples<E> training, TextTokenizer tokenizer, boolean softTokens) {
    return new Preparation<>(Optional.of(training), tokenizer, softTokens);
  }

  /** For a task that is described in full, as in a pack; its template stays as it is. */
  public static <E extends Example> Preparation<E> complete(TextTokenizer tokenizer) {
    return new Preparation<>(Optional.empty(), tokenizer, true);
  }
}
