package org.ptuning4j.data.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.InputSettings;

/** What is said of records that cannot be read: their place, what they call themselves, why. */
class BrokenRecordsTest {

  @TempDir Path folder;

  private Table read(String name, String content) throws IOException {
    return new TableReader().read(Files.writeString(folder.resolve(name), content));
  }

  /** Where lines do not tell records apart their numbers do, and bad lines count. */
  @Test
  void everyLineCountsAmongTheRecords() throws IOException {
    byte[] bytes = "{\"n\":1}\n{\"n\":\"\u00e9\"}\n{\"n\":3}{\"n\":4}\n".getBytes(ISO_8859_1);
    Path file = Files.write(folder.resolve("a.jsonl"), bytes);
    Table table = new TableReader().read(file);
    assertThat(table.rows())
        .extracting(Row::line, Row::record)
        .containsExactly(tuple(1, 0), tuple(3, 3), tuple(3, 4));
    assertThat(table.badRows()).extracting(BadRow::line).containsExactly(2);
  }

  /** An answer to a broken line can be matched by the id in front of the fault. */
  @Test
  void aBrokenLineKeepsTheIdBeforeItsFault() throws IOException {
    Table table =
        read(
            "a.jsonl",
            """
            {"text": "a", "idx": {"n": [1]}, "none": null, "id": "q7", "label": oops}
            {"text": oops, "id": "q8"}
            ["id", "q9", oops]
            {"id": "q10"} {"id": "q11", "text": oops}
            """);
    assertThat(table.badRows())
        .extracting(BadRow::line, BadRow::record, row -> row.source().ids())
        .containsExactly(
            tuple(1, 0, Map.of("id", "q7")),
            tuple(2, 0, Map.of()),
            tuple(3, 0, Map.of()),
            tuple(4, 5, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"text\":\"text\",\"label\":\"label\"}", "{\"a\":\"a\",\"b\":\"b\u00a0\"}"})
  void aRepeatedHeaderIsNoRowOfJson(String line) throws IOException {
    Table table = read("a.jsonl", line + "\n{\"text\":\"text\",\"label\":\"pos\"}\n");
    assertThat(table.rows()).extracting(Row::line).containsExactly(2);
    assertThat(table.badRows()).extracting(BadRow::line).containsExactly(1);
    assertThat(table.badRows().get(0).cause()).startsWith("it repeats the header");
  }

  @Test
  void aNameThatIsThereTwiceInAnotherSpellingIsNamed() throws IOException {
    Table table = read("a.jsonl", "{\"id\":1,\"text\":\"a\",\"text\u00a0\":\"b\"}\n");
    assertThat(table.badRows())
        .extracting(BadRow::cause)
        .containsExactly("column 'text' is there twice");
  }

  @Test
  void columnsOfADocumentAreAllItsKeys() throws IOException {
    Table table = read("a.json", "[{\"b\":1,\"none\":null},\n{\"a\":2,\"b\":3}]");
    assertThat(table.columnNames()).containsExactly("b", "none", "a");
  }

  /** A list breaks off: at the record that is broken, or between two. */
  @Test
  void theFaultOfADocumentIsAtTheRecordThatItBreaks() throws IOException {
    Table within = read("a.json", "[{\"a\":1},\n{\"a\":2},\n{\"a\" oops");
    assertThat(within.rows()).hasSize(2);
    assertThat(within.badRows())
        .extracting(BadRow::line, BadRow::record)
        .containsExactly(tuple(3, 3));
    assertThat(within.badRows().get(0).cause())
        .startsWith("not valid JSON at column ")
        .endsWith("; nothing after it is read");
    Table between = read("b.json", "[{\"a\":1}, oops");
    assertThat(between.badRows())
        .extracting(BadRow::line, BadRow::record)
        .containsExactly(tuple(1, 2));
    Table cut = read("c.json", "[{\"a\":1},\n{\"a\":");
    assertThat(cut.badRows()).extracting(BadRow::record).containsExactly(2);
    assertThat(cut.badRows().get(0).cause()).contains("it breaks off (is the file cut off?)");
  }

  /** Tools on old Macs and some exports leave a CR within a value. */
  @Test
  void aCarriageReturnWithinAValueIsNamedWhereItCutsARow() throws IOException {
    Table table = read("a.csv", "text,label\none\rtwo,x\nthree,y\n");
    assertThat(table.rows()).containsExactly(new Row(4, Map.of("text", "three", "label", "y")));
    assertThat(table.badRows()).extracting(BadRow::line).containsExactly(2, 3);
    assertThat(table.badRows().get(1).cause()).startsWith("a carriage return alone (CR, without");
    Table sound = read("b.csv", "text,label\nbad\nthree,y\n");
    assertThat(sound.rows()).extracting(Row::line).containsExactly(3);
    Table onlyCr = read("c.csv", "text,label\rbad\rthree,y\r");
    assertThat(onlyCr.rows()).extracting(Row::line).containsExactly(3);
  }

  /** The line ends within a quoted value count as the characters that they are. */
  @Test
  void aQuoteIsGivenUpWhereMoreThanTheLimitIsOpen() throws IOException {
    String records = "a,b\n\"12\n456\n7\",x\n\"12\n4567\n8\",x\n";
    Path file = Files.writeString(folder.resolve("a.csv"), records);
    InputSettings eight = InputSettings.DEFAULT.withFormat(FileFormat.CSV).withMaxRecordBytes(8);
    Table table = new TableReader().read(InputFile.of(file, eight));
    assertThat(table.rows()).containsExactly(new Row(2, Map.of("a", "12\n456\n7", "b", "x")));
    assertThat(table.badRows()).extracting(BadRow::line).startsWith(5);
  }

  @Test
  void recordsArePassedOnAsTheyAreReadWithTheHashOfTheFile() throws IOException {
    Path file = Files.writeString(folder.resolve("a.jsonl"), "{\"a\":1}\n7\n{\"a\":2}\n");
    List<Entry> passed = new ArrayList<>();
    String hash = new TableReader().forEach(InputFile.of(file), passed::add);
    assertThat(passed).extracting(Entry::line).containsExactly(1, 2, 3);
    assertThat(hash).isEqualTo(new TableReader().read(file).fingerprint()).startsWith("sha256:");
    Path blank = Files.writeString(folder.resolve("b.jsonl"), "\n\n");
    assertThatThrownBy(() -> new TableReader().forEach(InputFile.of(blank), passed::add))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(blank + " holds no rows");
  }
}
