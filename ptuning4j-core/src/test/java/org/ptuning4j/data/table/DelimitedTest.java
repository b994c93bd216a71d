package org.ptuning4j.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
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

/** CSV and TSV. */
class DelimitedTest {

  @Test
  void quotedFieldsSpanLinesAndKeepTheirFirstLine() {
    assertThat(
            csv(
                "text,label\n"
                    + "\"one, two\",x\n"
                    + "\"first\n"
                    + "second\r\n\n"
                    + "last\",y\n"
                    + "\"say \"\"hi\"\"\",z\n"))
        .containsExactly(
            row(2, "one, two", "x"),
            row(3, "first\nsecond\n\nlast", "y"),
            row(7, "say \"hi\"", "z"));
  }

  @Test
  void emptyFieldsAreKeptAndEmptyLinesPassedOver() {
    assertThat(csv("text,label\n,\n\n\"\",x\r\n\r\na,\"\"\n"))
        .containsExactly(row(2, "", ""), row(4, "", "x"), row(6, "a", ""));
  }

  @Test
  void fileMayEndWithoutALineEnd() {
    assertThat(csv("text,label\na,x")).containsExactly(row(2, "a", "x"));
    assertThat(csv("text,label\na,\"x\"")).containsExactly(row(2, "a", "x"));
    assertThat(tsv("text\tlabel\na\tx")).containsExactly(row(2, "a", "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5\" disk,x", "\"one\" two,x", " \"one\",x", "a,x\"", "\"\"\"\"\"a,x"})
  void quoteAtAWrongPlaceIsABadRow(String record) {
    List<Entry> entries = csv("text,label\n" + record + "\nb,y\n");
    assertThat(entries.get(0)).isInstanceOf(BadRow.class);
    assertThat(entries.get(0).toString()).startsWith("line 2: a double quote ");
    assertThat(entries.subList(1, entries.size())).containsExactly(row(3, "b", "y"));
  }

  @Test
  void wrongNumberOfFieldsIsABadRow() {
    assertThat(csv("text,label\na,b,c\nd\ne,f\n"))
        .containsExactly(
            new BadRow(
                2,
                "3 fields where the header names 2 (text, label); a value with a ',' in it must"
                    + " be in double quotes"),
            new BadRow(3, "1 field where the header names 2 (text, label)"),
            row(4, "e", "f"));
    assertThat(tsv("text\tlabel\na\tb\tc\nd\n"))
        .containsExactly(
            new BadRow(
                2,
                "3 fields where the header names 2 (text, label); a tab inside a value must be"
                    + " written as a space"),
            new BadRow(3, "1 field where the header names 2 (text, label)"));
  }

  @Test
  void quoteThatIsNeverClosedCostsOneRow() {
    assertThat(csv("text,label\na,x\n\"b,y\nc,z\n\nd,w\n"))
        .containsExactly(
            row(2, "a", "x"),
            new BadRow(3, "a double quote opens a value here that is never closed (up to line 6)"),
            row(4, "c", "z"),
            row(6, "d", "w"));
  }

  @Test
  void quoteClosedInALaterRowCostsOneRow() {
    List<Entry> entries = csv("text,label\n\"b,y\nc,z\n\"d, e\",w\n");
    assertThat(entries.get(0)).isInstanceOf(BadRow.class);
    assertThat(entries.get(0).toString()).startsWith("line 2: a double quote is where");
    assertThat(entries.subList(1, 3)).containsExactly(row(3, "c", "z"), row(4, "d, e", "w"));
  }

  @Test
  void recordBeyondTheLimitIsGivenUp() {
    String filler = "0123456789,\n".repeat(5);
    List<Entry> entries =
        entries(
            InputSettings.DEFAULT.withFormat(FileFormat.CSV).withMaxRecordBytes(40),
            ("a,b\n\"" + filler + "x,y\n").getBytes(StandardCharsets.UTF_8));
    assertThat(entries.get(0))
        .isEqualTo(
            new BadRow(2, "a double quote opens a value here that is never closed (up to line 5)"));
    assertThat(entries).hasSize(6).last().isEqualTo(new Row(7, Map.of("a", "x", "b", "y")));
  }

  @Test
  void badBytesInsideAQuotedFieldCostOneRow() {
    byte[] bytes = "a,b\n\"one\ntw\u00ff\nthree\",x\ny,z\n".getBytes(StandardCharsets.ISO_8859_1);
    List<Entry> entries = entries(FileFormat.CSV, bytes);
    assertThat(entries).hasSize(4);
    assertThat(entries)
        .filteredOn(BadRow.class::isInstance)
        .extracting(Entry::line)
        .containsExactly(2, 3, 4);
    assertThat(entries.get(1).toString()).contains("byte 3 of the line (0xFF) is not UTF-8");
    assertThat(entries.get(3)).isEqualTo(new Row(5, Map.of("a", "y", "b", "z")));
  }

  @Test
  void tsvHasNoQuoting() {
    assertThat(tsv("text\tlabel\n\"open\tx\n`` it ''s \"\"\ty\n"))
        .containsExactly(row(2, "\"open", "x"), row(3, "`` it ''s \"\"", "y"));
  }

  @Test
  void headerNamesAreStripped() {
    assertThat(csv("text, label\na,x\n")).containsExactly(row(2, "a", "x"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "CSV,`,text\n0,a`,data: column 1 of the header has no name",
        "CSV,`text,label,text\n`,data: column 3 of the header repeats 'text'",
        "CSV,`text;label\na;x\n`,its columns seem to be separated by semicolons",
        "CSV,`text\tlabel\na\tx\n`,its columns seem to be separated by tabs",
        "CSV,`\"text,label\na,x\n`,`data: line 1: a double quote opens a value here`",
        "TSV,`text\t\tlabel\n`,data: column 2 of the header has no name",
        "TSV,`text\ttext\n`,data: column 2 of the header repeats 'text'",
      })
  void unusableHeaderIsRefused(FileFormat format, String content, String message) {
    assertThatThrownBy(() -> entries(format, content))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void headerThatIsNotUtf8IsRefused() {
    byte[] bytes = "t\u00e9xt\tb\n".getBytes(StandardCharsets.ISO_8859_1);
    for (FileFormat format : List.of(FileFormat.CSV, FileFormat.TSV)) {
      assertThatThrownBy(() -> entries(format, bytes))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("data: line 1: byte 2 of the line (0xE9) is not UTF-8");
    }
  }

  @Property(tries = 300)
  void whatIsQuotedIsReadBack(
      @ForAll @Size(min = 1, max = 6)
          List<
                  @Size(3) List<
                      @StringLength(max = 6) @CharRange(from = 'a', to = 'b')
                      @Chars({'"', ',', '\n', ' ', '\t', 'é'}) String>>
              records) {
    String content =
        records.stream()
            .map(
                fields ->
                    fields.stream()
                        .map(field -> '"' + field.replace("\"", "\"\"") + '"')
                        .collect(Collectors.joining(",")))
            .collect(Collectors.joining("\r\n", "x,y,z\r\n", "\r\n"));
    List<List<Object>> read =
        entries(FileFormat.CSV, content).stream()
            .map(entry -> List.copyOf(((Row) entry).columns().values()))
            .toList();
    assertThat(read).isEqualTo(records);
  }

  @Property(tries = 300)
  void noContentBreaksTheReader(
      @ForAll
          @StringLength(max = 60)
          @CharRange(from = 'a', to = 'b')
          @Chars({'"', ',', '\n', '\r', '\t', '{', '}', ':', '\\'})
          String content) {
    int lines = (int) content.lines().count() + 1;
    for (FileFormat format : List.of(FileFormat.CSV, FileFormat.TSV, FileFormat.JSONL)) {
      String first = format == FileFormat.JSONL ? "{\"h\":0}\n" : "h,i\n";
      List<Entry> entries = entries(format, first + content);
      int start = format == FileFormat.JSONL ? 1 : 2;
      assertThat(entries).extracting(Entry::line).isSorted();
      assertThat(entries)
          .extracting(entry -> entry.line() + ":" + entry.record())
          .doesNotHaveDuplicates();
      assertThat(entries).allMatch(entry -> entry.line() >= start && entry.line() <= lines + 1);
    }
  }

  private static Row row(int line, String text, String label) {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("text", text);
    columns.put("label", label);
    return new Row(line, columns);
  }

  private static List<Entry> csv(String content) {
    return entries(FileFormat.CSV, content);
  }

  private static List<Entry> tsv(String content) {
    return entries(FileFormat.TSV, content);
  }

  private static List<Entry> entries(FileFormat format, String content) {
    return entries(format, content.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Entry> entries(FileFormat format, byte[] content) {
    return entries(InputSettings.DEFAULT.withFormat(format), content);
  }

  private static List<Entry> entries(InputSettings settings, byte[] content) {
    InputFile file = InputFile.ofStream(new ByteArrayInputStream(content), "data", settings);
    List<Entry> entries = new ArrayList<>();
    try (RowSource source = new TableReader().stream(file)) {
      for (Optional<Entry> e = source.next(); e.isPresent(); e = source.next()) {
        entries.add(e.get());
      }
    }
    return entries;
  }
}
