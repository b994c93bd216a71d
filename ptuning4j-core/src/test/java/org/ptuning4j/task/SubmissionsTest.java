package org.ptuning4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.TextExample;

/** What a benchmark's server is sent: it takes an answer for the example whose number it has. */
class SubmissionsTest {

  private static TextExample example(int line, String column, Object number) {
    return new TextExample(line, "a text", null, null, Map.of(column, number));
  }

  private static Answer answer(String label) {
    return new LabelAnswer(label, label, Map.of(label, 1.0));
  }

  @Test
  void answersHaveTheNumbersOfTheirExamples() {
    List<TextExample> examples = List.of(example(1, "idx", 7), example(2, "idx", "12"));
    List<Answer> answers = List.of(answer("entailment"), answer("not_entailment"));
    assertThat(Submissions.labels("rte", examples, answers))
        .isEqualTo(
            "{\"idx\":7,\"label\":\"entailment\"}\n{\"idx\":12,\"label\":\"not_entailment\"}\n");
    assertThat(Submissions.labels("wsc", examples, List.of(answer("true"), answer("false"))))
        .isEqualTo("{\"idx\":7,\"label\":\"True\"}\n{\"idx\":12,\"label\":\"False\"}\n");
  }

  /** GLUE's own file numbers its lines in a column of another name than copies of it do. */
  @ParameterizedTest
  @ValueSource(strings = {"index", "idx"})
  void sst2HasColumns(String column) {
    List<TextExample> examples = List.of(example(1, column, 3), example(2, column, 9));
    assertThat(Submissions.labels("sst2", examples, List.of(answer("1"), answer("0"))))
        .isEqualTo("index\tprediction\n3\t1\n9\t0\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rte", "sst2"})
  void eachExampleHasOneAnswer(String task) {
    List<TextExample> examples = List.of(example(1, "idx", 3), example(2, "idx", 4));
    for (List<Answer> answers :
        List.of(List.of(answer("1")), List.of(answer("1"), answer("1"), answer("1")))) {
      assertThatThrownBy(() -> Submissions.labels(task, examples, answers))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("2 examples and %d answers: there must be as many", answers.size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rte", "sst2"})
  void eachNumberIsThatOfOneExample(String task) {
    List<TextExample> examples =
        List.of(example(1, "idx", 3), example(2, "idx", 4), example(5, "idx", "3"));
    assertThatThrownBy(
            () ->
                Submissions.labels(task, examples, List.of(answer("1"), answer("1"), answer("1"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("line 5: idx 3 is that of an earlier example; each needs its own");
    assertThatThrownBy(() -> Submissions.requireNumbers(task, examples))
        .hasMessage("line 5: idx 3 is that of an earlier example; each needs its own");
    assertThatCode(() -> Submissions.requireNumbers(task, examples.subList(0, 2)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "x", "1234567890", ""})
  void whatIsNoNumberOfTheServerIsNamed(String number) {
    assertThatThrownBy(() -> Submissions.requireNumbers("rte", List.of(example(4, "idx", number))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("line 4: column 'idx' is '%s'", number)
        .hasMessageEndingWith("must be the number by which the server knows the example");
  }

  @Test
  void aNumberThatIsNotThereIsMissing() {
    assertThatThrownBy(() -> Submissions.requireNumbers("rte", List.of(example(4, "index", 1))))
        .hasMessageStartingWith("line 4: column 'idx' is missing");
    assertThatThrownBy(() -> Submissions.requireNumbers("sst2", List.of(example(4, "id", 1))))
        .hasMessageStartingWith("line 4: column 'index' is missing");
  }

  /** A task of one's own is known to no server, whatever numbers its rows have. */
  @Test
  void onlyBuiltInTasksAreSubmitted() {
    List<TextExample> examples = List.of(example(1, "idx", 3));
    assertThatThrownBy(() -> Submissions.requireNumbers("mood", examples))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("task 'mood' has no server format; known are those of")
        .hasMessageContaining("question answering")
        .hasMessageContaining("axb, axg, boolq, cb, copa, multirc, record, rte, sst2, wic,");
    assertThatThrownBy(() -> Submissions.labels("mood", examples, List.of(answer("1"))))
        .hasMessageStartingWith("task 'mood' has no server format");
    assertThat(Submissions.file("mood")).isEmpty();
    assertThat(Submissions.file("axb")).contains("AX-b.jsonl");
  }
}
