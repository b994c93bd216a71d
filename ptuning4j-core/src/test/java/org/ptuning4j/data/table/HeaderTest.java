package org.ptuning4j.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

/** What a header says of the rows below it. */
class HeaderTest {

  private static final InputSettings CSV = InputSettings.DEFAULT.withFormat(FileFormat.CSV);
  private static final InputSettings TSV = InputSettings.DEFAULT.withFormat(FileFormat.TSV);

  private static List<Entry> entries(InputSettings settings, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    InputFile file = InputFile.ofStream(new ByteArrayInputStream(bytes), "data", settings);
    List<Entry> entries = new ArrayList<>();
    try (RowSource source = new TableReader().stream(file)) {
      for (Optional<Entry> e = source.next(); e.isPresent(); e = source.next()) {
        entries.add(e.get());
      }
    }
    return entries;
  }

  private static Row row(int line, String text, String label) {
    return new Row(line, Map.of("text", text, "label", label));
  }

  /** Some programs end every line in a delimiter, the header's as well. */
  @Test
  void columnsWithoutANameAtTheEndMayBeEmpty() {
    assertThat(entries(CSV, "text,label,\na,x,\nb,y\nc,z, \n"))
        .containsExactly(row(2, "a", "x"), row(3, "b", "y"), row(4, "c", "z"));
    assertThat(entries(TSV, "text\tlabel\t\t\na\tx\t\t\n")).containsExactly(row(2, "a", "x"));
  }

  @Test
  void theyMayHoldNothingElse() {
    assertThat(entries(CSV, "text,label,\na,x,y\n"))
        .containsExactly(
            new BadRow(
                2,
                "3 fields where the header names 2 (text, label); a value with a ',' in it must"
                    + " be in double quotes"));
  }

  @Test
  void furtherFieldsThatAreEmptyAreNamedAsSuch() {
    String cause = "3 fields where the header names 2 (text, label); the further ones are empty";
    assertThat(entries(CSV, "text,label\na,x,\n")).containsExactly(new BadRow(2, cause));
    String four = "4 fields where the header names 2 (text, label); the further ones are empty";
    assertThat(entries(CSV, "text,label,\na,x,,\n")).containsExactly(new BadRow(2, four));
  }

  @ParameterizedTest
  @ValueSource(strings = {",\na\n", "\" \",label\na,b\n", "text,,label\na,b,c\n"})
  void aColumnBeforeTheLastNeedsAName(String content) {
    assertThatThrownBy(() -> entries(CSV, content))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("of the header has no name");
  }

  /** A word processor's quotation marks do not quote. */
  @ParameterizedTest
  @ValueSource(strings = {"“text”,“label”", "text,«label»", "„text“,label", "„text“"})
  void typographicQuotationMarksAreRefusedInCsv(String header) {
    assertThatThrownBy(() -> entries(CSV, header + "\na,b\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the header has typographic quotation marks (")
        .hasMessageContaining("only straight ones (\") quote in CSV");
  }

  @Test
  void theyMayBePartOfAName() {
    assertThat(entries(CSV, "“a” text,label”\nx,y\n"))
        .containsExactly(new Row(2, Map.of("“a” text", "x", "label”", "y")));
    assertThat(entries(TSV, "“text”\t“label”\nx\ty\n"))
        .containsExactly(new Row(2, Map.of("“text”", "x", "“label”", "y")));
  }

  @Test
  void typographicQuotationMarksInARowAreNamedWhereItsFieldsAreTooMany() {
    List<Entry> entries = entries(CSV, "text,label\n“one, two”,x\none, two,x\n“a”,x\n");
    assertThat(entries.get(0).toString())
        .endsWith("(typographic quotation marks do not quote; straight ones do)");
    assertThat(entries.get(1).toString()).endsWith("must be in double quotes");
    assertThat(entries.get(2)).isEqualTo(row(4, "“a”", "x"));
    assertThat(entries(CSV, "text,label\n“one\n").get(0).toString())
        .isEqualTo(
            "line 2: 1 field where the header names 2 (text, label) (typographic quotation marks"
                + " do not quote; straight ones do)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {"text;label!;", "text|label!|", "text\tlabel!\\t"})
  void anotherDelimiterIsNamedAsItIsToBeSet(String header, String delimiter) {
    assertThatThrownBy(() -> entries(CSV, header + "\na\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith("set delimiter to '" + delimiter + "'");
  }

  @Test
  void signsInANameAmongOthersDelimitNothing() {
    assertThat(entries(CSV, "a;b,c|d\nx,y\n"))
        .containsExactly(new Row(2, Map.of("a;b", "x", "c|d", "y")));
    assertThatThrownBy(() -> entries(TSV, "text;label\na;x\n"))
        .hasMessageContaining("its columns seem to be separated by semicolons");
  }

  /** {@code sep=;} is what Excel writes so that it reads its own files. */
  @Test
  void theFirstLineMaySayTheDelimiter() {
    List<Row> rows = List.of(new Row(3, Map.of("text", "a,b", "label", "x")));
    for (String said : List.of("sep=;", "\"sep=;\"", " sep=; ")) {
      assertThat(entries(CSV, said + "\ntext;label\na,b;x\n")).isEqualTo(rows);
    }
    assertThat(entries(CSV.withDelimiter(";"), "sep=,\ntext;label\na,b;x\n")).isEqualTo(rows);
    assertThat(entries(InputSettings.DEFAULT, "sep=;\ntext;label\na,b;x\n")).isEqualTo(rows);
  }

  @Test
  void aDelimiterThatIsSetMeansCsv() {
    assertThat(entries(InputSettings.DEFAULT.withDelimiter("|"), "text|label\na\tb,c|x\n"))
        .containsExactly(row(2, "a\tb,c", "x"));
  }

  @Test
  void aHeaderThatIsNotThereIsAskedFor() {
    for (InputSettings settings : List.of(CSV, TSV)) {
      assertThatThrownBy(() -> entries(settings, "\n \n"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("data: there is no header line");
    }
  }
}
