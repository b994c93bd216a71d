package org.ptuning4j.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.data.Example;
import org.ptuning4j.task.template.Cloze;

/**
 * A task whose answer is one of several labels or candidates, so that it can also be put as a cloze
 * (see {@link org.ptuning4j.task.cloze.ClozeTask}): words in a template, and a word for the answer.
 *
 * @param <E> what one example is
 */
public interface LabelledTask<E extends Example> extends Task<E> {

  /**
   * The labels in the order of the head's outputs; empty where each example has its own candidates.
   */
  List<String> labels();

  /** The column that holds the answer, where a template could name it by mistake. */
  default Optional<String> answerColumn() {
    return Optional.empty();
  }

  /** The texts that a template may use, by name; {@code text_a} and {@code text_b} among them. */
  Map<String, String> fields(E example);

  /** The candidates of an example; empty where the answers are {@link #labels}. */
  default List<String> candidates(E example) {
    return List.of();
  }

  /** The index of the right label or candidate, if it is known. */
  OptionalInt labelIndex(E example);

  /** The answer that probabilities give, in the order of the labels or candidates. */
  Answer answer(E example, double[] probabilities);

  @Override
  default ExampleFacts facts(E example) {
    Map<String, String> fields = fields(example);
    List<String> candidates = candidates(example);
    List<String> texts = new ArrayList<>(List.of(fields.get("text_a")));
    if (fields.get("text_b") != null) {
      texts.add(fields.get("text_b"));
    }
    texts.addAll(candidates);
    OptionalInt index = labelIndex(example);
    List<String> label =
        index.isEmpty()
            ? List.of()
            : List.of(
                candidates.isEmpty()
                    ? labels().get(index.getAsInt())
                    : "candidate " + (index.getAsInt() + 1));
    return new ExampleFacts(texts, label, index.isPresent());
  }

  /** The template and the words with which the task is put as a cloze, if it has any. */
  default Optional<Cloze> cloze() {
    return Optional.empty();
  }
}
