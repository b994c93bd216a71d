package org.ptuning4j.task.choice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.question.ReCordExample;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.metric.ReCordMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * ReCoRD, as a model is asked it.
 *
 * @param task what it is
 */
public record PreparedReCord(ReCordTask task) implements PreparedTask<ReCordExample> {

  @Override
  public HeadSpec head(HeadOptions options) {
    return LinearHeadSpec.eachCandidate(options.inputOrDefault(), options.dropout());
  }

  /** One item of one row for each entity, in their order. */
  @Override
  public List<Item> items(ReCordExample example, ItemEncoder encoder) {
    List<Item> items = new ArrayList<>();
    for (String entity : example.entities()) {
      TokenRow row =
          encoder.row(example.text(), example.filled(entity), task.truncation().strategy());
      Item item = Item.of(row);
      items.add(
          example.hasAnswers()
              ? item.withTarget(Target.LabelSet.of(example.isAnswer(entity)))
              : item);
    }
    return items;
  }

  @Override
  public Answer answer(ReCordExample example, List<Item> items, List<float[]> scores) {
    double[] probabilities =
        scores.stream().mapToDouble(score -> 1 / (1 + Math.exp(-score[0]))).toArray();
    int best = 0; // by the scores: probabilities of large ones are all 1
    for (int i = 1; i < probabilities.length; i++) {
      best = scores.get(i)[0] > scores.get(best)[0] ? i : best;
    }
    return new ChoiceAnswer(
        best,
        example.entities().get(best),
        java.util.Arrays.stream(probabilities).boxed().toList());
  }

  @Override
  public Scores score(List<ReCordExample> examples, List<Answer> answers) {
    ReCordMetrics scores =
        ReCordMetrics.of(
            examples.stream().map(ReCordExample::answers).toList(),
            answers.stream().map(Answer::text).toList());
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("f1", scores.f1());
    metrics.put("em", scores.exactMatch());
    return Scores.of(metrics);
  }
}
