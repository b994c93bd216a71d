package org.ptuning4j.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.InputSettings;

class JsonShapesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"t\":\"a\"}\n{\"t\":\"b\"}\n",
        "[{\"t\":\"a\"},{\"t\":\"b\"}]",
        "[\n  {\n    \"t\": \"a\"\n  },\n  {\n    \"t\": \"b\"\n  }\n]\n",
        "{\"data\":[{\"t\":\"a\"},{\"t\":\"b\"}]}",
        "{\n  \"version\": 1,\n  \"data\": [\n    {\"t\": \"a\"},\n    {\"t\": \"b\"}\n  ]\n}\n",
        "{\"version\": 1,\n \"data\": [{\"t\": \"a\"},\n {\"t\": \"b\"}]}\n",
        "{\"n\": 1,\n \"t\": \"a\"}\n{\"n\": 2,\n \"t\": \"b\"}\n",
        "{\"rows\":[{\"t\":\"a\"}]}\n{\"rows\":[{\"t\":\"b\"}]}\n",
        "{\"t\":\"a\"}{\"t\":\"b\"}\n",
        "{\n\"t\":\"a\"\n}\n{\n\"t\":\"b\"\n}\n",
      })
  void anyShapeIsRead(String text) {
    assertThat(entries(text, InputSettings.MAX_RECORD_BYTES))
        .extracting(entry -> ((Row) entry).get("t"))
        .containsExactly("a", "b");
  }

  /** A list within a record is a value of it, wherever in the file such a record comes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"t\":\"a\",\"items\":[{\"t\":\"x\"}]}\n{\"t\":\"b\",\"items\":[]}\n",
        "{\"t\":\"a\",\"items\":[]}\n{\"t\":\"b\",\"items\":[{\"t\":\"x\"}]}\n",
        "{\"items\":[{\"n\":1}],\"t\":\"a\"}\n\n{\"t\":\"b\"}\n",
        "{\"t\":\"a\",\"rows\":[]}\n{\"t\":\"b\",\"rows\":[]}\n",
      })
  void aListWithinALineIsAValue(String text) {
    anyShapeIsRead(text);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "`{\n'items':[{'u':'x'}],\n't':'a'\n}\n{\n't':'b'\n}`|object 2 has no such list",
        "`{\n'items':[{'u':'x'}],\n't':'a'\n}\n{\n'items':[{'u':'y'}]\n}`|there are several such"
            + " objects, with more in them: 't'",
        "`{'t':'a','items':[{'t':'x'}]}`|the object has 't' itself, as the list's elements do",
        "`{'rows':[{'t':'a'}]}\n{'t':'b'}`|object 2 has no such list",
      })
  void whatMayBeARecordOrAroundRecordsIsRefused(String text, String fault) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> entries(text.replace('\'', '"'), InputSettings.MAX_RECORD_BYTES))
        .withMessageStartingWith("data: line ")
        .withMessageContaining(fault)
        .withMessageContaining("if each object is a row");
  }

  @Test
  void recordsOnOneLineAreNumbered() {
    assertThat(entries("[{\"t\":1},7,{\"t\":2}]", InputSettings.MAX_RECORD_BYTES))
        .extracting(Entry::line, Entry::record)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1, 1),
            org.assertj.core.groups.Tuple.tuple(1, 2),
            org.assertj.core.groups.Tuple.tuple(1, 3));
  }

  @Test
  void aBrokenFirstLineLeavesTheOthers() {
    List<Entry> entries =
        entries("{\"t\": \"a\",\n{\"t\":\"b\"}\n{\"t\":\"c\"}\n", InputSettings.MAX_RECORD_BYTES);
    assertThat(entries).hasSize(3);
    assertThat(entries.get(0)).isInstanceOf(BadRow.class);
  }

  @Test
  void halvesOfCharactersAndNumbersThatAreNoneAreNamedAnywhere() {
    String text =
        "{\"t\":[\"so\",\"\\ud83d\"]}\n{\"t\":{\"n\":NaN}}\n{\"n\":-Infinity}\n{\"t\":\"ok\"}\n";
    for (String each : List.of(text, "[" + text.strip().replace("\n", ",\n") + "]")) {
      List<Entry> entries = entries(each, InputSettings.MAX_RECORD_BYTES);
      assertThat(entries.subList(0, 3)).allMatch(BadRow.class::isInstance);
      assertThat(((BadRow) entries.get(0)).cause()).contains("'t[1]' holds half of a character");
      assertThat(((BadRow) entries.get(1)).cause()).contains("'t.n' is NaN");
      assertThat(((BadRow) entries.get(2)).cause()).contains("'n' is -Infinity");
      assertThat(entries.get(3)).isInstanceOf(Row.class);
    }
  }

  @Test
  void aRecordOfAListBeyondTheLimitIsABadRow() {
    String longOne = "{\"t\":[" + "\"abcdefgh\",".repeat(50) + "\"z\"]}";
    List<Entry> entries = entries("[{\"t\":1}," + longOne + ",{\"t\":2}]", 100);
    assertThat(entries).hasSize(3);
    assertThat(((BadRow) entries.get(1)).cause()).contains("more than the 100 bytes");
    assertThat(entries.get(2)).isInstanceOf(Row.class);
  }

  private static List<Entry> entries(String text, int most) {
    List<Entry> entries = new ArrayList<>();
    InputFile file =
        InputFile.ofStream(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            "data",
            InputSettings.DEFAULT.withFormat(FileFormat.JSONL).withMaxRecordBytes(most));
    try (RowSource rows = new TableReader().stream(file)) {
      for (Optional<Entry> entry = rows.next(); entry.isPresent(); entry = rows.next()) {
        entries.add(entry.get());
      }
    }
    return entries;
  }
}
