package org.ptuning4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.task.TaskInputs.Field;
import org.ptuning4j.task.TaskInputs.Kind;
import org.ptuning4j.task.template.Template;

/** From which columns a task's texts are read, and what is said where there are none. */
class TextsInColumnsTest {

  private static final TaskInputs PAIR =
      TaskInputs.of(Field.text("text", "{sentence|content}"), Field.text("pair", "title"));

  private static TaskInputs texts(int count) {
    Field[] fields = new Field[count];
    for (int i = 0; i < count; i++) {
      fields[i] = Field.text("t" + i, "c" + i);
    }
    return TaskInputs.of(fields);
  }

  /** The row's own sentence would be read instead of the comment that was asked for. */
  @Test
  void aTextOfAnotherColumnReplacesAllThatTheTaskWouldRead() throws UnusableRowException {
    Row row =
        new Row(3, 2, Map.of("sentence", "old", "comment", "new", "title", "kept", "label", 1));
    assertThat(PAIR.row(row, Map.of("text", Template.of("comment"))))
        .isEqualTo(
            new Row(3, 2, Map.of("comment", "new", "content", "new", "title", "kept", "label", 1)));
  }

  @Test
  void aTextMayBeMadeOfItsOwnColumn() throws UnusableRowException {
    Row row = new Row(1, Map.of("content", "a film", "title", "t"));
    assertThat(PAIR.row(row, Map.of("text", Template.of("Review: {content}"))).get("content"))
        .isEqualTo("Review: a film");
    Map<String, Template> swapped =
        Map.of("text", Template.of("title"), "pair", Template.of("content"));
    assertThat(PAIR.row(row, swapped))
        .isEqualTo(new Row(1, Map.of("content", "t", "title", "a film")));
  }

  @Test
  void plainTextsAreInTheLastOfTheColumns() throws UnusableRowException {
    assertThat(PAIR.row(7, List.of("a", "b")))
        .isEqualTo(new Row(7, Map.of("content", "a", "title", "b")));
  }

  @Test
  void aFileHasOneOfTheColumnsOfEachText() {
    assertThatCode(
            () -> PAIR.requireIn(Tables.jsonl("{\"sentence\":\"a\",\"title\":\"b\",\"x\":1}")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> PAIR.requireIn(Tables.jsonl("{\"content\":\"a\",\"titel\":\"b\"}")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "data.jsonl has no column 'title'; its columns are: content, titel; did you mean"
                + " 'titel'?");
    assertThatThrownBy(() -> PAIR.requireIn(Tables.jsonl("{\"title\":\"b\"}")))
        .hasMessageStartingWith("data.jsonl has no column 'sentence' or 'content'");
  }

  @Test
  void whatIsMissingOrTooMuchIsCounted() {
    assertThat(refusal(texts(1), 2)).isEqualTo("it takes one text, and there are two");
    assertThat(refusal(texts(1), 3)).isEqualTo("it takes one text, and there are 3");
    assertThat(refusal(texts(2), 1))
        .isEqualTo("it takes two texts (t0, t1), and there is only one");
    assertThat(refusal(texts(2), 3)).isEqualTo("it takes two texts (t0, t1), and there are 3");
    assertThat(refusal(texts(3), 1))
        .isEqualTo("it takes 3 texts (t0, t1, t2), and there is only one");
    assertThat(refusal(texts(3), 2))
        .isEqualTo("it takes 3 texts (t0, t1, t2), and there are only two");
    TaskInputs choice =
        TaskInputs.of(
            Field.text("context", "c"), new Field("candidates", Kind.TEXTS, Template.of("all")));
    assertThat(refusal(choice, 1))
        .isEqualTo("it takes rows with columns of its own (context, candidates), not one text");
    assertThat(refusal(choice, 2))
        .isEqualTo("it takes rows with columns of its own (context, candidates), not two texts");
  }

  private static String refusal(TaskInputs inputs, int given) {
    try {
      inputs.requireTexts(given);
      return "none";
    } catch (UnusableRowException e) {
      return e.getMessage();
    }
  }

  @Test
  void aTaskTakesSomething() {
    assertThatThrownBy(TaskInputs::of).isInstanceOf(IllegalArgumentException.class);
  }
}
