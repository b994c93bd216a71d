package org.ptuning4j.task.choice;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.PreparedLabelledTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * A choice, as a model is asked it.
 *
 * @param task what it is
 */
public record PreparedChoice(ChoiceTask task) implements PreparedLabelledTask<ChoiceExample> {

  @Override
  public HeadSpec head(HeadOptions options) {
    return LinearHeadSpec.choice(options.inputOrDefault(), options.dropout());
  }

  @Override
  public List<Item> items(ChoiceExample example, ItemEncoder encoder) {
    List<TokenRow> rows =
        example.candidates().stream()
            .map(each -> encoder.row(example.context(), each, task.truncation().strategy()))
            .toList();
    Item item = Item.ofCandidates(rows);
    return List.of(
        example.hasAnswer() ? item.withTarget(new Target.Choice(example.answer())) : item);
  }

  @Override
  public Answer answer(ChoiceExample example, List<Item> items, List<float[]> scores) {
    return answer(example, Softmax.of(scores.get(0)));
  }

  @Override
  public ChoiceAnswer answer(ChoiceExample example, double[] probabilities) {
    return ChoiceAnswer.of(example.candidates(), probabilities);
  }

  @Override
  public Scores score(List<ChoiceExample> examples, List<Answer> answers) {
    if (examples.isEmpty() || examples.size() != answers.size()) {
      throw InvalidInputException.of(
          "%d examples and %d answers: there must be as many, at least one",
          examples.size(), answers.size());
    }
    int right = 0;
    for (int i = 0; i < examples.size(); i++) {
      right += ((ChoiceAnswer) answers.get(i)).index() == examples.get(i).answer() ? 1 : 0;
    }
    return Scores.of(Map.of(ChoiceTask.ACCURACY, (double) right / examples.size()));
  }

  /** The columns, the context as {@code text_a}, and {@code choice1}, {@code choice2}, …. */
  @Override
  public Map<String, String> fields(ChoiceExample example) {
    Map<String, String> fields = new LinkedHashMap<>();
    example.columns().forEach((column, value) -> fields.put(column, value.toString()));
    for (int i = 0; i < example.candidates().size(); i++) {
      fields.putIfAbsent("choice" + (i + 1), example.candidates().get(i));
    }
    fields.put("text_a", example.context());
    return fields;
  }

  @Override
  public List<String> candidates(ChoiceExample example) {
    return example.candidates();
  }

  @Override
  public OptionalInt labelIndex(ChoiceExample example) {
    return example.hasAnswer() ? OptionalInt.of(example.answer()) : OptionalInt.empty();
  }
}
