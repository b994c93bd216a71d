package org.ptuning4j.task.standard;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.task.ModelClass;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.choice.CandidateColumns;
import org.ptuning4j.task.choice.ChoiceTask;
import org.ptuning4j.task.choice.MultiRcTask;
import org.ptuning4j.task.choice.ReCordTask;
import org.ptuning4j.task.choice.WordedField;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.Truncation;

/**
 * The tasks of SuperGLUE, its diagnostics included. Labels are in the order in which Hugging Face's
 * copies number them, so that heads and predictions can be compared output by output.
 */
final class SuperGlueTasks {

  /** RTE's labels, which the diagnostics share, so that its model can answer them. */
  static final List<String> ENTAILMENT = List.of("entailment", "not_entailment");

  static final Truncation SENTENCES = Truncation.to(128);

  private SuperGlueTasks() {}

  static List<Task<?>> all() {
    return List.of(
        rte(),
        cb(),
        boolq(),
        copa(),
        MultiRcTask.named("multirc", Truncations.PASSAGE_FIRST),
        ReCordTask.named("record", Truncations.PASSAGE_FIRST),
        wic(),
        wicMarked(),
        WscTask.named("wsc", false, SENTENCES),
        WscTask.named("wsc-marked", true, SENTENCES),
        axb(),
        WinogenderTask.named("axg", SENTENCES));
  }

  private static Task<?> rte() {
    return new SequenceClassificationTask(
        new TaskInfo(
            "rte",
            "SuperGLUE RTE: does the hypothesis follow from the premise?",
            Metric.keys(Metric.ACCURACY, Metric.MACRO_F1, Metric.MCC),
            SENTENCES,
            List.of(
                preset("rte", ModelClass.BERT_LARGE, 32, 1e-2, 20, 60, false),
                preset("rte", ModelClass.ROBERTA_LARGE, 32, 5e-3, 128, 100, false))),
        new TextColumns(Template.column("premise"), Template.column("hypothesis")),
        "label",
        ENTAILMENT,
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
            SENTENCES,
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
            new Truncation(SENTENCES.maxLength(), Truncation.Strategy.ONLY_SECOND, 0),
            List.of(
                preset("boolq", ModelClass.BERT_LARGE, 32, 5e-3, 40, 100, false),
                preset("boolq", ModelClass.ROBERTA_LARGE, 32, 7e-3, 8, 100, false))),
        new TextColumns(Template.column("question"), Template.column("passage")),
        "label",
        List.of("false", "true"),
        Map.of("false", "no", "true", "yes"));
  }

  private static Task<?> copa() {
    return new ChoiceTask(
        new TaskInfo(
            "copa",
            "SuperGLUE COPA: which of two is the premise's cause or effect?",
            List.of("accuracy"),
            SENTENCES,
            List.of(
                preset("copa", ModelClass.BERT_LARGE, 16, 1e-2, 16, 80, false),
                preset("copa", ModelClass.ROBERTA_LARGE, 16, 9e-3, 8, 120, false))),
        Template.parse("{premise} {connective}"),
        new CandidateColumns(List.of(Template.column("choice1"), Template.column("choice2")), null),
        Optional.of(
            new WordedField("connective", "question", Map.of("cause", "because", "effect", "so"))),
        "label");
  }

  private static Task<?> wic() {
    return wic(
        "wic",
        "",
        Template.parse(
            "{sentence1} {sentence2} Does {word} have the same meaning in both sentences?"),
        null);
  }

  private static Task<?> wicMarked() {
    return wic(
        "wic-marked",
        " (the word before each)",
        Template.parse("{word}: {sentence1}"),
        Template.parse("{word}: {sentence2}"));
  }

  private static Task<?> wic(String name, String form, Template text, Template pair) {
    return new SequenceClassificationTask(
        new TaskInfo(
            name,
            "SuperGLUE WiC: does the word mean the same in both sentences?" + form,
            Metric.keys(Metric.ACCURACY, Metric.MACRO_F1, Metric.MCC),
            SENTENCES,
            List.of(
                preset(name, ModelClass.BERT_LARGE, 16, 1e-4, 20, 80, true),
                preset(name, ModelClass.ROBERTA_LARGE, 32, 1e-2, 8, 50, false))),
        new TextColumns(text, pair),
        "label",
        List.of("false", "true"),
        Map.of("false", "no", "true", "yes"));
  }

  private static Task<?> axb() {
    return new SequenceClassificationTask(
        new TaskInfo(
            "axb",
            "SuperGLUE AX-b: entailment by linguistic phenomenon (diagnostic, for RTE's model)",
            Metric.keys(Metric.MCC, Metric.ACCURACY),
            SENTENCES,
            List.of()),
        new TextColumns(Template.column("sentence1"), Template.column("sentence2")),
        "label",
        ENTAILMENT,
        Map.of());
  }

  /** WSC's published settings, for both of its forms. */
  static List<Preset> wscPresets(String name) {
    return List.of(
        preset(name, ModelClass.BERT_LARGE, 16, 5e-3, 20, 80, false),
        preset(name, ModelClass.ROBERTA_LARGE, 16, 1e-2, 8, 10, false));
  }

  private static Preset preset(
      String task,
      ModelClass model,
      int batch,
      double learningRate,
      int length,
      int epochs,
      boolean projection) {
    return new Preset(
        task,
        model,
        batch,
        learningRate,
        length,
        epochs,
        StandardTasks.DROPOUT,
        projection,
        SENTENCES.maxLength(),
        StandardTasks.PAPER);
  }
}
