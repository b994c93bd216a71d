package org.ptuning4j.task.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.metric.ClassificationMetrics;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.PreparedLabelledTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * A classification of texts with its labels.
 *
 * @param task what it is
 * @param texts the plain classification of the texts, the task itself unless that has files of its
 *     own
 * @param scoring what is measured beside the usual
 */
public record PreparedClassification(
    LabelledTask<TextExample> task, SequenceClassificationTask texts, Scoring scoring)
    implements PreparedLabelledTask<TextExample> {

  /** What is measured of answers. */
  public interface Scoring {

    /** Nothing but the usual. */
    Scoring PLAIN = (usual, examples, answers) -> usual;

    /** The usual scores, with more. */
    Scores of(Scores usual, List<TextExample> examples, List<Answer> answers);
  }

  /** Checks that there are labels. */
  public PreparedClassification {
    task.info().requireLabels(texts.labels());
  }

  @Override
  public List<String> labels() {
    return texts.labels();
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return LinearHeadSpec.sequence(labels().size(), options.inputOrDefault(), options.dropout());
  }

  @Override
  public List<Item> items(TextExample example, ItemEncoder encoder) {
    TokenRow row = encoder.row(example.text(), example.pair(), texts.truncation().strategy());
    Item item = Item.of(row);
    return List.of(
        example.hasLabel()
            ? item.withTarget(new Target.Choice(texts.labelIndex(example.label())))
            : item);
  }

  @Override
  public LabelAnswer answer(TextExample example, List<Item> items, List<float[]> scores) {
    return answer(example, Softmax.of(scores.get(0)));
  }

  @Override
  public LabelAnswer answer(TextExample example, double[] probabilities) {
    return LabelAnswer.of(labels(), texts.labelNames(), probabilities);
  }

  @Override
  public Scores score(List<TextExample> examples, List<Answer> answers) {
    int[] truth = examples.stream().mapToInt(e -> texts.labelIndex(e.label())).toArray();
    int[] predicted =
        answers.stream().mapToInt(a -> texts.labelIndex(((LabelAnswer) a).label())).toArray();
    Scores usual =
        LabelScores.of(
            ClassificationMetrics.of(truth, predicted, labels().size()),
            labels().stream().map(texts::labelName).toList(),
            texts.metricNames().stream().map(Metric::of).toList());
    return scoring.of(usual, examples, answers);
  }

  @Override
  public Map<String, String> fields(TextExample example) {
    Map<String, String> fields = new LinkedHashMap<>();
    example.columns().forEach((column, value) -> fields.put(column, value.toString()));
    fields.put("text_a", example.text());
    texts.text().singleColumn().forEach(column -> fields.putIfAbsent(column, example.text()));
    if (example.hasPair()) {
      fields.put("text_b", example.pair());
      texts.pair().singleColumn().forEach(column -> fields.putIfAbsent(column, example.pair()));
    }
    return fields;
  }

  @Override
  public OptionalInt labelIndex(TextExample example) {
    return example.hasLabel()
        ? OptionalInt.of(texts.labelIndex(example.label()))
        : OptionalInt.empty();
  }
}
