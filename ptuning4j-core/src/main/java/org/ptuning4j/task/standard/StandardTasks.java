package org.ptuning4j.task.standard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.task.ModelClass;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.Truncation;

/**
 * The built-in tasks. Labels are in the order in which Hugging Face's copies number them, so that
 * heads and predictions can be compared output by output.
 */
final class StandardTasks {

  static final String PAPER = "P-Tuning v2 (arXiv 2110.07602), published run scripts";
  private static final int MAX_LENGTH = 128;
  static final double DROPOUT = 0.1;

  private StandardTasks() {}

  static List<Task<?>> all() {
    List<Task<?>> all = new ArrayList<>(List.of(rte(), cb(), boolq(), sst2()));
    all.addAll(SuperGlueTasks.all());
    all.addAll(StandardTaggingTasks.all());
    return List.copyOf(all);
  }

  private static Task<?> rte() {
    return new SequenceClassificationTask(
        new TaskInfo(
            "rte",
            "SuperGLUE RTE: does the hypothesis follow from the premise?",
            Metric.keys(Metric.ACCURACY, Metric.MACRO_F1, Metric.MCC),
            Truncation.to(MAX_LENGTH),
            List.of(
                preset("rte", ModelClass.BERT_LARGE, 32, 1e-2, 20, 60),
                preset("rte", ModelClass.ROBERTA_LARGE, 32, 5e-3, 128, 100))),
        new TextColumns(Template.column("premise"), Template.column("hypothesis")),
        "label",
        List.of("entailment", "not_entailment"),
        Map.of());
  }

  /**
   * SuperGLUE's own score is the mean of accuracy and macro-F1; the best epoch is chosen by
   * accuracy, as P-tuning v2's code does. No settings are published for it.
   */
  private static Task<?> cb() {
    return new SequenceClassificationTask(
        new TaskInfo(
            "cb",
            "SuperGLUE CB: is the speaker of the premise committed to the hypothesis?",
            Metric.keys(Metric.ACCURACY, Metric.MACRO_F1),
            Truncation.to(MAX_LENGTH),
            List.of()),
        new TextColumns(Template.column("premise"), Template.column("hypothesis")),
        "label",
        List.of("entailment", "contradiction", "neutral"),
        Map.of());
  }

  /** The question is short and always kept; the passage is cut. */
  private static Task<?> boolq() {
    return new SequenceClassificationTask(
        new TaskInfo(
            "boolq",
            "SuperGLUE BoolQ: does the passage answer the question with yes?",
            Metric.keys(Metric.ACCURACY, Metric.MACRO_F1, Metric.MCC),
            new Truncation(MAX_LENGTH, Truncation.Strategy.ONLY_SECOND, 0),
            List.of(
                preset("boolq", ModelClass.BERT_LARGE, 32, 5e-3, 40, 100),
                preset("boolq", ModelClass.ROBERTA_LARGE, 32, 7e-3, 8, 100))),
        new TextColumns(Template.column("question"), Template.column("passage")),
        "label",
        List.of("false", "true"),
        Map.of("false", "no", "true", "yes"));
  }

  /** Copies of the data set call the text {@code sentence} or {@code content}. */
  private static Task<?> sst2() {
    return new SequenceClassificationTask(
        new TaskInfo(
            "sst2",
            "GLUE SST-2: is the sentence from a film review positive?",
            Metric.keys(Metric.ACCURACY, Metric.MACRO_F1, Metric.MCC),
            Truncation.to(MAX_LENGTH),
            List.of()),
        new TextColumns(Template.parse("{sentence|content}"), null),
        "label",
        List.of("0", "1"),
        Map.of("0", "negative", "1", "positive"));
  }

  private static Preset preset(
      String task, ModelClass model, int batch, double learningRate, int length, int epochs) {
    return new Preset(
        task, model, batch, learningRate, length, epochs, DROPOUT, false, MAX_LENGTH, PAPER);
  }
}
