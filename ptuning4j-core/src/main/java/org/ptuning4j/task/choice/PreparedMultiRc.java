package org.ptuning4j.task.choice;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.question.MultiRcExample;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.metric.ClassificationMetrics;
import org.ptuning4j.metric.MultiRcMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.PreparedLabelledTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * MultiRC, as a model is asked it.
 *
 * @param task what it is
 */
public record PreparedMultiRc(MultiRcTask task) implements PreparedLabelledTask<MultiRcExample> {

  private static final Map<String, String> NAMES = Map.of("0", "no", "1", "yes");

  @Override
  public HeadSpec head(HeadOptions options) {
    return LinearHeadSpec.sequence(
        MultiRcTask.LABELS.size(), options.inputOrDefault(), options.dropout());
  }

  @Override
  public List<Item> items(MultiRcExample example, ItemEncoder encoder) {
    TokenRow row =
        encoder.row(example.text(), MultiRcTask.question(example), task.truncation().strategy());
    Item item = Item.of(row);
    return List.of(
        example.hasLabel() ? item.withTarget(new Target.Choice(example.label() ? 1 : 0)) : item);
  }

  @Override
  public Answer answer(MultiRcExample example, List<Item> items, List<float[]> scores) {
    return answer(example, Softmax.of(scores.get(0)));
  }

  @Override
  public LabelAnswer answer(MultiRcExample example, double[] probabilities) {
    return LabelAnswer.of(MultiRcTask.LABELS, NAMES, probabilities);
  }

  @Override
  public Scores score(List<MultiRcExample> examples, List<Answer> answers) {
    List<MultiRcMetrics.Option> options =
        IntStream.range(0, examples.size())
            .mapToObj(
                i ->
                    new MultiRcMetrics.Option(
                        examples.get(i).paragraph(),
                        examples.get(i).question(),
                        examples.get(i).label(),
                        MultiRcTask.isYes(answers.get(i))))
            .toList();
    MultiRcMetrics scores = MultiRcMetrics.of(options);
    Scores.Builder metrics =
        Scores.builder()
            .metric("f1a", scores.f1a())
            .metric("em", scores.exactMatch())
            .metric("accuracy", scores.accuracy());
    ClassificationMetrics byLabel =
        ClassificationMetrics.of(
            options.stream().mapToInt(option -> option.truth() ? 1 : 0).toArray(),
            options.stream().mapToInt(option -> option.predicted() ? 1 : 0).toArray(),
            MultiRcTask.LABELS.size());
    List<String> names = MultiRcTask.LABELS.stream().map(NAMES::get).toList();
    LabelScores.of(byLabel, names, List.of()).tables().forEach(metrics::table);
    return metrics.build();
  }

  /** {@code paragraph}, {@code question}, {@code answer}, {@code text_a} and {@code text_b}. */
  @Override
  public Map<String, String> fields(MultiRcExample example) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("paragraph", example.text());
    fields.put("question", example.questionText());
    fields.put("answer", example.answerText());
    fields.put("text_a", example.text());
    fields.put("text_b", MultiRcTask.question(example));
    return fields;
  }

  @Override
  public OptionalInt labelIndex(MultiRcExample example) {
    return example.hasLabel() ? OptionalInt.of(example.label() ? 1 : 0) : OptionalInt.empty();
  }
}
