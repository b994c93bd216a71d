package org.ptuning4j.task.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Message;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.Truncation;

/**
 * What training would find in its files: they are read as it reads them, and the task learns its
 * labels from them as it does there. Where {@link #isSound}, training takes them.
 *
 * @param data the file to train on, or to predict on
 * @param dev the file to evaluate on; {@code null} where there is none
 * @param overlap what both have in common; {@code null} where there is one file only
 */
public record RunCheck(DataCheck data, DataCheck dev, Overlap overlap) {

  /** Longer than any text, and short enough to reckon with. */
  private static final int ENDLESS = 1 << 24;

  /** Whether nothing is wrong with the files. */
  public boolean isSound() {
    return data.isSound() && (dev == null || dev.isSound());
  }

  /**
   * Checks files to train on and to evaluate on.
   *
   * @param devOrNull the second one; null for none
   * @param model counts lengths in its tokens, and says which rows it cannot read; without it
   *     lengths are counted in words
   * @throws InvalidInputException where a file as a whole cannot be read, or lacks a column
   */
  public static <E extends Example> RunCheck forTraining(
      InputFile file, InputFile devOrNull, Task<E> task, Optional<ModelReading> model) {
    Examples<E> train = task.read(file);
    Optional<DataCheck> unanswered = withoutAnswers(file, task, train, model);
    if (unanswered.isPresent() && devOrNull == null) {
      return new RunCheck(unanswered.get(), null, null);
    }
    List<Message> problems = new ArrayList<>();
    Task<E> learnt = task;
    Optional<PreparedTask<E>> prepared = Optional.empty();
    if (!train.examples().isEmpty()) {
      try {
        learnt = task.learnt(train);
        prepared =
            model.map(
                with ->
                    task.prepare(
                        Preparation.of(
                            train, with.encoder().tokenizer(), true, with.encoder().direction())));
      } catch (InvalidInputException e) {
        problems.add(e.asMessage());
      }
    }
    Examples<E> usable = usable(prepared, train, model);
    Optional<PreparedTask<E>> asked = prepared;
    Task<E> known = learnt;
    DataCheck data = unanswered.orElseGet(() -> check(known, asked, usable, model, problems));
    if (devOrNull == null) {
      return new RunCheck(data, null, null);
    }
    Examples<E> dev = usable(asked, known.read(devOrNull), model);
    DataCheck second =
        withoutAnswers(devOrNull, known, dev, model)
            .orElseGet(() -> check(known, asked, dev, model, List.of()));
    return new RunCheck(data, second, Overlap.between(known, usable, dev));
  }

  /** The same of files in UTF-8. */
  public static <E extends Example> RunCheck forTraining(
      Path file, Path devOrNull, Task<E> task, Optional<ModelReading> model) {
    InputFile dev = devOrNull == null ? null : InputFile.of(devOrNull);
    return forTraining(InputFile.of(file), dev, task, model);
  }

  private static <E extends Example> Examples<E> usable(
      Optional<PreparedTask<E>> prepared, Examples<E> read, Optional<ModelReading> model) {
    return prepared.map(task -> model.orElseThrow().readable(task, task.usable(read))).orElse(read);
  }

  /**
   * Checks a file to predict on; answers are neither needed nor looked at.
   *
   * @throws InvalidInputException as {@link #forTraining}
   */
  public static <E extends Example> RunCheck forPrediction(
      InputFile file, Task<E> task, Optional<ModelReading> model) {
    Examples<E> read = task.readUnlabelled(file);
    Examples<E> usable = model.map(with -> with.readable(task, read)).orElse(read);
    return new RunCheck(check(task, Optional.empty(), usable, model, List.of()), null, null);
  }

  /** The same of a file in UTF-8. */
  public static <E extends Example> RunCheck forPrediction(
      Path file, Task<E> task, Optional<ModelReading> model) {
    return forPrediction(InputFile.of(file), task, model);
  }

  /** A file of which every row that can be predicted on lacks its answer. */
  private static <E extends Example> Optional<DataCheck> withoutAnswers(
      InputFile file, Task<E> task, Examples<E> labelled, Optional<ModelReading> model) {
    if (!labelled.examples().isEmpty()) {
      return Optional.empty();
    }
    Examples<E> unlabelled = task.readUnlabelled(file);
    Set<Source> bad =
        unlabelled.badRows().stream()
            .map(BadRow::source)
            .collect(Collectors.toCollection(TreeSet::new));
    List<BadRow> own =
        labelled.badRows().stream().filter(row -> !bad.contains(row.source())).toList();
    if (unlabelled.examples().isEmpty()
        || own.stream().anyMatch(row -> row.lack() != BadRow.Lack.ANSWER)) {
      return Optional.empty();
    }
    return Optional.of(
        check(
            task,
            Optional.empty(),
            unlabelled,
            model,
            List.of(
                Message.of(
                    "no row has its answer (%s): the file is for prediction only", own.get(0)))));
  }

  private static <E extends Example> DataCheck check(
      Task<E> task,
      Optional<PreparedTask<E>> prepared,
      Examples<E> examples,
      Optional<ModelReading> model,
      List<Message> problems) {
    TaskCheck<E> check = new TaskCheck<>(task, labels(task), examples);
    return model
        .map(with -> check.inTokens(measure(task, prepared, with.encoder()), problems))
        .orElseGet(() -> check.inWords(problems));
  }

  /** The labels that are known before a file is looked at. */
  public static <E extends Example> Collection<String> labels(Task<E> task) {
    return task.labelled().map(LabelledTask::labels).orElse(List.of());
  }

  /** By what the model reads; by the texts alone where the task is not prepared. */
  private static <E extends Example> TaskCheck.Measure<E> measure(
      Task<E> task, Optional<PreparedTask<E>> prepared, ItemEncoder encoder) {
    ItemEncoder whole = encoder.withMaxLength(ENDLESS);
    if (prepared.isEmpty()) {
      return new TaskCheck.Measure<>(
          example -> tokens(task.content(example).texts(), whole),
          example -> 1,
          encoder.maxLength());
    }
    PreparedTask<E> asked = prepared.get();
    return new TaskCheck.Measure<>(
        example -> asked.items(example, whole).stream().mapToInt(Item::longest).max().orElse(0),
        example -> asked.items(example, encoder).stream().mapToInt(i -> i.rows().size()).sum(),
        encoder.maxLength());
  }

  /** The tokens of a text with its second one, or with the longest of several. */
  private static int tokens(List<String> texts, ItemEncoder whole) {
    if (texts.isEmpty()) {
      return 0;
    }
    Truncation.Strategy strategy = Truncation.Strategy.NONE;
    return texts.subList(1, texts.size()).stream()
        .mapToInt(other -> whole.row(texts.get(0), other, strategy).length())
        .max()
        .orElseGet(() -> whole.row(texts.get(0), null, strategy).length());
  }
}
