package org.ptuning4j.data.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

/** The bytes at the edges: of a chunk, a line, a mark, a file. */
class InputDetailsTest {

  @TempDir Path folder;

  private static InputFile stream(byte[] bytes, InputSettings settings) {
    return InputFile.ofStream(new ByteArrayInputStream(bytes), "data", settings);
  }

  private static List<PhysicalLine> lines(byte[] bytes, int most) {
    return lines(stream(bytes, InputSettings.DEFAULT.withMaxRecordBytes(most)));
  }

  private static List<PhysicalLine> lines(InputFile file) {
    List<PhysicalLine> read = new ArrayList<>();
    file.readLines(
        (input, lines) -> {
          for (Optional<PhysicalLine> line = lines.next(); line.isPresent(); line = lines.next()) {
            read.add(line.get());
          }
          return null;
        });
    return read;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A character may be cut by the end of a chunk, and a line end as well. */
  @ParameterizedTest
  @ValueSource(ints = {65_533, 65_534, 65_535, 65_536, 65_537})
  void whatAChunkCutsIsWhole(int size) {
    for (String end : List.of("\n", "\r\n", "\r")) {
      String text = "x".repeat(size - 2) + "é" + end + "next" + end;
      List<PhysicalLine> lines = lines(utf8(text), 1 << 20);
      assertThat(lines).hasSize(2);
      assertThat(lines.get(0).text()).hasSize(size - 1).endsWith("xé");
      assertThat(lines.get(1).text()).isEqualTo("next");
      assertThat(lines.get(1).number()).isEqualTo(2);
    }
  }

  @Test
  void lengthsAreInBytesAndTheLimitIsAllowed() {
    List<PhysicalLine> lines = lines(utf8("éé\nééx\nab\n"), 4);
    assertThat(lines).extracting(PhysicalLine::isBad).containsExactly(false, true, false);
    assertThat(lines.get(1).problem()).isEqualTo("the line is 5 bytes long, at most 4 are read");
    assertThatCode(() -> InputSettings.DEFAULT.withMaxRecordBytes(1)).doesNotThrowAnyException();
  }

  /** U+FFFD is a character like any other where the file has it. */
  @Test
  void theReplacementCharacterIsNoFault() {
    assertThat(lines(utf8("a\ufffdb\n\ufffd\n"), 100))
        .extracting(PhysicalLine::text)
        .containsExactly("a\ufffdb", "\ufffd");
  }

  @Test
  void linesKnowWhetherTheOneBeforeEndedInCr() {
    assertThat(lines(utf8("a\rb\r\nc\nd"), 100))
        .extracting(PhysicalLine::afterCr)
        .containsExactly(false, true, false, false);
  }

  @Test
  void readersKnowHowFarTheyAreAndWhetherThereAreLineFeeds() throws IOException {
    for (String end : List.of("\n", "\r\n", "\r")) {
      byte[] bytes = utf8("a" + end + "b" + end);
      LineReader reader = new LineReader(new ByteArrayInputStream(bytes), 100);
      assertThat(reader.linesRead()).isZero();
      assertThat(reader.hasLineFeeds()).isFalse();
      reader.next();
      assertThat(reader.linesRead()).isEqualTo(1);
      PhysicalLine second = reader.next().orElseThrow();
      assertThat(reader.hasLineFeeds()).isEqualTo(!end.equals("\r"));
      reader.putBack(List.of(second));
      assertThat(reader.next()).contains(second);
      assertThat(reader.linesRead()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "';', ;",
    "'\\t', '\t'",
    "tab, '\t'",
    "TAB, '\t'",
    "'|', |",
    "' ', ' '",
  })
  void aDelimiterIsASignOrItsName(String written, String sign) {
    assertThat(InputSettings.DEFAULT.withDelimiter(written).delimiter()).contains(sign.charAt(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ";;", "\"", "\n", "\r", "comma"})
  void otherSignsDelimitNothing(String written) {
    assertThatThrownBy(() -> InputSettings.DEFAULT.withDelimiter(written))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is no single character that can separate columns");
  }

  @ParameterizedTest
  @EnumSource(FileFormat.class)
  void formatsAreCalledByTheirLabels(FileFormat format) {
    assertThat(FileFormat.parse(format.label())).isEqualTo(format);
    assertThat(FileFormat.parse(" " + format.name() + " ")).isEqualTo(format);
    Optional<FileFormat> named = FileFormat.fromName("train." + format.label() + ".gz");
    assertThat(named).isEqualTo(format == FileFormat.AUTO ? Optional.empty() : Optional.of(format));
  }

  @Test
  void otherFormatsAreNoneAndNamesMayHaveNoEnding() {
    assertThatThrownBy(() -> FileFormat.parse("jsnl"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("format: 'jsnl' is not one of auto, jsonl, csv")
        .hasMessageContaining("did you mean 'jsonl'?");
    assertThatThrownBy(() -> FileFormat.parse("")).isInstanceOf(InvalidInputException.class);
    assertThat(FileFormat.fromName("csv")).isEmpty();
    assertThat(FileFormat.fromName(".csv")).contains(FileFormat.CSV);
    assertThat(FileFormat.labels(List.of(FileFormat.CSV, FileFormat.TSV))).isEqualTo("csv, tsv");
  }

  /** A name that says JSON is believed where the first line begins none, as a broken one. */
  @ParameterizedTest
  @CsvSource({
    "'a\tb,c', x.jsonl, JSONL",
    "'a\tb,c', x.csv, CSV",
    "'a\tb,c', x.tsv, TSV",
    "'a,b', x.jsonl, JSONL",
    "'a,b', x.tsv, CSV",
    "'a\tb,c', x.txt, TSV",
    "'sep=;', x, CSV",
  })
  void theNameDecidesWhereTheFirstLineDoesNot(String line, String name, FileFormat format) {
    assertThat(FileFormat.tableOf(line, name)).contains(format);
  }

  @Test
  void tarIsToldByItsMark() {
    byte[] tar = new byte[512];
    java.util.Arrays.fill(tar, (byte) 'a');
    System.arraycopy(utf8("ustar"), 0, tar, 257, 5);
    assertThatThrownBy(() -> lines(stream(tar, InputSettings.DEFAULT)))
        .hasMessage("data is no text but a tar archive; unpack it first (tar -x)");
    byte[] cut = java.util.Arrays.copyOf(tar, 262);
    assertThatThrownBy(() -> lines(stream(cut, InputSettings.DEFAULT)))
        .hasMessageContaining("a tar archive");
    byte[] shorter = java.util.Arrays.copyOf(tar, 261);
    assertThat(lines(stream(shorter, InputSettings.DEFAULT))).hasSize(1);
  }

  /** A pickle's second byte is a small number; a text may begin with the first as well. */
  @ParameterizedTest
  @CsvSource({"8002, true", "801f, true", "8020, false", "800a, false", "80, false"})
  void aPickleIsToldByItsSecondByte(String hex, boolean pickle) {
    assertThat(Signature.of(HexFormat.of().parseHex(hex)).isPresent()).isEqualTo(pickle);
  }

  @Test
  void aSignatureAloneIsNoText() {
    assertThat(Signature.of(HexFormat.of().parseHex("504b0304"))).isPresent();
    assertThat(Signature.of(HexFormat.of().parseHex("504b03"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"fffe0000 61000000", "0000feff 00000061"})
  void utf32IsToldFromUtf16(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> lines(stream(bytes, InputSettings.DEFAULT)))
        .hasMessageContaining("data is UTF-32, as its byte order mark says");
    InputSettings utf16 = InputSettings.DEFAULT.withEncoding("UTF-16");
    assertThatThrownBy(() -> lines(stream(bytes, utf16)))
        .hasMessageContaining("data is UTF-32, as its byte order mark says, not UTF-16");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "006100|byte 1 is zero (is it UTF-16 without a mark?)",
        "61006200|byte 2 is zero (is it UTF-16 without a mark?)",
        "61620000|byte 3 is zero (and so are all after it: was the file cut off",
        "6162000a000d|byte 3 is zero (and so are all after it: was the file cut off",
        "61620063|byte 3 is zero (text in UTF-8 is needed)",
        "00|byte 1 is zero (and so are all after it",
      })
  void zerosAtTheBeginningAreExplained(String hex, String message) {
    assertThatThrownBy(() -> lines(stream(HexFormat.of().parseHex(hex), InputSettings.DEFAULT)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theBeginningIsLookedAtWithoutBeingTaken() throws IOException {
    InputFile file = stream(utf8("one\r\ntwo\rthree\nfour"), InputSettings.DEFAULT);
    assertThat(file.<List<String>>look(input -> input.firstLines(1))).containsExactly("one");
    assertThat(file.<List<String>>look(input -> input.firstLines(2))).containsExactly("one", "two");
    assertThat(file.<List<String>>look(input -> input.firstLines(9)))
        .containsExactly("one", "two", "three", "four");
    assertThat(file.<Boolean>look(TextInput::isSeenWhole)).isTrue();
    assertThat(file.<byte[]>look(TextInput::beginning)).startsWith(utf8("one"));
    assertThat(lines(file)).hasSize(4);
    assertThatThrownBy(() -> file.<String>look(TextInput::firstLine))
        .hasMessageContaining("data can be read only once");
  }

  /** A first line may come in two parts: what is there is no line yet. */
  @Test
  void aLineThatGoesOnIsNotSeen() throws IOException {
    InputStream slow =
        new FilterInputStream(new ByteArrayInputStream(utf8("one\ntwo\nthree"))) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return super.read(bytes, offset, Math.min(6, length));
          }
        };
    InputFile file = InputFile.ofStream(slow, "data", InputSettings.DEFAULT);
    assertThat(file.<Boolean>look(TextInput::isSeenWhole)).isFalse();
    assertThat(file.<List<String>>look(TextInput::seenLines)).containsExactly("one");
  }

  @Test
  void theSameInputIsKnownByItsNameAndReadAsIsSet() throws IOException {
    Path path = Files.writeString(folder.resolve("a.txt"), "a\nb\n");
    InputFile file = InputFile.of(path);
    assertThat(file.path()).isEqualTo(path);
    assertThat(file.name()).isEqualTo(path.toString());
    InputSettings tsv = InputSettings.DEFAULT.withFormat(FileFormat.TSV);
    assertThat(file.with(tsv).settings()).isEqualTo(tsv);
    assertThat(file.settings()).isEqualTo(InputSettings.DEFAULT);
    assertThat(file.readLines((input, lines) -> lines.next().orElseThrow().text()).value())
        .isEqualTo("a");
    try (TextInput input = file.open()) {
      assertThat(input.content().readAllBytes()).isEqualTo(utf8("a\nb\n"));
    }
  }

  /** Reading byte by byte, skipping and asking how much is there give the same bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16", "windows-1252"})
  void bytesAreTheSameHoweverTheyAreRead(String encoding) throws IOException {
    String text = "Grüße\nan alle\n";
    InputSettings settings = InputSettings.DEFAULT.withEncoding(encoding);
    byte[] bytes = text.getBytes(settings.encoding());
    try (TextInput input = stream(bytes, settings).open();
        InputStream content = input.content()) {
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      for (int b = content.read(); b >= 0; b = content.read()) {
        read.write(b);
      }
      assertThat(read.toByteArray()).isEqualTo(utf8(text));
    }
    try (TextInput input = stream(bytes, settings).open();
        InputStream content = input.content()) {
      assertThat(content.available()).isPositive();
      content.skipNBytes(7);
      assertThat(content.readAllBytes()).isEqualTo(utf8("\nan alle\n"));
      assertThat(content.read()).isEqualTo(-1);
    }
  }

  @Test
  void whatCannotBeDecodedIsShownWholeAndComesAfterWhatIsSound() {
    InputSettings settings = InputSettings.DEFAULT.withEncoding("GB18030");
    byte[] bytes = {'o', 'k', '\n', 'a', (byte) 0x81, (byte) 0x30, (byte) 0x81, 'x', '\n'};
    List<String> read = new ArrayList<>();
    assertThatThrownBy(
            () ->
                stream(bytes, settings)
                    .readLines(
                        (input, lines) -> {
                          for (Optional<PhysicalLine> line = lines.next();
                              line.isPresent();
                              line = lines.next()) {
                            read.add(line.get().text());
                          }
                          return null;
                        }))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("byte 5 (0x81")
        .hasMessageContaining("line 2) is not GB18030");
    assertThat(read).startsWith("ok");
  }

  @Test
  void closingClosesWhatIsRead() throws IOException {
    AtomicBoolean closed = new AtomicBoolean();
    InputStream content =
        new ByteArrayInputStream(utf8("a\n")) {
          @Override
          public void close() {
            closed.set(true);
          }
        };
    try (TextInput input = TextInput.open(content, "data", InputSettings.DEFAULT)) {
      assertThat(input.firstLine()).isEqualTo("a");
    }
    assertThat(closed).isTrue();
  }

  @Test
  void aMarkAloneIsNoText() {
    byte[] mark = HexFormat.of().parseHex("efbbbf");
    assertThatThrownBy(() -> lines(stream(mark, InputSettings.DEFAULT)))
        .hasMessage("data is empty (but for a byte order mark)");
    InputStream slow =
        new FilterInputStream(new ByteArrayInputStream(utf8("\ufeffa\n"))) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return super.read(bytes, offset, Math.min(1, length));
          }
        };
    InputFile file = InputFile.ofStream(slow, "data", InputSettings.DEFAULT);
    assertThat(lines(file)).extracting(PhysicalLine::text).containsExactly("a");
  }

  /** The first byte of a line is as good a place for a fault as any other. */
  @Test
  void aByteThatIsNoTextIsSeenAtTheStartOfALine() {
    List<PhysicalLine> lines = lines(new byte[] {(byte) 0xe9, 'a', '\n', 'b', '\n'}, 100);
    assertThat(lines).extracting(PhysicalLine::isBad).containsExactly(true, false);
    assertThat(lines.get(0).problem()).startsWith("byte 1 of the line (0xE9) is not UTF-8");
  }

  /** Gives a part with each read, and fails where more is asked for. */
  private static InputStream parts(String... parts) {
    Deque<byte[]> left = new ArrayDeque<>();
    for (String part : parts) {
      left.add(utf8(part));
    }
    return new InputStream() {
      @Override
      public int read() {
        throw new AssertionError("read byte by byte");
      }

      @Override
      public int read(byte[] bytes, int offset, int length) {
        if (length == 0) {
          return 0;
        }
        byte[] next = left.remove();
        int count = Math.min(length, next.length);
        System.arraycopy(next, 0, bytes, offset, count);
        if (count < next.length) {
          left.addFirst(Arrays.copyOfRange(next, count, next.length));
        }
        return count;
      }
    };
  }

  /** Whoever is typing waits for an answer: no part beyond the lines asked for is read. */
  @Test
  void asManyLinesAreWaitedForAsAreAskedFor() throws IOException {
    for (String end : List.of("\n", "\r\n", "\r")) {
      try (TextInput input =
          TextInput.open(
              parts("one" + end, "two" + end, "three" + end), "data", InputSettings.DEFAULT)) {
        assertThat(input.firstLines(1)).containsExactly("one");
        assertThat(input.firstLines(2)).containsExactly("one", "two");
        assertThat(input.firstLines(3)).containsExactly("one", "two", "three");
      }
    }
  }

  @Test
  void aLineEndInTwoPartsIsOne() throws IOException {
    try (TextInput input =
        TextInput.open(parts("one\r", "\ntwo\r", "\nthree\r\n"), "data", InputSettings.DEFAULT)) {
      assertThat(input.firstLines(1)).containsExactly("one");
      assertThat(input.firstLines(3)).containsExactly("one", "two", "three");
    }
  }

  @Test
  void noMoreThanTheBeginningIsLookedAt() throws IOException {
    try (TextInput input = stream(utf8("x".repeat(70_000)), InputSettings.DEFAULT).open()) {
      assertThat(input.firstLines(2)).singleElement().asString().hasSize(1 << 16);
      assertThat(input.beginning()).hasSize(1 << 16);
      assertThat(input.isSeenWhole()).isFalse();
    }
  }

  @Test
  void closingTheContentClosesWhatIsRead() throws IOException {
    AtomicBoolean closed = new AtomicBoolean();
    for (String encoding : List.of("UTF-8", "ISO-8859-1")) {
      closed.set(false);
      InputStream bytes =
          new ByteArrayInputStream(utf8("a\n")) {
            @Override
            public void close() {
              closed.set(true);
            }
          };
      TextInput input = TextInput.open(bytes, "data", InputSettings.DEFAULT.withEncoding(encoding));
      input.content().close();
      assertThat(closed).isTrue();
    }
  }

  @Test
  void whatIsThereIsCountedOverBothParts() throws IOException {
    InputStream joined = new RejoinedStream(utf8("ab"), new ByteArrayInputStream(utf8("cde")));
    assertThat(joined.available()).isEqualTo(5);
    assertThat(joined.read()).isEqualTo('a');
    assertThat(joined.available()).isEqualTo(4);
    assertThat(joined.readAllBytes()).isEqualTo(utf8("bcde"));
    assertThat(joined.markSupported()).isFalse();
  }

  @Test
  void aTranscodedStreamGivesBytesOneByOne() throws IOException {
    byte[] latin = "é!".getBytes(StandardCharsets.ISO_8859_1);
    try (InputStream stream =
        new TranscodedStream(new ByteArrayInputStream(latin), StandardCharsets.ISO_8859_1)) {
      assertThat(stream.available()).isZero();
      assertThat(stream.read()).isEqualTo(0xc3);
      assertThat(stream.available()).isEqualTo(2);
      assertThat(stream.read()).isEqualTo(0xa9);
      assertThat(stream.read()).isEqualTo('!');
      assertThat(stream.read()).isEqualTo(-1);
    }
  }

  /** A decoder may hold the last character back, until it knows that nothing follows. */
  @Test
  void theLastCharacterIsNotLost() throws IOException {
    assumeThat(Charset.isSupported("x-ISCII91")).isTrue();
    byte[] letters = {'a', (byte) 0xa1};
    InputSettings settings = InputSettings.DEFAULT.withEncoding("x-ISCII91");
    assertThat(lines(stream(letters, settings)))
        .extracting(PhysicalLine::text)
        .containsExactly("a\u0901");
  }

  @Test
  void onlyTheBytesThatCannotBeDecodedAreShown() {
    InputSettings settings = InputSettings.DEFAULT.withEncoding("windows-1252");
    byte[] bytes = {'a', '\n', 'b', (byte) 0x81, 'c', 'd', '\n'};
    assertThatThrownBy(() -> lines(stream(bytes, settings)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("byte 4 (0x81, line 2) is not windows-1252");
  }
}
