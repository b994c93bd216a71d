package org.ptuning4j.data.table;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.InputSettings;
import org.ptuning4j.data.value.LabelSet;
import org.ptuning4j.data.value.LookAlikes;
import org.ptuning4j.data.value.NormalLabel;

/** Files as people bring them with a bug report: what wrote them is said beside each. */
class ReportedInputsTest {

  @TempDir Path folder;

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private Path file(String name, String text) throws IOException {
    return file(name, text.getBytes(UTF_8));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] both = java.util.Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static List<Map<String, Object>> rows(Table table) {
    assertThat(table.badRows()).isEmpty();
    return table.rows().stream().map(Row::columns).toList();
  }

  /** Excel, "Unicode Text": UTF-16 with a mark, tabs, CRLF, called .txt. */
  @Test
  void excelsUnicodeTextIsReadWhereItsEncodingIsSet() throws IOException {
    byte[] text = "\uFEFFtext\tlabel\r\nschön\tgut\r\nöde\tschlecht\r\n".getBytes(UTF_16LE);
    Path file = file("export.txt", text);
    assertThatThrownBy(() -> new TableReader().read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is UTF-16, as its byte order mark says; save it as UTF-8, or set");
    Table table =
        new TableReader().read(InputFile.of(file, InputSettings.DEFAULT.withEncoding("utf-16")));
    assertThat(table.format()).isEqualTo(FileFormat.TSV);
    assertThat(rows(table))
        .containsExactly(
            Map.of("text", "schön", "label", "gut"), Map.of("text", "öde", "label", "schlecht"));
  }

  /** {@code cat a.csv.gz b.csv.gz}: two members, each with a mark and a header of its own. */
  @Test
  void joinedGzipsAreReadToTheEndWithTheirSecondHeaderNamed() throws IOException {
    byte[] both = joined(gzip("\uFEFFtext,label\na,x\n"), gzip("\uFEFFtext,label\nb,y\n"));
    Table table = new TableReader().read(file("both.csv.gz", both));
    assertThat(table.rows()).extracting(row -> row.get("text")).containsExactly("a", "b");
    assertThat(table.badRows())
        .extracting(BadRow::toString)
        .containsExactly("line 3: it repeats the header (several files in one?); delete the line");
  }

  /** The same of JSON lines whose first file lacks its last line feed. */
  @Test
  void joinedJsonLinesWithoutALineFeedBetweenAreTwoRecords() throws IOException {
    byte[] both = joined(gzip("{\"text\":\"a\"}"), gzip("{\"text\":\"b\"}\n{\"text\":\"c\"}\n"));
    Table table = new TableReader().read(file("both.jsonl.gz", both));
    assertThat(rows(table)).extracting(row -> row.get("text")).containsExactly("a", "b", "c");
    assertThat(table.rows()).extracting(Row::line).containsExactly(1, 1, 2);
    assertThat(table.rows()).extracting(Row::record).containsExactly(1, 2, 0);
  }

  /** Old DOS tools end a file with Ctrl-Z. */
  @ParameterizedTest
  @CsvSource({"a.csv, ','", "a.tsv, '\t'"})
  void aDosEndOfFileIsNoRow(String name, String sign) throws IOException {
    Path file = file(name, "text" + sign + "label\r\na" + sign + "x\r\n\u001A");
    assertThat(rows(new TableReader().read(file)))
        .containsExactly(Map.of("text", "a", "label", "x"));
  }

  /** Texts from the web hold line and paragraph separators, form feeds and NEL: no line ends. */
  @ParameterizedTest
  @ValueSource(strings = {"\u2028", "\u2029", "\u0085", "\f", "\u000B"})
  void signsThatOnlyLookLikeLineEndsStayInTheirRow(String sign) throws IOException {
    String text = "one" + sign + "two";
    assertThat(rows(new TableReader().read(file("a.csv", "text,label\n" + text + ",x\n"))))
        .containsExactly(Map.of("text", text, "label", "x"));
    assertThat(rows(new TableReader().read(file("a.tsv", "text\tlabel\n" + text + "\tx\n"))))
        .containsExactly(Map.of("text", text, "label", "x"));
  }

  /** A machine that went down while it wrote: the file's last block is zeros. */
  @Test
  void zerosAtTheEndAreNamedWithTheirPlace() throws IOException {
    String row = "{\"text\":\"a\"}\n";
    String cut = "{\"text\":\"b" + "\0".repeat(100);
    Path small = file("small.jsonl", row + cut + "\n");
    assertThatThrownBy(() -> new TableReader().read(small))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith(
            "byte 24 is zero (and so are all after it: was the file cut off while it was"
                + " written?)");
    Table table = new TableReader().read(file("large.jsonl", row.repeat(10_000) + cut));
    assertThat(table.rows()).hasSize(10_000);
    assertThat(table.badRows())
        .extracting(BadRow::toString)
        .containsExactly("line 10001: byte 11 of the line is zero, which no text has");
  }

  /** A spreadsheet's header: a no-break space behind a name, another name in capitals. */
  @Test
  void columnNamesHaveTheirNormalForm() throws IOException {
    Table table = new TableReader().read(file("a.csv", "text\u00A0,\u200Blabel ,Text\na,x,b\n"));
    assertThat(table.columnNames()).containsExactly("text", "label", "Text");
    Path twice = file("b.csv", "text,text\u00A0\na,b\n");
    assertThatThrownBy(() -> new TableReader().read(twice))
        .hasMessageContaining("column 2 of the header repeats 'text'");
    Path json = file("c.jsonl", "{\"label\":null,\"label\u200B\":\"x\"}\n");
    assertThat(new TableReader().read(json).badRows())
        .extracting(BadRow::cause)
        .containsExactly("column 'label' is there twice");
  }

  /** macOS writes names decomposed, a colleague's Windows composed; both in one column. */
  @Test
  void composedAndDecomposedLabelsAreOne() {
    LabelSet labels = new LabelSet(List.of("négatif", "positif"));
    assertThat(labels.find("ne\u0301gatif")).contains("négatif");
    assertThat(labels.find(" positif\u00A0")).contains("positif");
    assertThatThrownBy(() -> new LabelSet(List.of("négatif", "ne\u0301gatif")))
        .hasMessageContaining("are the same label");
  }

  /** pandas writes an integer column with gaps as 1.0, 0.0, and a boolean one as True, False. */
  @ParameterizedTest
  @CsvSource({"1.0, 1", "0.0, 0", "-0.0, 0", "True, true", "FALSE, false", "01, 01", "1.50, 1.50"})
  void pandasColumnsOfTextAreNumbersAgain(String written, String label) {
    assertThat(NormalLabel.of(written)).isEqualTo(label);
  }

  /** Labels typed by several annotators; each pair is two classes, and both are named. */
  @ParameterizedTest
  @CsvSource({
    "01, 1, in how a number or a boolean is written",
    "ｐｏｓ, pos, in the forms of their characters",
    "not_entailment, not-entailment, in spaces and signs",
    "Ηappy, Happy, in letters that look alike",
    "olé, ole, in accents",
  })
  void labelsThatOnlyLookTheSameAreKeptApartAndNamed(String one, String other, String way) {
    assertThat(LookAlikes.among(List.of(one, "else", other))).containsExactly(List.of(one, other));
    assertThat(LookAlikes.difference(one, other)).contains(one, other, way);
    assertThat(new LabelSet(List.of(one, other)).find(other)).contains(other);
  }
}
