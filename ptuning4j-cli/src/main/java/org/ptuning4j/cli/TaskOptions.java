package org.ptuning4j.cli;

import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.SequenceClassificationTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.Tasks;
import org.ptuning4j.task.Template;
import picocli.CommandLine.Option;

/** Which columns of a file are what: a built-in task, or the columns by name. */
final class TaskOptions {

  @Option(
      names = "--task",
      paramLabel = "NAME",
      completionCandidates = Choices.TaskNames.class,
      description = "A built-in task: ${COMPLETION-CANDIDATES}.")
  String task;

  @Option(
      names = "--text",
      paramLabel = "COL",
      description =
          "The column with the text, or a template such as \"{title}: {body}\" that makes it.")
  String text;

  @Option(
      names = "--pair",
      paramLabel = "COL",
      description = "The column (or template) with the second text of a pair.")
  String pair;

  @Option(names = "--label", paramLabel = "COL", description = "The column with the label.")
  String label;

  @Option(
      names = "--labels",
      paramLabel = "A,B",
      split = ",",
      description =
          "The labels, in the order of the head's outputs; a row with any other is a bad row."
              + " Without it they are taken from the training data, sorted.")
  List<String> labels = List.of();

  /** Whether nothing was said. */
  boolean isEmpty() {
    return task == null && text == null && pair == null && label == null && labels.isEmpty();
  }

  /**
   * The task that was asked for.
   *
   * @param name what to call one that is made of columns
   * @throws InvalidInputException if the options contradict each other, or say too little
   */
  SequenceClassificationTask choose(String name) {
    if (task != null) {
      if (text != null || pair != null || label != null || !labels.isEmpty()) {
        throw InvalidInputException.of(
            "task: --task %s knows its columns and labels itself; leave out --text, --pair, --label"
                + " and --labels, or --task",
            task);
      }
      Task known = Tasks.standard().get(task);
      if (known instanceof SequenceClassificationTask classification) {
        return classification;
      }
    }
    if (text == null) {
      throw new InvalidInputException(
          "task: say what to read: --task NAME, or --text COL [--pair COL] --label COL");
    }
    if (label == null) {
      throw new InvalidInputException("label: --text needs --label COL beside it");
    }
    Template second = pair == null ? null : Template.of(pair);
    SequenceClassificationTask chosen =
        SequenceClassificationTask.onPair(name(name), Template.of(text), second, label);
    return labels.isEmpty() ? chosen : chosen.withLabels(labels);
  }

  private static String name(String wanted) {
    String plain = wanted.replaceAll("[^A-Za-z0-9_-]+", "-").replaceAll("^-+|-+$", "");
    return plain.isEmpty() ? "task" : plain;
  }
}
