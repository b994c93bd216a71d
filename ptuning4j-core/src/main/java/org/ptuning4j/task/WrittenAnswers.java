package org.ptuning4j.task;

import java.util.List;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * How a prepared task is answered whose answers the model writes, token by token.
 *
 * @param <E> what one example is
 */
public interface WrittenAnswers<E extends Example> {

  /** The row that the model continues; what is right is no part of it. */
  TokenRow source(E example, ItemEncoder encoder);

  /** How it is continued, unless the caller says otherwise. */
  GenerationSettings settings();

  /** What the continuations mean. */
  Answer answer(E example, List<Continuation> continuations);
}
