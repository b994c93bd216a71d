package org.ptuning4j.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.data.Batching.TokenBudget;
import org.ptuning4j.head.SequenceHead;
import org.ptuning4j.metric.ClassificationMetrics;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** Sequence classification: cross-entropy over a linear head. */
final class ClassificationObjective implements Objective {

  /**
   * Tokens of one evaluation batch: enough to keep the cores busy, little enough for their caches.
   */
  private static final TokenBudget EVALUATION = new TokenBudget(4096);

  private final SequenceHead head;
  private final EncodedTexts training;
  private final EncodedTexts evaluation;
  private final List<String> labels;
  private final List<Metric> metrics;

  /**
   * @param metrics what is reported; the first decides
   */
  ClassificationObjective(
      SequenceHead head,
      EncodedTexts training,
      EncodedTexts evaluation,
      List<String> labels,
      List<Metric> metrics) {
    this.head = head;
    this.training = training;
    this.evaluation = evaluation;
    this.labels = labels;
    this.metrics = metrics;
  }

  @Override
  public List<Parameter> parameters() {
    return head.parameters();
  }

  @Override
  public int[] lengths() {
    return training.lengths();
  }

  @Override
  public int evaluationRows() {
    return evaluation.size();
  }

  @Override
  public Tensor loss(Pass pass, int[] rows) {
    Tensor logits =
        head.logits(
            pass.backbone(), pass.forward(training.batch(rows), head.reads()), pass.dropout());
    return head.loss(logits, training.labels(rows));
  }

  @Override
  public Evaluation evaluate(Pass pass) {
    int[] predicted = new int[evaluation.size()];
    double loss = 0;
    for (int[] rows : EVALUATION.planSequential(evaluation.lengths())) {
      loss += Autograd.inference(() -> Scope.run(() -> evaluate(pass, rows, predicted)));
    }
    ClassificationMetrics scores =
        ClassificationMetrics.of(evaluation.labels(), predicted, labels.size());
    Map<String, Double> values = new LinkedHashMap<>();
    metrics.forEach(metric -> values.put(metric.key(), scores.value(metric)));
    boolean constant = scores.distinctPredictions() == 1;
    return new Evaluation(
        loss / evaluation.size(), values, constant ? labels.get(predicted[0]) : null);
  }

  /** Evaluates one batch; returns the sum of its losses. */
  private double evaluate(Pass pass, int[] rows, int[] predicted) {
    Tensor logits =
        head.logits(
            pass.backbone(), pass.forward(evaluation.batch(rows), head.reads()), Dropout.off());
    long[] best = Tensors.longs(logits.argmax(new org.bytedeco.pytorch.LongOptional(-1), false));
    for (int i = 0; i < rows.length; i++) {
      predicted[rows[i]] = (int) best[i];
    }
    return head.loss(logits, evaluation.labels(rows)).item_double() * rows.length;
  }

  @Override
  public String primaryMetric() {
    return metrics.get(0).key();
  }

  @Override
  public double blindLoss() {
    double entropy = 0;
    int[] counts = new int[labels.size()];
    Arrays.stream(training.labels()).forEach(label -> counts[label]++);
    for (int count : counts) {
      double share = (double) count / training.size();
      entropy -= count == 0 ? 0 : share * Math.log(share);
    }
    return entropy;
  }

  @Override
  public void close() {
    head.close();
  }
}
