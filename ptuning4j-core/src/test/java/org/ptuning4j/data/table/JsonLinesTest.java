package org.ptuning4j.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Row;

class JsonLinesTest {

  @TempDir Path folder;

  @Test
  void valuesKeepTheirJsonTypes() throws IOException {
    Table table =
        read(
            "{\"text\":\"a\\u00e9\\ud83d\\ude00\",\"n\":3,\"x\":1.5,\"b\":true,"
                + "\"l\":[1,\"two\"],\"m\":{\"k\":\"v\"},\"nothing\":null}");
    assertThat(table.badRows()).isEmpty();
    Row row = table.rows().get(0);
    assertThat(row.columns())
        .isEqualTo(
            Map.of(
                "text",
                "aé😀",
                "n",
                3,
                "x",
                1.5,
                "b",
                true,
                "l",
                List.of(1, "two"),
                "m",
                Map.of("k", "v")));
    assertThat(row.get("nothing")).isNull();
    assertThat(table.columnNames()).containsExactly("text", "n", "x", "b", "l", "m", "nothing");
  }

  @Test
  void columnsAreAllKeysInOrderOfAppearance() throws IOException {
    Table table = read("{\"b\":1}\n{\"a\":2,\"b\":3}\n\n{\"c\":4}");
    assertThat(table.columnNames()).containsExactly("b", "a", "c");
    assertThat(table.rows()).extracting(Row::line).containsExactly(1, 2, 4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"text\": \"open|not valid JSON at column",
        "{\"text\": \"a\"|not valid JSON at column",
        "{text: \"a\"}|not valid JSON at column 2: Unexpected character ('t'",
        "{\"text\":\"a\",\"text\":\"b\"}|the field 'text' is there twice",
        "[{\"text\":\"a\"}]|a JSON list; each record must be an object",
        "\"text\"|a JSON value that is no object; each record must be an object",
        "null|a JSON value that is no object",
        "NaN|column '' is NaN",
        "{\"x\": NaN}|column 'x' is NaN, which is no number in JSON",
        "{\"text\":\"half \\ud83d\"}|column 'text' holds half of a character",
        "{\"text\":\"\\ude00\\ud83d half\"}|column 'text' holds half of a character",
        "premise\thypothesis|not valid JSON",
      })
  void brokenLineIsABadRowAndTheRestIsRead(String line, String cause) throws IOException {
    Table table = read("{\"text\":\"first\"}\n" + line + "\n{\"text\":\"last\"}");
    assertThat(table.rows())
        .containsExactly(new Row(1, Map.of("text", "first")), new Row(3, Map.of("text", "last")));
    assertThat(table.badRows()).hasSize(1);
    assertThat(table.badRows().get(0).line()).isEqualTo(2);
    assertThat(table.badRows().get(0).cause()).contains(cause).doesNotContain("\n");
  }

  /** What stands before a fault is read, however many records that is. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void recordsBeforeAFaultOfTheirLineAreKept(int sound) throws IOException {
    String line = "{\"n\":7}".repeat(sound) + "{\"id\":\"x\", oops}";
    Table table = read(line + "\n{\"n\":8}");
    assertThat(table.rows()).hasSize(sound + 1).extracting(Row::line).endsWith(2);
    assertThat(table.rows().subList(0, sound)).extracting(Row::record).doesNotHaveDuplicates();
    assertThat(table.badRows())
        .extracting(BadRow::line, BadRow::record)
        .containsExactly(tuple(1, sound + 1));
  }

  /** Signs that are left over behind a record are a fault of their own. */
  @Test
  void recordsBeforeStraySignsAreKept() throws IOException {
    Table table = read("{\"n\":1}{\"n\":2}}\n{\"n\":3} x\n{\"n\":4}");
    assertThat(table.rows()).extracting(row -> row.get("n")).containsExactly(1, 2, 3, 4);
    assertThat(table.badRows()).extracting(BadRow::line).containsExactly(1, 2);
  }

  @Test
  void deepNestingIsABadRow() throws IOException {
    int depth = 1_000_000;
    Table table =
        read("{\"text\":" + "[".repeat(depth) + "]".repeat(depth) + "}\n{\"text\":\"next\"}");
    assertThat(table.rows()).hasSize(1);
    assertThat(table.badRows().get(0).cause()).contains("nesting depth");
  }

  @Test
  void hugeNumberIsABadRow() throws IOException {
    Table table = read("{\"n\":" + "9".repeat(100_000) + "}\n{\"n\":1}");
    assertThat(table.rows()).hasSize(1);
    assertThat(table.badRows().get(0).cause()).contains("Number value length");
  }

  private Table read(String content) throws IOException {
    return new TableReader().read(Files.writeString(folder.resolve("a.jsonl"), content));
  }
}
