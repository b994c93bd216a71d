package org.ptuning4j.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.text.Truncation;

/**
 * What a model is to be trained to do, before any model is there: its name, how its files are read,
 * what it takes and answers. With training data and a tokenizer, {@link #prepare} makes a {@link
 * PreparedTask} of it, which can be trained and asked. It knows nothing of model families and
 * prompt methods. A task of the caller's own implements both; {@link
 * org.ptuning4j.task.standard.Tasks} knows it by name, {@link
 * org.ptuning4j.task.standard.TaskKinds} makes it again from a pack.
 *
 * <pre>
 * file ─read▶ examples ─prepare▶ prepared task ─items, head, answer, score▶ metrics
 * </pre>
 *
 * @param <E> what one example is
 */
public interface Task<E extends Example> {

  /** What all tasks say of themselves: name, description, metrics, truncation, presets. */
  TaskInfo info();

  /** What kind of task it is, as packs record it. */
  String kind();

  /** Whether it answers each word of a text rather than whole texts: entities, roles. */
  default boolean answersWords() {
    return false;
  }

  /** What an example is made of, and the columns that it is read from. */
  TaskInputs inputs();

  /** Which fields its answers have. */
  AnswerSchema answerSchema();

  /**
   * The name by which a {@link org.ptuning4j.task.standard.Tasks} registry and the command know it.
   */
  default String name() {
    return info().name();
  }

  /** One line on what it asks. */
  default String description() {
    return info().description();
  }

  /** The names of the metrics that are reported, the primary one first. */
  default List<String> metricNames() {
    return info().metrics();
  }

  /** The metric that decides which epoch is the best; more is better. */
  default String primaryMetric() {
    return info().primaryMetric();
  }

  /** How long inputs are cut, unless the user says otherwise. */
  default Truncation truncation() {
    return info().truncation();
  }

  /** Published settings, one for each model class at most. */
  default List<Preset> presets() {
    return info().presets();
  }

  /** The published settings for a model class, where there are any. */
  default Optional<Preset> preset(ModelClass modelClass) {
    return info().preset(modelClass);
  }

  /**
   * Reads labelled examples, for training and evaluation.
   *
   * @throws org.ptuning4j.InvalidInputException where the file as a whole is not usable; what is
   *     wrong with single records is among the bad rows
   */
  Examples<E> read(InputFile file);

  /** Reads labelled examples of a file in UTF-8, in whatever format it is. */
  default Examples<E> read(Path file) {
    return read(InputFile.of(file));
  }

  /** Reads examples to predict on; what is right may be there or not and is not looked at. */
  Examples<E> readUnlabelled(InputFile file);

  /** Reads examples to predict on of a file in UTF-8, in whatever format it is. */
  default Examples<E> readUnlabelled(Path file) {
    return readUnlabelled(InputFile.of(file));
  }

  /**
   * Reads one example to predict on from columns, such as those of a JSON object.
   *
   * @throws UnusableRowException with what is wrong with it
   */
  E readRow(Row row) throws UnusableRowException;

  /**
   * Reads one example some of whose texts are in other columns than the task's own.
   *
   * @param sources what makes a text, by its name among the {@link #inputs}
   * @throws UnusableRowException with what is wrong with it
   */
  default E readRow(Row row, Map<String, Template> sources) throws UnusableRowException {
    return readRow(inputs().row(row, sources));
  }

  /**
   * The format of the task's own that an input is in, as its settings or its beginning tell, such
   * as columns of words. Empty where it is a table of rows, as {@link #readRow} takes them, or
   * plain text.
   *
   * @throws IOException where the beginning cannot be read
   */
  default Optional<FileFormat> ownFormat(TextInput input) throws IOException {
    return Optional.empty();
  }

  /**
   * An example of plain texts, as a request or a line of text has them.
   *
   * @param line where it stands, from 1
   * @param texts in the order of the {@link #inputs}
   * @throws UnusableRowException if the task takes other than that
   */
  default E ofTexts(int line, List<String> texts) throws UnusableRowException {
    return readRow(inputs().row(line, texts));
  }

  /**
   * An example of named values, such as those of a JSON object: by the names of the {@link
   * #inputs}, where a text is treated as {@link #ofTexts} does, or by the columns of the task's
   * data.
   *
   * @param line where it stands, from 1
   * @param values texts, numbers, booleans, lists and maps of them
   * @throws UnusableRowException with what is missing or wrong
   */
  default E ofValues(int line, Map<String, Object> values) throws UnusableRowException {
    Optional<List<String>> texts = inputs().namedTexts(values);
    return texts.isPresent() ? ofTexts(line, texts.get()) : readRow(inputs().row(line, values));
  }

  /** What can be counted of an example before any model is there; nothing unless a task says so. */
  default ExampleContent content(E example) {
    return new ExampleContent(List.of(), List.of(), true);
  }

  /**
   * What two examples have to share to be the same one: what a model reads of them, and the answer
   * where it is a free text, since one beginning may go on in many ways.
   */
  default List<String> identity(E example) {
    return content(example).texts();
  }

  /**
   * The columns that hold the answer and are part of the texts as well, by mistake: a model that
   * reads them learns nothing else.
   */
  default List<String> answersInTexts() {
    return List.of();
  }

  /** What to call one of its labels when showing it to a person. */
  default String labelName(String label) {
    return label;
  }

  /**
   * The words that say its labels, by the labels as {@link #content} has them, in the order of the
   * head's outputs; none where it has no labels, or training data will tell them.
   */
  default Map<String, String> labelWords() {
    return Map.of();
  }

  /**
   * The task with what training data tell of it, such as the labels that occur.
   *
   * @throws org.ptuning4j.InvalidInputException where they do not tell it, such as data with a
   *     single label
   */
  default Task<E> learnt(Examples<E> training) {
    return this;
  }

  /**
   * The task with all that only the training data, the tokenizer and the method tell, ready to be
   * trained and asked.
   *
   * @throws org.ptuning4j.InvalidInputException where they do not tell it, such as training data
   *     with a single label, or words that the tokenizer cannot spell
   */
  PreparedTask<E> prepare(Preparation<E> by);

  /** This task as one on labels or candidates, which can be put as a cloze; empty if it is none. */
  default Optional<LabelledTask<E>> labelled() {
    return Optional.empty();
  }

  /**
   * The number of soft tokens that its template places among the words; 0 where it leaves their
   * place to the method.
   */
  default int softTokens() {
    return 0;
  }

  /** Whether its answers are words in the place of a mask. */
  default boolean hasTemplate() {
    return false;
  }

  /**
   * The same task with its words' scores calibrated by an input without content.
   *
   * @throws InvalidInputException if it has no fixed words
   */
  default Task<E> calibrated() {
    throw InvalidInputException.of(
        "task '%s': calibration is for a cloze with fixed words; this is a task of kind %s",
        name(), kind());
  }

  /**
   * Another task put to a model as this one is, such as AX-b to the model of RTE: plainly, or as
   * the same cloze.
   *
   * @throws InvalidInputException where a model that was trained on this task cannot answer it
   */
  default <F extends Example> Task<F> putAlike(Task<F> other) {
    throw InvalidInputException.of(
        "task '%s' (%s) is no task on labels, so its model cannot answer task '%s'",
        name(), kind(), other.name());
  }

  /** What a benchmark's server wants the file of predictions to be called, if there is one. */
  default Optional<String> submissionFile() {
    return Optional.empty();
  }

  /**
   * Makes sure, before anything is predicted, that a file for a benchmark's server can be made.
   *
   * @param examples of the server's test file
   * @throws InvalidInputException where no server asks for this task, or an example lacks what the
   *     server knows it by
   */
  default void requireSubmittable(List<E> examples) {
    if (submissionFile().isEmpty()) {
      throw Submissions.none(name());
    }
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
