package org.ptuning4j.task.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.metric.MultiLabelMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * A task on any number of labels, which are known.
 *
 * @param task what it is
 */
public record PreparedMultiLabel(MultiLabelTask task) implements PreparedTask<MultiLabelExample> {

  /** Checks that there are labels. */
  public PreparedMultiLabel {
    task.info().requireLabels(task.labels());
  }

  private List<String> labels() {
    return task.labels();
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return LinearHeadSpec.multiLabel(labels().size(), options.inputOrDefault(), options.dropout());
  }

  @Override
  public List<Item> items(MultiLabelExample example, ItemEncoder encoder) {
    TokenRow row = encoder.row(example.text(), example.pair(), task.truncation().strategy());
    if (!example.hasLabels()) {
      return List.of(Item.of(row));
    }
    List<Boolean> applies = new ArrayList<>();
    for (boolean each : marks(example.labels())) {
      applies.add(each);
    }
    return List.of(Item.of(row).withTarget(new Target.LabelSet(applies)));
  }

  private int index(String label) {
    int index = labels().indexOf(label);
    if (index < 0) {
      throw new IllegalArgumentException("'" + label + "' is none of " + labels());
    }
    return index;
  }

  @Override
  public LabelsAnswer answer(MultiLabelExample example, List<Item> items, List<float[]> scores) {
    Map<String, Double> probabilities = new LinkedHashMap<>();
    List<String> applying = new ArrayList<>();
    for (int i = 0; i < labels().size(); i++) {
      double probability = 1 / (1 + Math.exp(-scores.get(0)[i]));
      probabilities.put(labels().get(i), probability);
      if (probability > task.threshold()) {
        applying.add(labels().get(i));
      }
    }
    return new LabelsAnswer(applying, probabilities);
  }

  @Override
  public Scores score(List<MultiLabelExample> examples, List<Answer> answers) {
    MultiLabelMetrics scores =
        MultiLabelMetrics.of(
            examples.stream().map(example -> marks(example.labels())).toArray(boolean[][]::new),
            answers.stream()
                .map(answer -> marks(((LabelsAnswer) answer).labels()))
                .toArray(boolean[][]::new));
    Scores.Builder metrics = Scores.builder();
    for (String metric : task.metricNames()) {
      metrics.metric(
          metric,
          switch (metric) {
            case "micro_f1" -> scores.total().definedF1();
            case "macro_f1" -> OptionalDouble.of(scores.macroF1());
            case "exact_match" -> OptionalDouble.of(scores.subsetAccuracy());
            default -> throw new IllegalStateException(metric);
          });
    }
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < labels().size(); i++) {
      rows.add(LabelScores.row(labels().get(i), scores.labels().get(i)));
    }
    return metrics.table(new Scores.Table("labels", LabelScores.HEADER, rows)).build();
  }

  private boolean[] marks(List<String> applying) {
    boolean[] marks = new boolean[labels().size()];
    applying.forEach(label -> marks[index(label)] = true);
    return marks;
  }
}
