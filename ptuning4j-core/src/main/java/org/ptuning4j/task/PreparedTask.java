package org.ptuning4j.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * A task that a model can be trained on and asked: it knows its labels, the tokens of its words and
 * whatever else {@link Task#prepare} found out. Immutable, and complete from the start.
 *
 * <pre>
 * examples ─items▶ items ─head▶ scores ─answer▶ answers ─score▶ metrics
 * </pre>
 *
 * @param <E> what one example is
 */
public interface PreparedTask<E extends Example> {

  /** What it is, with nothing left open: preparing it again gives the same. */
  Task<E> task();

  /** What {@link org.ptuning4j.task.standard.TaskKinds} needs to make it again from a pack. */
  default Map<String, Object> definition() {
    return task().definition();
  }

  /** Reads labelled examples; those that it cannot be asked are among the bad rows. */
  default Examples<E> read(InputFile file) {
    return usable(task().read(file));
  }

  /** The same of a file in UTF-8. */
  default Examples<E> read(Path file) {
    return read(InputFile.of(file));
  }

  /** Those of the examples that it can learn from; others become bad rows. */
  default Examples<E> usable(Examples<E> read) {
    return read;
  }

  /** What its head is to be. */
  HeadSpec head(HeadOptions options);

  /**
   * What a model reads of an example: one item, or several windows of a long one.
   *
   * @return one item at least, with its target where the example has its answer
   */
  List<Item> items(E example, ItemEncoder encoder);

  /** Items of an input without content, for calibrating words; none where that means nothing. */
  default List<Item> contentFree(ItemEncoder encoder) {
    return List.of();
  }

  /**
   * What the head's scores mean.
   *
   * @param items the example's
   * @param scores each item's, as {@link org.ptuning4j.head.Head#split} gives them
   */
  Answer answer(E example, List<Item> items, List<float[]> scores);

  /**
   * The same with what its head says of all items alike, which answers depend on.
   *
   * @param common as {@link org.ptuning4j.head.Head#common} gives it
   */
  default PreparedTask<E> withCommon(float[] common) {
    return this;
  }

  /** How it is answered where the model writes the answers; empty where a head scores them. */
  default Optional<WrittenAnswers<E>> written() {
    return Optional.empty();
  }

  /**
   * Compares answers with what is right.
   *
   * @param examples labelled
   * @param answers one an example, in their order
   */
  Scores score(List<E> examples, List<Answer> answers);

  /** Whether {@link #tune} has something to learn from the evaluation data. */
  default boolean tunes() {
    return false;
  }

  /** A task with what answers on the evaluation data tell, such as a threshold. */
  default PreparedTask<E> tune(List<E> examples, List<Answer> answers) {
    return this;
  }

  /** The task without what {@link #tune} found. */
  default PreparedTask<E> untuned() {
    return this;
  }
}
