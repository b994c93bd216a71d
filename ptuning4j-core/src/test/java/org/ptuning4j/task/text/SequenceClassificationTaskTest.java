package org.ptuning4j.task.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.task.Tables;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.text.Truncation;

class SequenceClassificationTaskTest {

  private static final SequenceClassificationTask PAIRS =
      SequenceClassificationTask.onPair(
          "nli", Template.column("premise"), Template.parse("Is {hypothesis}?"), "label");

  private static final SequenceClassificationTask TEXTS =
      SequenceClassificationTask.onText("mood", Template.column("text"), "mood");

  @Test
  void rowsBecomeExamples() {
    Table table =
        Tables.jsonl(
            "{\"premise\":\"p\",\"hypothesis\":\"h\",\"label\":\"yes\",\"idx\":0}",
            "",
            "{\"premise\":\"q\",\"hypothesis\":\"i\",\"label\":\" no \"}");
    Examples<TextExample> examples = PAIRS.readLabelled(table);
    assertThat(examples.badRows()).isEmpty();
    assertThat(examples.examples())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("source")
        .containsExactly(
            new TextExample(1, "p", "Is h?", "yes", table.rows().get(0).columns()),
            new TextExample(3, "q", "Is i?", "no", table.rows().get(1).columns()));
    assertThat(examples.fingerprint()).isEqualTo(table.fingerprint());
  }

  @Test
  void labelsKeepTheirTextWhateverTheirJsonType() {
    Table table =
        Tables.jsonl(
            "{\"text\":\"a\",\"mood\":true}",
            "{\"text\":\"b\",\"mood\":false}",
            "{\"text\":\"c\",\"mood\":12}",
            "{\"text\":\"d\",\"mood\":\"sad\"}");
    assertThat(TEXTS.readLabelled(table).examples())
        .extracting(TextExample::label)
        .containsExactly("true", "false", "12", "sad");
  }

  @Test
  void unusableRowsAreBadRowsInTheOrderOfTheirLines() {
    Table table =
        Tables.jsonl(
            "{\"text\":\"fine\",\"mood\":\"sad\"}",
            "{\"mood\":\"sad\"}",
            "not json",
            "{\"text\":\"  \",\"mood\":\"sad\"}",
            "{\"text\":5,\"mood\":\"sad\"}",
            "{\"text\":null,\"mood\":\"sad\"}",
            "{\"text\":[\"a\"],\"mood\":\"sad\"}",
            "{\"text\":\"a\"}",
            "{\"text\":\"a\",\"mood\":\"\"}",
            "{\"text\":\"a\",\"mood\":[1]}",
            "{\"text\":\"a\",\"mood\":\"mad\"}");
    Examples<TextExample> examples = TEXTS.withLabels(List.of("glad", "sad")).readLabelled(table);
    assertThat(examples.examples()).extracting(TextExample::line).containsExactly(1);
    assertThat(examples.badRows())
        .extracting(BadRow::line)
        .containsExactly(2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(examples.badRows())
        .filteredOn(row -> row.line() != 3)
        .extracting(BadRow::cause)
        .containsExactly(
            "column 'text' is missing",
            "column 'text' is empty",
            "column 'text' holds a number (5) where text is needed",
            "column 'text' is missing",
            "column 'text' holds a list ([a]) where text is needed",
            "label column 'mood' is empty",
            "label column 'mood' is empty",
            "label column 'mood' holds a list ([1]) where text, a number or a boolean is needed",
            "label 'mad' is none of the labels: glad, sad; did you mean 'sad'?");
  }

  @Test
  void longValuesAndManyLabelsAreShortened() {
    List<String> labels = IntStream.range(0, 30).mapToObj(i -> "l" + i).toList();
    Table table = Tables.jsonl("{\"text\":\"a\",\"mood\":\"" + "😀".repeat(500) + "\"}");
    String cause = TEXTS.withLabels(labels).readLabelled(table).badRows().get(0).cause();
    assertThat(cause).contains("'" + "😀".repeat(60) + "…'").endsWith("l18, l19, … (30 in all)");
  }

  @Test
  void predictionLooksAtNoLabel() {
    Table unlabelled = Tables.jsonl("{\"text\":\"a\"}", "{\"text\":\"\"}");
    Examples<TextExample> examples =
        TEXTS.withLabels(List.of("glad", "sad")).readUnlabelled(unlabelled);
    assertThat(examples.examples())
        .containsExactly(new TextExample(1, "a", null, null, unlabelled.rows().get(0).columns()));
    assertThat(examples.badRows())
        .containsExactly(new BadRow(2, "column 'text' is empty", BadRow.Lack.TEXT));
    Table otherLabels = Tables.jsonl("{\"text\":\"a\",\"mood\":\"mad\"}");
    assertThat(TEXTS.readUnlabelled(otherLabels).examples()).hasSize(1);
  }

  @Test
  void missingColumnsAreErrorsOfTheFile() {
    Table table =
        Tables.jsonl(
            IntStream.range(0, 10)
                .mapToObj(i -> "{\"sentence\":\"text " + i + "\",\"class\":" + i % 2 + "}")
                .toArray(String[]::new));
    assertThatThrownBy(() -> TEXTS.readLabelled(table))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "data.jsonl has no column 'text'; its columns are: sentence, class; did you mean"
                + " 'sentence'?");
    assertThatThrownBy(
            () ->
                SequenceClassificationTask.onText("t", Template.column("sentence"), "stars")
                    .readLabelled(table))
        .hasMessage(
            "data.jsonl has no column 'stars' (the label); its columns are: sentence, class; did"
                + " you mean 'class'?");
    assertThatThrownBy(() -> PAIRS.readUnlabelled(table)).hasMessageContaining("'premise'");
  }

  @Test
  void labelsAreInferredSorted() {
    Table table =
        Tables.jsonl(
            "{\"text\":\"a\",\"mood\":\"sad\"}",
            "{\"text\":\"b\",\"mood\":\"glad\"}",
            "{\"text\":\"c\",\"mood\":\"sad\"}");
    SequenceClassificationTask task = TEXTS.learnt(TEXTS.readLabelled(table));
    assertThat(TEXTS.hasLabels()).isFalse();
    assertThat(task.labels()).containsExactly("glad", "sad");
    assertThat(task.labelIndex("sad")).isEqualTo(1);
    assertThatThrownBy(() -> task.labelIndex("mad")).isInstanceOf(IllegalArgumentException.class);
    assertThat(task.learnt(TEXTS.readLabelled(Tables.jsonl("{\"text\":\"a\",\"mood\":1}"))))
        .isSameAs(task);
  }

  @Test
  void columnThatCannotBeTheLabelIsRefused() {
    Table same = Tables.jsonl("{\"text\":\"a\",\"mood\":1}", "{\"text\":\"b\",\"mood\":1}");
    assertThatThrownBy(() -> TEXTS.learnt(TEXTS.readLabelled(same)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "data.jsonl has only the label '1' in column 'mood'; a classification needs two at"
                + " least");
    Table numbered =
        Tables.jsonl(
            IntStream.range(0, 40)
                .mapToObj(i -> "{\"text\":\"a\",\"mood\":" + Math.min(i, 30) + "}")
                .toArray(String[]::new));
    assertThatThrownBy(() -> TEXTS.learnt(TEXTS.readLabelled(numbered)))
        .hasMessage(
            "data.jsonl: column 'mood' has 31 different values in 40 rows, so it cannot be the"
                + " label");
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> SequenceClassificationTask.onText("a b", Template.column("t"), "l"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("task name 'a b'");
    assertThatThrownBy(() -> SequenceClassificationTask.onText("a", Template.column("t"), " "))
        .hasMessageContaining("label column has no name");
    assertThatThrownBy(() -> TEXTS.withLabels(List.of("x")))
        .hasMessageContaining("'x' is its only label");
    assertThatThrownBy(() -> TEXTS.withLabels(List.of("x", "y", "x")))
        .hasMessageContaining("'x' and 'x' are the same label");
    assertThat(TEXTS.withLabels(List.of("x", " y\u00a0")).labels()).containsExactly("x", "y");
    assertThatThrownBy(() -> TEXTS.withMetrics()).hasMessageContaining("no metric");
    assertThatThrownBy(() -> TEXTS.withMetrics(Metric.BINARY_F1).withLabels(List.of("x", "y", "z")))
        .hasMessageContaining("binary_f1 is for two labels, there are 3");
  }

  @Test
  void changesLeaveTheRestAlone() {
    SequenceClassificationTask task =
        TEXTS
            .withLabels(List.of("x", "y"))
            .withMetrics(Metric.MCC, Metric.ACCURACY)
            .withTruncation(Truncation.to(64));
    assertThat(task.primaryMetric()).isEqualTo("mcc");
    assertThat(task.truncation().maxLength()).isEqualTo(64);
    assertThat(task.labels()).containsExactly("x", "y");
    assertThat(
            task.withLabels(TEXTS.labels())
                .withMetrics(TEXTS.metricNames().stream().map(Metric::of).toArray(Metric[]::new))
                .withTruncation(TEXTS.truncation()))
        .isEqualTo(TEXTS);
    assertThat(task.hasPair()).isFalse();
    assertThat(PAIRS.hasPair()).isTrue();
    assertThat(task.labelName("x")).isEqualTo("x");
  }

  private static Examples<TextExample> withLabels(int labels, int rows) {
    return TEXTS.readLabelled(
        Tables.jsonl(
            IntStream.range(0, rows)
                .mapToObj(i -> "{\"text\":\"t" + i + "\",\"mood\":\"m" + i % labels + "\"}")
                .toArray(String[]::new)));
  }

  /** A value for nearly every row is an id or a text; a few rows may well have as many labels. */
  @Test
  void aColumnWithTooManyValuesIsNoLabel() {
    assertThat(TEXTS.learnt(withLabels(20, 20)).labels()).hasSize(20);
    assertThat(TEXTS.learnt(withLabels(21, 42)).labels()).hasSize(21);
    Examples<TextExample> many = withLabels(21, 41);
    assertThatThrownBy(() -> TEXTS.learnt(many))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has 21 different values in 41 rows");
  }
}
