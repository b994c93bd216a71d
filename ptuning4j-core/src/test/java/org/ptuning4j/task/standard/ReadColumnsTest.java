package org.ptuning4j.task.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.lama.LamaTask;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ClozeTemplate;

/**
 * Each column that a task reads of a row is one that its inputs name: a server, which refuses what
 * no task reads, takes the rows that a file may have.
 */
class ReadColumnsTest {

  private static Task<?> standard(String name) {
    return Tasks.standard().get(name);
  }

  private static Task<?> own(String kind) {
    return TaskKinds.standard()
        .read(Map.of("kind", kind, "name", "own", "text", "{title}: {review}"));
  }

  private static Task<?> cloze(LabelledTask<?> base, String template) {
    Map<String, List<String>> words = new LinkedHashMap<>();
    base.labels().forEach(label -> words.put(label, List.of(label)));
    return ClozeTask.of(base, new Cloze(ClozeTemplate.parse(template), words));
  }

  private static LabelledTask<?> labelled(String name) {
    return standard(name).labelled().orElseThrow();
  }

  private static Arguments row(Task<?> task, Object... namesAndValues) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return Arguments.of(task, row);
  }

  /** A row of every kind of task, with all that is read of it. */
  static Stream<Arguments> rows() {
    return Stream.of(
        row(standard("sst2"), "sentence", "A warm film."),
        row(standard("rte"), "premise", "A b.", "hypothesis", "B."),
        row(standard("wic"), "word", "bed", "sentence1", "A bed.", "sentence2", "My bed."),
        row(
            standard("copa"),
            "premise",
            "It rained.",
            "question",
            "effect",
            "choice1",
            "Wet.",
            "choice2",
            "Dry."),
        row(standard("multirc"), "paragraph", "A town.", "question", "What?", "answer", "A town."),
        row(
            standard("record"),
            "passage",
            "Ada came.",
            "query",
            "@placeholder came.",
            "entities",
            List.of("Ada", "Bob")),
        row(
            standard("wsc"),
            "text",
            "Ada saw her.",
            "span1_text",
            "Ada",
            "span1_index",
            0,
            "span2_text",
            "her",
            "span2_index",
            2),
        row(
            standard("wsc"),
            "text",
            "Ada saw her.",
            "target",
            Map.of("span1_text", "Ada", "span1_index", 0, "span2_text", "her", "span2_index", 2)),
        row(standard("axg"), "premise", "A b.", "hypothesis", "B."),
        row(own("regression"), "title", "One", "review", "Fine."),
        row(own("multi-label"), "title", "One", "review", "Fine."),
        row(standard("conll03"), "words", List.of("Ada", "came")),
        row(standard("srl"), "words", List.of("Ada", "came"), "predicate", 1, "lemma", "come"),
        row(standard("squad2"), "question", "Who?", "context", "Ada came."),
        row(
            cloze(labelled("rte"), "{text_a} {topic} {mask} {text_b}"),
            "premise",
            "A b.",
            "hypothesis",
            "B.",
            "topic",
            "Letters"),
        row(
            cloze(labelled("copa"), "{text_a} {connective} {mask}"),
            "premise",
            "It rained.",
            "question",
            "effect",
            "choice1",
            "Wet.",
            "choice2",
            "Dry."),
        row(LamaTask.of("P17"), "sub_label", "Paris"),
        row(own("text-generation"), "title", "One", "review", "Fine."),
        row(own("likelihood"), "title", "One", "review", "Fine."));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsReadIsAmongTheInputs(Task<?> task, Map<String, Object> row)
      throws UnusableRowException {
    TaskInputs inputs = task.inputs();
    assertThat(inputs.unread(row)).isEmpty();
    String whole = task.ofValues(1, row).toString();
    for (String column : row.keySet()) {
      Map<String, Object> without = new LinkedHashMap<>(row);
      without.remove(column);
      assertThat(read(task, without)).as("without %s", column).isNotEqualTo(whole);
    }
    Map<String, Object> more = new LinkedHashMap<>(row);
    more.put("sentiment_of_nobody", "x");
    assertThat(inputs.unread(more)).containsExactly("sentiment_of_nobody");
  }

  private static String read(Task<?> task, Map<String, Object> row) {
    try {
      return task.readRow(new Row(1, row)).toString();
    } catch (UnusableRowException e) {
      return "no example";
    }
  }

  @Test
  void everyKindIsHere() {
    TreeSet<String> kinds = new TreeSet<>();
    rows().forEach(row -> kinds.add(((Task<?>) row.get()[0]).kind()));
    assertThatThrownBy(() -> TaskKinds.standard().read(Map.of("kind", "none", "name", "none")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("known are: ")
        .satisfies(
            e -> {
              String known = e.getMessage().replaceFirst(".*known are: ", "");
              assertThat(kinds).containsExactlyInAnyOrder(known.split(", "));
            });
  }

  /** Columns of a template that the task fills itself are read of no row. */
  @Test
  void whatATaskFillsItselfIsNotRead() {
    Task<?> copa = cloze(labelled("copa"), "{text_a} {connective} {mask}");
    assertThat(copa.inputs().further()).containsExactly("question");
    Task<?> wsc = cloze(labelled("wsc"), "{marked_text} {mask} {text_a}");
    assertThat(wsc.inputs().further()).containsExactly("span1_index", "span2_index");
  }
}
