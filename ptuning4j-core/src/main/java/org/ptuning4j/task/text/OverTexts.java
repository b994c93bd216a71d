package org.ptuning4j.task.text;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleFacts;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.Truncation;

/** A classification of texts with something of its own: how files are read, or what is measured. */
public interface OverTexts extends LabelledTask<TextExample> {

  /** The plain classification. */
  SequenceClassificationTask base();

  @Override
  default String name() {
    return base().name();
  }

  @Override
  default String description() {
    return base().description();
  }

  @Override
  default List<String> metricNames() {
    return base().metricNames();
  }

  @Override
  default Truncation truncation() {
    return base().truncation();
  }

  @Override
  default List<Preset> presets() {
    return base().presets();
  }

  @Override
  default HeadSpec head(HeadOptions options) {
    return base().head(options);
  }

  @Override
  default ExampleFacts facts(TextExample example) {
    return base().facts(example);
  }

  @Override
  default List<Item> items(TextExample example, ItemEncoder encoder) {
    return base().items(example, encoder);
  }

  @Override
  default Answer answer(TextExample example, List<Item> items, List<float[]> scores) {
    return base().answer(example, items, scores);
  }

  @Override
  default Answer answer(TextExample example, double[] probabilities) {
    return base().answer(example, probabilities);
  }

  @Override
  default Scores score(List<TextExample> examples, List<Answer> answers) {
    return base().score(examples, answers);
  }

  @Override
  default List<String> labels() {
    return base().labels();
  }

  @Override
  default Map<String, String> fields(TextExample example) {
    return base().fields(example);
  }

  @Override
  default OptionalInt labelIndex(TextExample example) {
    return base().labelIndex(example);
  }

  @Override
  default Optional<Cloze> cloze() {
    return base().cloze();
  }

  @Override
  default Optional<String> submissionFile() {
    return base().submissionFile();
  }

  @Override
  default String submission(List<TextExample> examples, List<Answer> answers) {
    return base().submission(examples, answers);
  }
}
