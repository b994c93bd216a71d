package org.ptuning4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FieldsTest {

  private static final Fields FIELDS =
      new Fields(
          "task",
          Map.of(
              "name",
              "mine",
              "count",
              3,
              "whole",
              2.0,
              "share",
              0.5,
              "yes",
              true,
              "texts",
              List.of("a", 1, false),
              "numbers",
              List.of(1, 2.0),
              "mixed",
              Arrays.asList("a", null),
              "words",
              Map.of("x", "one", "y", 2),
              "rows",
              List.of(Map.of("at", 7), 8)));

  @Test
  void valuesAreReadByTheirTypes() {
    assertThat(FIELDS.string("name")).isEqualTo("mine");
    assertThat(FIELDS.text("count")).isEqualTo("3");
    assertThat(FIELDS.text("yes")).isEqualTo("true");
    assertThat(FIELDS.optionalText("name")).contains("mine");
    assertThat(FIELDS.optionalText("none")).isEmpty();
    assertThat(FIELDS.integer("count")).isEqualTo(3);
    assertThat(FIELDS.integer("whole")).isEqualTo(2);
    assertThat(FIELDS.integer("none", 9)).isEqualTo(9);
    assertThat(FIELDS.number("share")).isEqualTo(0.5);
    assertThat(FIELDS.number("count", 1)).isEqualTo(3);
    assertThat(FIELDS.number("none", 1)).isEqualTo(1);
    assertThat(FIELDS.flag("yes", false)).isTrue();
    assertThat(FIELDS.flag("none", true)).isTrue();
    assertThat(FIELDS.texts("texts")).containsExactly("a", "1", "false");
    assertThat(FIELDS.textsOrNone("none")).isEmpty();
    assertThat(FIELDS.integers("numbers")).containsExactly(1, 2);
    assertThat(FIELDS.textMap("words")).isEqualTo(Map.of("x", "one", "y", "2"));
    assertThat(FIELDS.textMap("none")).isEmpty();
    assertThat(FIELDS.object("words").path("x")).isEqualTo("task.words.x");
    assertThat(new Fields("", Map.of()).path("x")).isEqualTo("x");
  }

  private static Arguments refused(Consumer<Fields> reading, String message) {
    return Arguments.of(reading, message);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refused(f -> f.string("count"), "'task.count' is the number 3, must be a text"),
        refused(f -> f.text("texts"), "'task.texts' is a list, must be a text"),
        refused(f -> f.integer("share"), "'task.share' is the number 0.5, must be a whole number"),
        refused(f -> f.number("name"), "'task.name' is the text 'mine', must be a number"),
        refused(f -> f.flag("count", true), "'task.count' is the number 3, must be true or false"),
        refused(f -> f.list("words"), "'task.words' is an object, must be a list"),
        refused(f -> f.texts("mixed"), "'task.mixed' is a list, must be a list of texts"),
        refused(f -> f.texts("name"), "'task.name' is the text 'mine', must be a list of texts"),
        refused(
            f -> f.integers("texts"), "'task.texts' is a list, must be a list of whole numbers"),
        refused(f -> f.object("yes"), "'task.yes' is true, must be an object"),
        refused(f -> f.objects("rows"), "'task.rows[1]' is the number 8, must be an object"),
        refused(f -> f.text("nmae"), "no 'task.nmae' (there is 'name')"),
        refused(f -> f.text("zzzzzzzz"), "no 'task.zzzzzzzz'"),
        refused(
            f -> f.requireOnly(List.of("nam", "count")), "is not known; known are: nam, count"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatIsMissingOrOfAnotherTypeIsNamed(Consumer<Fields> reading, String message) {
    assertThatThrownBy(() -> reading.accept(FIELDS))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aNumberTooLargeForAnIntegerIsNone() {
    Fields fields = new Fields("", Map.of("n", 3_000_000_000L, "list", List.of(1e300)));
    assertThatThrownBy(() -> fields.integer("n")).hasMessageContaining("must be a whole number");
    assertThatThrownBy(() -> fields.integers("list")).hasMessageContaining("must be a list");
  }

  @Test
  void nullIsAsGoodAsAbsentAndSaysSo() {
    Map<String, Object> values = new HashMap<>();
    values.put("text", null);
    Fields fields = new Fields("", values);
    assertThat(fields.has("text")).isFalse();
    assertThatThrownBy(() -> fields.text("text")).hasMessage("no 'text' (it is null)");
  }
}
