package org.ptuning4j.task.standard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.generation.LikelihoodTask;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.Truncation;

/** The built-in tasks: those of SuperGLUE, SST-2, and those on words and spans. */
final class StandardTasks {

  /** Where presets are from. */
  static final String PAPER = "P-Tuning v2 (arXiv 2110.07602), published run scripts";

  /** The dropout of most presets. */
  static final double DROPOUT = 0.1;

  private StandardTasks() {}

  static List<Task<?>> all() {
    List<Task<?>> all = new ArrayList<>(SuperGlueTasks.all());
    all.add(sst2());
    all.addAll(StandardSpanTasks.all());
    all.add(LikelihoodTask.lambada());
    all.add(LikelihoodTask.languageModelling());
    return List.copyOf(all);
  }

  /** Copies of the data set call the text {@code sentence} or {@code content}. */
  private static Task<?> sst2() {
    return new SequenceClassificationTask(
        new TaskInfo(
            "sst2",
            "GLUE SST-2: is the sentence from a film review positive?",
            Metric.keys(Metric.ACCURACY, Metric.MACRO_F1, Metric.MCC),
            Truncation.to(128),
            List.of()),
        new TextColumns(Template.parse("{sentence|content}"), null),
        "label",
        List.of("0", "1"),
        Map.of("0", "negative", "1", "positive"));
  }
}
