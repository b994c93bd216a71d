package org.ptuning4j.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
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
   * The labels in the order of the head's outputs; empty where the training data will tell them, or
   * each example has its own candidates.
   */
  List<String> labels();

  /** The template and the words with which the task is usually put as a cloze, if it has any. */
  default Optional<Cloze> cloze() {
    return Optional.empty();
  }

  /** The column that holds the answer, where a template could name it by mistake. */
  default Optional<String> answerColumn() {
    return Optional.empty();
  }

  /** Names in templates that the task fills itself, whatever a column of that name holds. */
  default Set<String> ownFields() {
    return Set.of("text_a", "text_b");
  }

  @Override
  default Map<String, String> labelWords() {
    Map<String, String> words = new LinkedHashMap<>();
    labels().forEach(label -> words.put(label, labelName(label)));
    return words;
  }

  @Override
  default Optional<LabelledTask<E>> labelled() {
    return Optional.of(this);
  }

  @Override
  PreparedLabelledTask<E> prepare(Preparation<E> by);

  @Override
  default <F extends Example> Task<F> putAlike(Task<F> other) {
    return requireSameLabels(other);
  }

  /**
   * Another task on the same labels.
   *
   * @throws InvalidInputException where it has other labels, or the same in another order
   */
  default <F extends Example> LabelledTask<F> requireSameLabels(Task<F> other) {
    LabelledTask<F> labelled =
        other
            .labelled()
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "task '%s' (%s) is no task on labels, so only its own packs can answer it",
                        other.name(), other.kind()));
    if (!labelled.labels().equals(labels())) {
      throw InvalidInputException.of(
          "task '%s' has the labels %s, so a model trained on '%s' cannot answer it: its labels are"
              + " %s",
          other.name(), labelled.labels(), name(), labels());
    }
    return labelled;
  }
}
