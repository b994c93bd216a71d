package org.ptuning4j.task;

import java.util.List;
import java.util.Map;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.Truncation;

/** A task that says no more than it must, as an extension's first one does. */
record PlainTask(Example example) implements Task<Example> {

  /** How many bytes an input has, which is no label. */
  record Size(int bytes) implements Answer {

    @Override
    public String text() {
      return bytes + " bytes";
    }

    @Override
    public Map<String, Object> fields() {
      return Map.of("bytes", bytes);
    }
  }

  /** With one example, whatever the file. */
  PlainTask() {
    this(new TextExample(1, "a text", null, null));
  }

  @Override
  public TaskInfo info() {
    return TaskInfo.of("sizes", "how long it is", List.of("near"), Truncation.to(16));
  }

  @Override
  public String kind() {
    return "plain";
  }

  @Override
  public TaskInputs inputs() {
    return TaskInputs.of(TaskInputs.Field.text("text", "text"));
  }

  @Override
  public AnswerSchema answerSchema() {
    return AnswerSchema.of(
        new AnswerSchema.Field("bytes", AnswerSchema.Type.WHOLE_NUMBER, "its length"));
  }

  @Override
  public Examples<Example> read(InputFile file) {
    BadRow bad = Source.ofLine(2).bad("odd");
    return new Examples<>(file.path(), "", List.of(example), List.of(bad));
  }

  @Override
  public Examples<Example> readUnlabelled(InputFile file) {
    return new Examples<>(file.path(), "", List.of(example), List.of());
  }

  @Override
  public Example readRow(Row row) {
    return new TextExample(row.line(), String.valueOf(row.get("text")), null, null);
  }

  @Override
  public Prepared prepare(Preparation<Example> by) {
    return new Prepared(this);
  }

  @Override
  public Map<String, Object> definition() {
    return Map.of("kind", kind());
  }

  /** The same, as it is asked. */
  record Prepared(PlainTask task) implements PreparedTask<Example> {

    @Override
    public HeadSpec head(HeadOptions options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Item> items(Example example, ItemEncoder encoder) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Answer answer(Example example, List<Item> items, List<float[]> scores) {
      return new Size(7);
    }

    @Override
    public Scores score(List<Example> examples, List<Answer> answers) {
      return Scores.of(Map.of("near", 1.0));
    }
  }
}
