package org.ptuning4j.task.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.table.Table;

class TemplateTest {

  private static final Row ROW =
      new Row(7, Map.of("word", "bank", "s1", "by the river", "n", 3, "blank", " \t", "ok", true));

  @ParameterizedTest
  @CsvSource({
    "{s1},by the river",
    "{word}: {s1},bank: by the river",
    "{{{word}}} {{}},{bank} {}",
    "{ word }{word},bankbank",
    "{sentence|s1|word},by the river",
    "Does $word mean \\1? {word},Does $word mean \\1? bank",
  })
  void columnsAreFilledIn(String template, String text) throws UnusableRowException {
    assertThat(Template.parse(template).render(ROW)).isEqualTo(text);
    assertThat(Template.parse(template).source()).isEqualTo(template);
  }

  @Test
  void textOfAColumnIsNoTemplate() throws UnusableRowException {
    Row row = new Row(1, Map.of("text", "{word} }} {{"));
    assertThat(Template.column("text").render(row)).isEqualTo("{word} }} {{");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{premise#character 1: an opening brace that is never closed ({{ writes a brace itself)",
        "a } b#character 3: a closing brace without an opening one (}} writes a brace itself)",
        "{a} {}#character 5: '' is no column's name",
        "{a|}#character 1: '' is no column's name",
        "{a {b}#character 1: 'a {b' is no column's name",
        "no column#character 1: no column in it; write a column's name in braces, such as"
            + " {sentence}",
        "''#character 1: no column in it; write a column's name in braces, such as {sentence}",
      })
  void errorsPointAtTheCharacter(String template, String message) {
    assertThatThrownBy(() -> Template.parse(template))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("template \"%s\", %s", template, message);
  }

  @ParameterizedTest
  @CsvSource({
    "{absent},column 'absent' is missing",
    "{absent|gone},column 'absent' or 'gone' is missing",
    "{word} {blank},column 'blank' is empty",
    "{n},column 'n' holds a number (3) where text is needed",
    "{ok},column 'ok' holds a boolean (true) where text is needed",
  })
  void rowsThatLackTextAreTold(String template, String cause) {
    assertThatThrownBy(() -> Template.parse(template).render(ROW))
        .isInstanceOf(UnusableRowException.class)
        .hasMessage(cause);
  }

  @Test
  void filledMeansEveryColumn() {
    assertThat(Template.parse("{word} {s1}").isFilled(ROW)).isTrue();
    assertThat(Template.parse("{word} {blank}").isFilled(ROW)).isFalse();
    assertThat(Template.parse("{absent}").isFilled(ROW)).isFalse();
  }

  @Test
  void columnsAreListedOnce() {
    assertThat(Template.parse("{b}{a|b} {c}").columns()).containsExactly("b", "a", "c");
  }

  @Test
  void columnOrTemplateIsToldByItsBrace() {
    assertThat(Template.of("text")).isEqualTo(Template.parse("{text}"));
    assertThat(Template.of("{a} b")).isEqualTo(Template.parse("{a} b"));
    assertThat(Template.of("text")).isNotEqualTo(Template.of("label"));
    assertThat(Template.of("text").hashCode()).isEqualTo(Template.of("{text}").hashCode());
    assertThat(Template.of("text")).hasToString("{text}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a|b", "a}"})
  void columnNamesWithSignsOfTheTemplateAreRefused(String name) {
    assertThatThrownBy(() -> Template.column(name))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot be used");
  }

  @Test
  void missingColumnsAreNamedWithTheLikelyOne() {
    Table table =
        new Table(
            Path.of("train.tsv"),
            FileFormat.TSV,
            List.of("idx", "sentence", "premise"),
            List.of(
                new Row(2, Map.of("idx", "0", "sentence", "a long sentence", "premise", "short"))),
            List.of(),
            "");
    Template.parse("{premise|other}").requireColumns(table);
    assertThatThrownBy(() -> Template.column("text").requireColumns(table))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "train.tsv has no column 'text'; its columns are: idx, sentence, premise; did you mean"
                + " 'sentence'?");
    assertThatThrownBy(() -> Template.parse("{sentence} {premis}").requireColumns(table))
        .hasMessage(
            "train.tsv has no column 'premis' (template \"{sentence} {premis}\", character 12); its"
                + " columns are: idx, sentence, premise; did you mean 'premise'?");
  }
}
