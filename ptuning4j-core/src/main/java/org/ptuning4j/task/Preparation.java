package org.ptuning4j.task;

import java.util.Objects;
import java.util.Optional;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.task.template.Blank;
import org.ptuning4j.task.template.ClozeTemplate;
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
 * @param direction which way the model sees a text, for what it can read of a template; empty where
 *     the template stays as it is
 */
public record Preparation<E extends Example>(
    Optional<Examples<E>> training,
    TextTokenizer tokenizer,
    boolean softTokens,
    Optional<Direction> direction) {

  /** Checks that there is a tokenizer. */
  public Preparation {
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(tokenizer, "tokenizer");
    Objects.requireNonNull(direction, "direction");
  }

  /**
   * For training a model that sees the whole text.
   *
   * @param softTokens whether the method brings soft tokens
   */
  public static <E extends Example> Preparation<E> of(
      Examples<E> training, TextTokenizer tokenizer, boolean softTokens) {
    return of(training, tokenizer, softTokens, Direction.BIDIRECTIONAL);
  }

  /**
   * For training.
   *
   * @param softTokens whether the method brings soft tokens
   * @param direction which way the model sees a text
   */
  public static <E extends Example> Preparation<E> of(
      Examples<E> training, TextTokenizer tokenizer, boolean softTokens, Direction direction) {
    return new Preparation<>(Optional.of(training), tokenizer, softTokens, Optional.of(direction));
  }

  /**
   * A template as this model and method read it.
   *
   * @throws org.ptuning4j.InvalidInputException if words of it spell special tokens, or the model
   *     cannot read what matters of it
   */
  public ClozeTemplate placed(ClozeTemplate template) {
    template.requireNoSpecialTokens(tokenizer);
    ClozeTemplate own = softTokens ? template : template.withoutSoftTokens();
    return direction.map(each -> Blank.of(each, tokenizer, own).readable(own)).orElse(own);
  }

  /** For a task that is described in full, as in a pack; its template stays as it is. */
  public static <E extends Example> Preparation<E> complete(TextTokenizer tokenizer) {
    return new Preparation<>(Optional.empty(), tokenizer, true, Optional.empty());
  }
}
