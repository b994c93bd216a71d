package org.ptuning4j.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.predict.AnswerFields;
import org.ptuning4j.task.Answer;

/** Numbers of answers: no more digits than are good, none that JSON cannot hold. */
class AnswerFieldsTest {

  private record Said(Map<String, Object> fields) implements Answer {

    @Override
    public String text() {
      return "said";
    }
  }

  private static String written(Object value) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("value", value);
    return new Json().line(AnswerFields.of(new Said(fields)));
  }

  @Test
  void numbersKeepSixDigits() {
    assertThat(written(0.123456789)).isEqualTo("{\"value\":0.123457}");
    assertThat(written(1234.5678912)).isEqualTo("{\"value\":1234.567891}");
    assertThat(written(0.000012345678)).isEqualTo("{\"value\":1.23457E-5}");
    assertThat(written(-3.5e-20)).isEqualTo("{\"value\":-3.5E-20}");
    assertThat(written(0.0)).isEqualTo("{\"value\":0.0}");
    assertThat(written(7)).isEqualTo("{\"value\":7}");
    assertThat(written(List.of(Map.of("p", 0.3333333333)))).contains("{\"p\":0.333333}");
  }

  @Test
  void greatNumbersDoNotOverflow() {
    assertThat(written(Double.MAX_VALUE)).isEqualTo("{\"value\":1.7976931348623157E308}");
    assertThat(written(9.3e12)).isEqualTo("{\"value\":9.3E12}");
    assertThat(written(-4.2e15)).isEqualTo("{\"value\":-4.2E15}");
  }

  @Test
  void whatIsNoNumberIsNull() {
    assertThat(written(Double.NaN)).isEqualTo("{\"value\":null}");
    assertThat(written(Double.NEGATIVE_INFINITY)).isEqualTo("{\"value\":null}");
    assertThat(written(Float.POSITIVE_INFINITY)).isEqualTo("{\"value\":null}");
    assertThat(new Json().page(Map.of("f1", Double.NaN))).contains("\"f1\" : null");
    assertThat(new Json().line(List.of(Double.POSITIVE_INFINITY, 1.5f, 0.1)))
        .isEqualTo("[null,1.5,0.1]");
  }

  @Test
  void halvesOfCharactersAreFoundAndEscaped() {
    String half = "a\uD83Db";
    assertThat(Json.hasHalfCharacter(Map.of("words", List.of("fine", half)))).isTrue();
    assertThat(Json.hasHalfCharacter(Map.of(half, 1))).isTrue();
    assertThat(Json.hasHalfCharacter(Map.of("words", List.of("\uD83E\uDD80", 1)))).isFalse();
    assertThat(new Json().line(Map.of("id", half))).isEqualTo("{\"id\":\"a\\uD83Db\"}");
    assertThat(new Json().line("\uD83E\uDD80")).isEqualTo("\"\uD83E\uDD80\"");
  }
}
