package org.ptuning4j.data.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.table.RowSource;
import org.ptuning4j.data.table.TableReader;

class LineEndsTest {

  private static final List<String> ENDS = List.of("\n", "\r\n", "\r");

  /** Whatever the ends, no record is lost and none is made up. */
  @Property(tries = 200)
  void asManyRecordsComeOutAsWentIn(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 0, max = 2) Integer> ends) {
    for (FileFormat format : List.of(FileFormat.CSV, FileFormat.TSV, FileFormat.JSONL)) {
      StringBuilder text = new StringBuilder();
      if (format != FileFormat.JSONL) {
        text.append(format == FileFormat.CSV ? "a,b" : "a\tb").append(ENDS.get(ends.get(0)));
      }
      for (int i = 0; i < ends.size(); i++) {
        text.append(
            switch (format) {
              case CSV -> i % 5 == 4 ? "only one" : "\"x" + i + "\",y";
              case TSV -> i % 5 == 4 ? "only one" : "x" + i + "\ty";
              default -> i % 5 == 4 ? "{\"a\":" : "{\"a\":\"x" + i + "\"}";
            });
        text.append(ENDS.get(ends.get(i)));
      }
      List<Entry> entries = entries(text.toString(), format);
      assertThat(entries).hasSize(ends.size());
      int sound = ends.size() - ends.size() / 5;
      assertThat(entries.stream().filter(Row.class::isInstance).count()).isLessThanOrEqualTo(sound);
    }
  }

  @ParameterizedTest
  @CsvSource({"'\r',3", "'\n',3", "'\r\n',3"})
  void anyOneEndIsRead(String end, int rows) {
    String text =
        String.join(end, "review,mood", "A fine film,pos", "A dull film,neg", "Bright,pos");
    assertThat(entries(text, FileFormat.CSV)).hasSize(rows).allMatch(Row.class::isInstance);
  }

  @Test
  void aReturnInsideAValueIsNamed() {
    List<Entry> entries =
        entries("review,mood\nfirst line\rsecond line,pos\nA dull film,neg\n", FileFormat.CSV);
    assertThat(entries).hasSize(3);
    assertThat(entries.get(0)).isInstanceOf(BadRow.class);
    assertThat(((BadRow) entries.get(1)).cause()).contains("carriage return alone");
    assertThat(entries.get(2)).isInstanceOf(Row.class);
  }

  @Test
  void aFirstLineSaysTheDelimiter() {
    assertThat(entries("sep=;\r\ntext;label\r\na,b;x\r\n", FileFormat.CSV))
        .singleElement()
        .isInstanceOfSatisfying(Row.class, row -> assertThat(row.get("text")).isEqualTo("a,b"));
  }

  @Test
  void linesOfWhiteSpaceArePassedOver() {
    String blank = " \u00a0\u200b\n";
    for (String text :
        List.of(blank + "a,b\n" + blank + "1,2\n", blank + "a\tb\n" + blank + "1\t2\n")) {
      FileFormat format = text.contains("\t") ? FileFormat.TSV : FileFormat.CSV;
      assertThat(entries(text, format)).singleElement().isInstanceOf(Row.class);
    }
  }

  private static List<Entry> entries(String text, FileFormat format) {
    List<Entry> entries = new ArrayList<>();
    InputFile file =
        InputFile.ofStream(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            "data",
            InputSettings.DEFAULT.withFormat(format));
    try (RowSource rows = new TableReader().stream(file)) {
      for (Optional<Entry> entry = rows.next(); entry.isPresent(); entry = rows.next()) {
        entries.add(entry.get());
      }
    }
    return entries;
  }
}
