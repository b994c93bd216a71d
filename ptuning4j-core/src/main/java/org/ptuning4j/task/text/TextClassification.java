package org.ptuning4j.task.text;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.template.Cloze;

/**
 * A classification of texts, on given labels, with something of its own: how files are read, or
 * what is measured.
 */
public interface TextClassification extends LabelledTask<TextExample> {

  /** The plain classification. */
  SequenceClassificationTask base();

  @Override
  default TaskInfo info() {
    return base().info();
  }

  @Override
  default AnswerSchema answerSchema() {
    return base().answerSchema();
  }

  @Override
  default ExampleContent content(TextExample example) {
    return base().content(example);
  }

  @Override
  default PreparedClassification prepare(Preparation<TextExample> by) {
    return new PreparedClassification(this, base(), PreparedClassification.Scoring.PLAIN);
  }

  @Override
  default List<String> labels() {
    return base().labels();
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
  default void requireSubmittable(List<TextExample> examples) {
    base().requireSubmittable(examples);
  }

  @Override
  default String submission(List<TextExample> examples, List<Answer> answers) {
    return base().submission(examples, answers);
  }
}
