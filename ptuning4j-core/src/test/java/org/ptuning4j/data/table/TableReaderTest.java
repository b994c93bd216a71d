package org.ptuning4j.data.table;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

/** What concerns the file as a whole: finding it, telling its format, encodings, damage. */
class TableReaderTest {

  private static final String TWO_ROWS = "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\"}\n";

  private final TableReader reader = new TableReader();

  @TempDir Path folder;

  @Test
  void missingFileIsNamedWithTheLikelyOne() throws IOException {
    Files.writeString(folder.resolve("train.jsonl"), TWO_ROWS);
    Path missing = folder.resolve("trian.jsonl");
    assertThatThrownBy(() -> reader.read(missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("%s does not exist; did you mean %s?", missing, folder.resolve("train.jsonl"));
  }

  @Test
  void missingFolderIsNoSurprise() {
    Path missing = folder.resolve("nowhere").resolve("train.jsonl");
    assertThatThrownBy(() -> reader.read(missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("%s does not exist", missing);
  }

  @Test
  void folderIsRefused() {
    assertThatThrownBy(() -> reader.read(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("%s is a folder; name the data file in it", folder);
  }

  @Test
  void unreadableFileIsRefused() throws IOException {
    Path file = write("secret.jsonl", TWO_ROWS);
    assumeTrue(Files.getFileStore(file).supportsFileAttributeView("posix"), "needs POSIX rights");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeTrue(!Files.isReadable(file), "this user may read everything");
    assertThatThrownBy(() -> reader.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("%s: no permission to read it", file);
  }

  @ParameterizedTest
  @CsvSource({
    "empty.jsonl,'',is empty",
    "empty.csv,'',is empty",
    "bom.tsv,'\uFEFF',is empty (but for a byte order mark)",
    "blank.jsonl,'\n\n  \n',holds no rows",
    "header.csv,'text,label\n',has only a header",
    "header.tsv,'text\n\n',has only a header",
    "blank.csv,'\n\n',there is no header line",
  })
  void fileWithoutRowsIsRefused(String name, String content, String message) throws IOException {
    Path file = write(name, content);
    assertThatThrownBy(() -> reader.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageEndingWith(message);
  }

  @Test
  void otherEncodingsAndBinariesAreToldApart() throws IOException {
    Path utf16 = folder.resolve("utf16.csv");
    Files.write(utf16, "\uFEFFtext,label\na,b\n".getBytes(UTF_16LE));
    assertThatThrownBy(() -> reader.read(utf16))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "%s is UTF-16, as its byte order mark says; save it as UTF-8, or set encoding to"
                + " UTF-16",
            utf16);

    Path binary = folder.resolve("model.jsonl");
    Files.write(binary, new byte[] {'P', 'K', 3, 4, 0, 0});
    assertThatThrownBy(() -> reader.read(binary))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is no text but a zip archive");
  }

  @Test
  void byteOrderMarkIsSkipped() throws IOException {
    Table table = reader.read(write("bom.csv", "\uFEFFtext,label\na,x\n"));
    assertThat(table.columnNames()).containsExactly("text", "label");
    Table json = reader.read(write("bom.jsonl", "\uFEFF" + TWO_ROWS));
    assertThat(json.badRows()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "a.JSONL,{\"t\":1},JSONL",
        "a.ndjson,{\"t\":1},JSONL",
        "a.json,{\"t\":1},JSONL",
        "a.csv,`t,u\n1,2`,CSV",
        "a.tsv,`t\tu\n1\t2`,TSV",
        "a.tab,`t\n1`,TSV",
        "a.txt,{\"t\":1},JSONL",
        "a.txt,`t,u\n1,2`,CSV",
        "a.txt,`t\tu,v\n1\t2`,TSV",
        "noext,`\n\nt\tu\n1\t2`,TSV",
      })
  void formatIsToldFromNameOrContent(String name, String content, FileFormat format)
      throws IOException {
    assertThat(reader.read(write(name, content)).format()).isEqualTo(format);
  }

  @Test
  void formatThatCannotBeToldIsAskedFor() throws IOException {
    Path file = write("words.txt", "just words\nand more\n");
    assertThatThrownBy(() -> reader.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("let its name end in .jsonl, .csv or .tsv, or set format");
    Path renamed = Files.move(file, folder.resolve("words.tsv"));
    assertThat(reader.read(renamed).format()).isEqualTo(FileFormat.TSV);
  }

  @Test
  void givenFormatBeatsTheName() throws IOException {
    Table table = reader.read(write("data.csv", "a\tb\n1,5\t2\n"), FileFormat.TSV);
    assertThat(table.rows()).containsExactly(new Row(2, Map.of("a", "1,5", "b", "2")));
  }

  @Test
  void gzipIsReadWhateverItsName() throws IOException {
    for (String name : new String[] {"train.jsonl.gz", "train.jsonl"}) {
      Path file = folder.resolve(name);
      Files.write(file, gzip(TWO_ROWS.getBytes(UTF_8)));
      assertThat(reader.read(file).rows()).hasSize(2);
    }
  }

  @Test
  void damagedGzipIsRefused() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      text.append("{\"text\":\"row ").append(i * 7919L % 10007).append("\"}\n");
    }
    byte[] whole = gzip(text.toString().getBytes(UTF_8));
    Path file = folder.resolve("cut.jsonl.gz");
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> reader.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + " cannot be read past line ");

    Files.write(file, new byte[] {0x1f, (byte) 0x8b, 1, 2, 3});
    assertThatThrownBy(() -> reader.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + " cannot be read: ");
  }

  @Test
  void fingerprintIsTheHashOfTheFile() throws IOException {
    Path file = write("one.jsonl", "{\"a\":1}\n");
    // printf '{"a":1}\n' | sha256sum
    assertThat(reader.read(file).fingerprint())
        .isEqualTo("sha256:e346432021b04179518d9614f3560ccd71354a4ee101ddcb893d6959a9d6301c");
  }

  @Test
  void fingerprintIsOfTheWholeFileEvenBehindTheGzip() throws Exception {
    byte[] gzip = gzip(TWO_ROWS.getBytes(UTF_8));
    byte[] content = Arrays.copyOf(gzip, 500_000); // padded with zeros, as tapes and some tools do
    Path file = folder.resolve("padded.jsonl.gz");
    Files.write(file, content);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
    Table table = reader.read(file);
    assertThat(table.rows()).hasSize(2);
    assertThat(table.fingerprint()).isEqualTo("sha256:" + HexFormat.of().formatHex(hash));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void bothLineEndsAreRead(String end) throws IOException {
    Table table = reader.read(write("a.tsv", String.join(end, "a\tb", "1\t2", "", "3\t4")));
    assertThat(table.rows())
        .containsExactly(
            new Row(2, Map.of("a", "1", "b", "2")), new Row(4, Map.of("a", "3", "b", "4")));
  }

  @Test
  void badBytesAreABadRowWithLineAndByte() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("text\tlabel\nschön\tx\n".getBytes(UTF_8));
    bytes.writeBytes(new byte[] {'g', 'r', (byte) 0xfc, 'n', '\t', 'y', '\n'}); // Latin-1 ü
    bytes.writeBytes("blau\tz\n".getBytes(UTF_8));
    Path file = folder.resolve("latin.tsv");
    Files.write(file, bytes.toByteArray());
    Table table = reader.read(file);
    assertThat(table.rows()).extracting(row -> row.get("text")).containsExactly("schön", "blau");
    assertThat(table.badRows())
        .containsExactly(
            new BadRow(
                3,
                "byte 3 of the line (0xFC) is not UTF-8; save the file as UTF-8, or set its"
                    + " encoding"));
  }

  @Test
  void characterCutAtTheEndIsABadRow() throws IOException {
    Path file = folder.resolve("cut.tsv");
    Files.write(file, new byte[] {'a', '\n', 'x', (byte) 0xc3});
    assertThat(reader.read(file).badRows())
        .containsExactly(
            new BadRow(
                2,
                "byte 2 of the line (0xC3) is not UTF-8; save the file as UTF-8, or set its"
                    + " encoding"));
  }

  @Test
  @Tag("large")
  void longLineIsABadRowThatIsNeverHeld() {
    long length = 100_000_000;
    InputStream in =
        new SequenceInputStream(
            Collections.enumeration(
                List.of(stream("text\n"), new Filler(length), stream("\nnext\nlast\n"))));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (RowSource source = reader.stream(in, "big.tsv", FileFormat.AUTO)) {
      long before = threads.getCurrentThreadAllocatedBytes();
      assertThat(source.next())
          .contains(
              new BadRow(2, "the line is 100,000,000 bytes long, at most 16,777,216 are read"));
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64 << 20);
      assertThat(source.next()).contains(new Row(3, Map.of("text", "next")));
      assertThat(source.next()).contains(new Row(4, Map.of("text", "last")));
      assertThat(source.next()).isEmpty();
    }
  }

  @Test
  void lineOfExactlyTheLimitIsRead() throws IOException {
    Path file = write("a.tsv", "t\n12345678\n123456789\n");
    Table table = reader.read(InputFile.of(file, InputSettings.DEFAULT.withMaxRecordBytes(8)));
    assertThat(table.rows()).containsExactly(new Row(2, Map.of("t", "12345678")));
    assertThat(table.badRows()).extracting(BadRow::line).containsExactly(3);
  }

  @Test
  void limitMustBePositive() {
    assertThatThrownBy(() -> InputSettings.DEFAULT.withMaxRecordBytes(0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("maxRecordBytes is 0, must be at least 1");
  }

  @Test
  @Timeout(60) // it would wait for ever where the reader waits for a second line
  void streamAnswersEachLineAsItComes() throws IOException {
    PipedOutputStream out = new PipedOutputStream();
    try (PipedInputStream in = new PipedInputStream(out, 1 << 16)) {
      out.write("{\"text\":\"one\"}\n".getBytes(UTF_8));
      out.flush();
      try (RowSource source = reader.stream(in, "standard input", FileFormat.JSONL)) {
        assertThat(source.next()).contains(new Row(1, Map.of("text", "one")));
        out.write("{\"text\":\"two\"}\n".getBytes(UTF_8));
        out.flush();
        assertThat(source.next()).contains(new Row(2, Map.of("text", "two")));
        out.close();
        assertThat(source.next()).isEmpty();
        assertThat(source.columnNames()).containsExactly("text");
      }
    }
  }

  @Test
  void failingStreamIsNamed() {
    PipedInputStream broken = new PipedInputStream(); // connected to nothing
    assertThatThrownBy(() -> reader.stream(broken, "standard input", FileFormat.JSONL).next())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("standard input cannot be read: Pipe not connected");
  }

  @Test
  void streamThatTricklesIsReadWhole() {
    InputStream slow =
        new ByteArrayInputStream("text,label\n\"a,\nb\",x\n".getBytes(UTF_8)) {
          @Override
          public synchronized int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, Math.min(length, 1));
          }
        };
    try (RowSource source = reader.stream(slow, "slow", FileFormat.CSV)) {
      assertThat(source.next()).contains(new Row(2, Map.of("text", "a,\nb", "label", "x")));
      assertThat(source.next()).isEqualTo(Optional.empty());
    }
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static InputStream stream(String content) {
    return new ByteArrayInputStream(content.getBytes(UTF_8));
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  /** So many bytes of the letter a. */
  private static final class Filler extends InputStream {
    private long left;

    Filler(long length) {
      left = length;
    }

    @Override
    public int read() {
      return left-- > 0 ? 'a' : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int size = (int) Math.min(left, length);
      Arrays.fill(bytes, offset, offset + size, (byte) 'a');
      left -= size;
      return size;
    }
  }
}
