package org.ptuning4j.task.text;

import java.util.List;
import java.util.OptionalDouble;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.metric.RegressionMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * A regression with its scale; a task without one has values in the head's own unit.
 *
 * @param task what it is
 */
public record PreparedRegression(RegressionTask task) implements PreparedTask<NumberExample> {

  private static final RegressionTask.Scale PLAIN = new RegressionTask.Scale(0, 1);

  private RegressionTask.Scale scale() {
    return task.scale().orElse(PLAIN);
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return LinearHeadSpec.regression(options.inputOrDefault(), options.dropout());
  }

  @Override
  public List<Item> items(NumberExample example, ItemEncoder encoder) {
    TokenRow row = encoder.row(example.text(), example.pair(), task.truncation().strategy());
    if (!example.hasValue()) {
      return List.of(Item.of(row));
    }
    double value = example.value().getAsDouble();
    double scaled = (value - scale().mean()) / scale().deviation();
    return List.of(Item.of(row).withTarget(new Target.Value(scaled)));
  }

  @Override
  public NumberAnswer answer(NumberExample example, List<Item> items, List<float[]> scores) {
    return new NumberAnswer(task.within(scores.get(0)[0] * scale().deviation() + scale().mean()));
  }

  @Override
  public Scores score(List<NumberExample> examples, List<Answer> answers) {
    RegressionMetrics scores =
        RegressionMetrics.of(
            examples.stream().mapToDouble(example -> example.value().getAsDouble()).toArray(),
            answers.stream().mapToDouble(answer -> ((NumberAnswer) answer).value()).toArray());
    Scores.Builder metrics = Scores.builder();
    for (String metric : task.metricNames()) {
      metrics.metric(
          metric,
          switch (metric) {
            case "pearson" -> scores.pearson();
            case "spearman" -> scores.spearman();
            case "mse" -> OptionalDouble.of(scores.meanSquaredError());
            case "mae" -> OptionalDouble.of(scores.meanAbsoluteError());
            case "negative_mse" -> OptionalDouble.of(-scores.meanSquaredError());
            default -> throw new IllegalStateException(metric);
          });
    }
    return metrics.build();
  }
}
