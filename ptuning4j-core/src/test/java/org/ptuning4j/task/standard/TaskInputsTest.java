package org.ptuning4j.task.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.lama.Fact;
import org.ptuning4j.data.question.QuestionExample;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.lama.LamaTask;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.text.TextTokenizer;

/** What tasks take and answer, and that only prepared ones can be asked. */
class TaskInputsTest {

  private static Task<?> own(String kind) {
    return TaskKinds.standard()
        .read(Map.of("kind", kind, "name", "own", "text", "review", "label_column", "stars"));
  }

  private static ClozeTask<?> cloze(String name) {
    LabelledTask<?> base = Tasks.standard().get(name).labelled().orElseThrow();
    return ClozeTask.of(base);
  }

  static Stream<Task<?>> tasksOnOneText() {
    return Stream.of(
        own("sequence-classification"),
        own("regression"),
        own("multi-label"),
        Tasks.standard().get("sst2"),
        cloze("sst2"),
        Tasks.standard().get("conll03"),
        LamaTask.of("P17"));
  }

  /** Whatever the column was called in training. */
  @ParameterizedTest
  @MethodSource("tasksOnOneText")
  void tasksOnOneTextTakePlainTextsAndOtherColumns(Task<?> task) throws UnusableRowException {
    assertThat(task.inputs().areTexts(1)).isTrue();
    Example plain = task.ofTexts(7, List.of("A warm film"));
    assertThat(plain.line()).isEqualTo(7);
    assertThat(plain.toString()).contains("warm");
    String name = task.inputs().texts().get(0);
    Row other = new Row(8, Map.of("comment", "A warm film"));
    assertThat(task.readRow(other, Map.of(name, Template.of("comment"))).toString())
        .contains("warm");
    assertThatThrownBy(() -> task.readRow(other)).isInstanceOf(UnusableRowException.class);
    assertThatThrownBy(() -> task.ofTexts(1, List.of("a", "b")))
        .isInstanceOf(UnusableRowException.class)
        .hasMessage("it takes one text, and there are two");
    for (String nothing : List.of("", " ", "\u200b")) {
      assertThatThrownBy(() -> task.ofTexts(1, List.of(nothing)))
          .as(task.kind())
          .isInstanceOf(UnusableRowException.class)
          .hasMessageContaining(nothing.isBlank() ? "is empty" : "holds nothing visible");
    }
  }

  @Test
  void tasksOnTwoTextsTakeThemInTheirOrder() throws UnusableRowException {
    Task<?> questions = Tasks.standard().get("squad2");
    QuestionExample example = (QuestionExample) questions.ofTexts(1, List.of("Who?", "Ada did."));
    assertThat(example.question()).isEqualTo("Who?");
    assertThat(example.context()).isEqualTo("Ada did.");
    for (Task<?> task : List.of(Tasks.standard().get("rte"), cloze("rte"))) {
      assertThatThrownBy(() -> task.ofTexts(1, List.of("a")))
          .hasMessage("it takes two texts (text, pair), and there is only one");
    }
    assertThatThrownBy(() -> Tasks.standard().get("srl").ofTexts(1, List.of("a")))
        .hasMessageContaining("columns of its own (text, predicate)");
  }

  @Test
  void headersAreToldFromTexts() {
    assertThat(cloze("rte").inputs().isHeader(List.of("premise", "hypothesis"))).isTrue();
    assertThat(cloze("rte").inputs().isHeader(List.of("premise", "x"))).isFalse();
    Map<String, Template> sources = Map.of("text", Template.of("comment"));
    assertThat(own("regression").inputs().from(sources).isHeader(List.of("comment"))).isTrue();
    Map<String, Template> wrong = Map.of("pair", Template.of("comment"));
    assertThatThrownBy(() -> own("regression").inputs().from(wrong))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("there is no text 'pair'; the texts are: text");
  }

  @Test
  void answersHaveTheFieldsOfTheirSchema() throws UnusableRowException {
    LabelAnswer answer = LabelAnswer.of(List.of("a", "b"), Map.of(), new double[] {0.25, 0.75});
    assertThat(answer.fields().keySet())
        .containsExactlyElementsOf(Tasks.standard().get("rte").answerSchema().names());
    Fact fact = LamaTask.of("P17").ofTexts(1, List.of("Paris"));
    assertThat(fact.subject()).isEqualTo("Paris");
    for (Task<?> task : Tasks.standard().all()) {
      assertThat(task.answerSchema().names()).doesNotHaveDuplicates().isNotEmpty();
      assertThat(task.inputs().fields()).isNotEmpty();
    }
  }

  @Test
  void aDefinitionCannotBeAskedByConstruction() {
    assertThat(Arrays.stream(Task.class.getMethods()).map(Method::getName))
        .doesNotContain("head", "items", "answer", "score", "tune", "on", "learn")
        .contains("prepare");
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {"sequence-classification", "multi-label"})
  void aPackHasToNameItsLabels(String kind, @TempDir Path folder) throws IOException {
    try (TextTokenizer tokenizer = SuperGlueTasksTest.open(folder)) {
      assertThatThrownBy(() -> own(kind).prepare(Preparation.complete(tokenizer)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("task.labels: missing");
    }
  }

  /** The words that stood around every text in training stand around one that is typed, too. */
  @Test
  void aPlainTextIsPutIntoTheTaskTemplate() throws UnusableRowException {
    for (String kind : List.of("sequence-classification", "regression", "multi-label")) {
      Task<?> task =
          TaskKinds.standard()
              .read(
                  Map.of(
                      "kind", kind, "name", "own", "text", "Review: {review}.", "pair", "{title}"));
      assertThat(typed(task, "A warm film", "Ada"))
          .containsExactly("Review: A warm film.", "Ada")
          .isEqualTo(read(task, Map.of("review", "A warm film", "title", "Ada")));
    }
    Task<?> wic = Tasks.standard().get("wic"); // whose text is made of several columns
    assertThat(typed(wic, "bank: a b")).containsExactly("bank: a b");
  }

  private static <E extends Example> List<String> typed(Task<E> task, String... texts)
      throws UnusableRowException {
    return task.content(task.ofTexts(1, List.of(texts))).texts();
  }

  private static <E extends Example> List<String> read(Task<E> task, Map<String, Object> columns)
      throws UnusableRowException {
    return task.content(task.readRow(new Row(1, columns))).texts();
  }

  private static <E extends Example> List<String> named(Task<E> task, Map<String, Object> values)
      throws UnusableRowException {
    return task.content(task.ofValues(1, values)).texts();
  }

  @Test
  void valuesAreTakenByTheNamesOfTheInputsOrByTheColumns() throws UnusableRowException {
    for (Task<?> rte : List.of(Tasks.standard().get("rte"), cloze("rte"))) {
      assertThat(named(rte, Map.of("text", "A man sleeps.", "pair", "He sleeps.")))
          .containsExactly("A man sleeps.", "He sleeps.")
          .isEqualTo(named(rte, Map.of("premise", "A man sleeps.", "hypothesis", "He sleeps.")))
          .isEqualTo(named(rte, Map.of("text", "A man sleeps.", "hypothesis", "He sleeps.")));
    }
    for (Task<?> task : List.of(own("regression"), own("multi-label"))) {
      Map<String, Object> row = Map.of("text", "warm", "review", "cold", "id", 7);
      assertThat(named(task, row)).containsExactly("cold").isEqualTo(read(task, row));
      assertThat(task.inputs().unread(row)).containsExactlyInAnyOrder("text", "id");
      assertThat(task.inputs().unread(Map.of("text", "warm", "id", 7))).containsExactly("id");
      assertThat(named(task, Map.of("review", "cold"))).containsExactly("cold");
    }
    Task<?> wic = Tasks.standard().get("wic"); // whose text is made of several columns
    assertThat(named(wic, Map.of("text", "bank: a b"))).containsExactly("bank: a b");
    assertThat(
            Tasks.standard()
                .get("srl")
                .ofValues(1, Map.of("text", "The dog sleeps", "predicate", 2))
                .toString())
        .contains("sleeps");
  }

  /** A column of one text may be called as the field of the other. */
  @Test
  void namesOfInputsComeBeforeColumns() throws UnusableRowException {
    Task<?> crossed =
        TaskKinds.standard()
            .read(
                Map.of("kind", "regression", "name", "own", "text", "{review}", "pair", "{text}"));
    assertThat(named(crossed, Map.of("text", "one", "pair", "two"))).containsExactly("one", "two");
    assertThat(crossed.inputs().unread(Map.of("text", "one", "pair", "two"))).isEmpty();
    assertThat(crossed.inputs().unread(Map.of("review", "one", "text", "two"))).isEmpty();
    assertThat(named(crossed, Map.of("review", "one", "text", "two")))
        .containsExactly("one", "two");
  }

  @Test
  void whatIsMissingAmongValuesIsNamed() {
    Task<?> rte = Tasks.standard().get("rte");
    assertThatThrownBy(() -> rte.ofValues(1, Map.of("text", "a")))
        .isInstanceOf(UnusableRowException.class)
        .hasMessage("'pair' is missing; it takes: text, pair");
    assertThatThrownBy(() -> Tasks.standard().get("srl").ofValues(1, Map.of("text", "a b")))
        .isInstanceOf(UnusableRowException.class)
        .hasMessage("'predicate' is missing; it takes: text, predicate");
    assertThatThrownBy(() -> rte.ofValues(1, Map.of("text", 3, "pair", "b")))
        .isInstanceOf(UnusableRowException.class)
        .hasMessageContaining("where text is needed");
    assertThatThrownBy(() -> own("regression").ofValues(1, Map.of()))
        .hasMessage("'text' is missing; it takes: text");
  }

  /** Odd characters are not a matter of the task's kind; texts that show nothing are refused. */
  @Test
  void allKindsTakeTheSameTexts() throws UnusableRowException {
    for (String text : List.of("\uD83D", "a\u0000b")) {
      for (String kind : List.of("sequence-classification", "regression", "multi-label")) {
        assertThat(typed(own(kind), text)).containsExactly(text);
      }
    }
  }
}
