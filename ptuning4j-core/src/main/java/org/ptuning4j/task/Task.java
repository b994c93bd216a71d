package org.ptuning4j.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * What a model is trained to do: how its files are read, how an example becomes what a model reads,
 * which head answers, what the head's scores mean, and how success is measured. It knows nothing of
 * model families and prompt methods. A task of the caller's own implements this; {@link
 * org.ptuning4j.task.standard.Tasks} knows it by name, {@link
 * org.ptuning4j.task.standard.TaskKinds} makes it again from a pack.
 *
 * <pre>
 * file ─read▶ examples ─items▶ items ─head▶ scores ─answer▶ answers ─score▶ metrics
 * </pre>
 *
 * @param <E> what one example is
 */
public interface Task<E extends Example> {

  /**
   * The name by which a {@link org.ptuning4j.task.standard.Tasks} registry and the command know it.
   */
  String name();

  /** What kind of task it is, as packs record it. */
  String kind();

  /** One line on what it asks. */
  String description();

  /** The names of the metrics that are reported, the primary one first. */
  List<String> metricNames();

  /** The metric that decides which epoch is the best; more is better. */
  default String primaryMetric() {
    return metricNames().get(0);
  }

  /** How long inputs are cut, unless the user says otherwise. */
  Truncation truncation();

  /** Published settings, one for each model class at most. */
  List<Preset> presets();

  /** The published settings for a model class, where there are any. */
  default Optional<Preset> preset(ModelClass modelClass) {
    return presets().stream().filter(p -> p.modelClass() == modelClass).findFirst();
  }

  /**
   * Reads labelled examples, for training and evaluation.
   *
   * @throws org.ptuning4j.InvalidInputException where the file as a whole is not usable; what is
   *     wrong with single records is among the bad rows
   */
  Examples<E> read(Path file);

  /** Reads examples to predict on; what is right may be there or not and is not looked at. */
  Examples<E> readUnlabelled(Path file);

  /**
   * Reads one example to predict on from columns, such as those of a JSON object.
   *
   * @throws UnusableRowException with what is wrong with it
   */
  E readRow(Row row) throws UnusableRowException;

  /**
   * Whether {@link #read} takes such a file in a format of the task's own; else it is a table of
   * rows, as {@link #readRow} takes them.
   */
  default boolean hasOwnFormat(Path file) {
    return false;
  }

  /**
   * An example of a text, or of two, as a query or a line of plain text has them.
   *
   * @param line where it stands, from 1
   * @param pairOrNull the second text; null for a single one
   * @throws UnusableRowException if the task takes other than that
   */
  default E ofTexts(int line, String text, String pairOrNull) throws UnusableRowException {
    if (pairOrNull != null) {
      throw new UnusableRowException(
          "it is of the kind " + kind() + " and takes rows with columns of its own, not two texts");
    }
    return readRow(new Row(line, Map.of("text", text)));
  }

  /** What can be counted of an example before any model is there; nothing where nobody said. */
  default ExampleFacts facts(E example) {
    return new ExampleFacts(List.of(), List.of(), true);
  }

  /**
   * The columns that hold the answer and are part of the texts as well, by mistake: a model that
   * reads them learns nothing else.
   */
  default List<String> answersInTexts() {
    return List.of();
  }

  /** The task with what only the training data tells, such as the labels that occur. */
  default Task<E> learn(Examples<E> training) {
    return this;
  }

  /** The task with what only the tokenizer tells, such as which tokens its words are. */
  default Task<E> on(TextTokenizer tokenizer) {
    return this;
  }

  /** The form of its head. */
  HeadSpec head(HeadOptions options);

  /**
   * The number of soft tokens that its template places among the words; 0 where it leaves their
   * place to the method.
   */
  default int softTokens() {
    return 0;
  }

  /** The task with a template that has no soft tokens, for methods that bring none. */
  default Task<E> withoutSoftTokens() {
    return this;
  }

  /** Whether its answers are words in the place of a mask. */
  default boolean hasTemplate() {
    return false;
  }

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

  /** The task with what answers on the evaluation data tell, such as a threshold. */
  default Task<E> tune(List<E> examples, List<Answer> answers) {
    return this;
  }

  /** What a benchmark's server wants the file of predictions to be called, if there is one. */
  default Optional<String> submissionFile() {
    return Optional.empty();
  }

  /**
   * The file of predictions for a benchmark's server.
   *
   * @param examples of the server's test file, in its order
   * @param answers one an example, in their order
   * @throws org.ptuning4j.InvalidInputException where no server asks for this task, or an example
   *     lacks the number by which the server knows it
   */
  default String submission(List<E> examples, List<Answer> answers) {
    throw Submissions.none(name());
  }

  /**
   * What {@link org.ptuning4j.task.standard.TaskKinds} needs to make the task again, as far as
   * predicting needs it.
   */
  Map<String, Object> definition();
}
