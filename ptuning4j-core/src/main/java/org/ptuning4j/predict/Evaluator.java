package org.ptuning4j.predict;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.metric.ClassificationMetrics;
import org.ptuning4j.task.SequenceClassificationTask;

/** Scores a predictor's task on labelled examples. */
public final class Evaluator {

  private Evaluator() {}

  /**
   * The outcome.
   *
   * @param metrics each of the task's metrics by its name, the deciding one first
   * @param scores all figures, with the confusion matrix
   * @param predictions one an example, in their order
   */
  public record Report(
      Map<String, Double> metrics, ClassificationMetrics scores, List<Prediction> predictions) {}

  /**
   * Predicts every example and compares.
   *
   * @param name the task's name in the predictor
   * @param examples labelled with the task's labels, one at least
   */
  public static Report evaluate(Predictor predictor, String name, List<TextExample> examples) {
    SequenceClassificationTask task = predictor.task(name);
    List<Prediction> predictions =
        predictor.predict(examples.stream().map(e -> new Query(name, e.text(), e.pair())).toList());
    int[] truth = examples.stream().mapToInt(e -> task.labelIndex(e.label())).toArray();
    int[] predicted = predictions.stream().mapToInt(p -> task.labelIndex(p.label())).toArray();
    ClassificationMetrics scores = ClassificationMetrics.of(truth, predicted, task.labels().size());
    Map<String, Double> metrics = new LinkedHashMap<>();
    task.metrics().forEach(metric -> metrics.put(metric.key(), scores.value(metric)));
    return new Report(metrics, scores, predictions);
  }
}
