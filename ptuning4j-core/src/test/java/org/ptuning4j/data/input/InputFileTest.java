package org.ptuning4j.data.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

class InputFileTest {

  private static final String TEXT = "Un film très drôle.\nDull from start to end.\n";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"windows-1252", "latin-1", "UTF-16", "UTF-16LE", "GB18030"})
  void otherEncodingsAreReadWhereTheyAreSet(String encoding) throws IOException {
    InputSettings settings = InputSettings.DEFAULT.withEncoding(encoding);
    Path file = folder.resolve("a.txt");
    Files.write(file, TEXT.getBytes(settings.encoding()));
    assertThat(lines(InputFile.of(file, settings)))
        .containsExactly("Un film très drôle.", "Dull from start to end.");
  }

  @Test
  void aLongTextIsTranscodedWhole() throws IOException {
    String text = "雲と🐈 — ç\n".repeat(20_000);
    for (String name : List.of("UTF-16", "GB18030")) {
      InputSettings settings = InputSettings.DEFAULT.withEncoding(name);
      Path file = Files.write(folder.resolve("a.txt"), text.getBytes(settings.encoding()));
      assertThat(lines(InputFile.of(file, settings))).hasSize(20_000).containsOnly("雲と🐈 — ç");
    }
  }

  @Test
  void aByteThatIsNotOfTheEncodingIsNamedWithItsPlace() throws IOException {
    byte[] bytes = {'a', '\n', 'b', (byte) 0x81, '0', '\n'};
    Path file = Files.write(folder.resolve("a.txt"), bytes);
    InputSettings settings = InputSettings.DEFAULT.withEncoding("US-ASCII");
    assertThatThrownBy(() -> lines(InputFile.of(file, settings)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("byte 4 (0x81, line 2) is not US-ASCII");
  }

  @Test
  void anUnknownEncodingIsNamed() {
    assertThatThrownBy(() -> InputSettings.DEFAULT.withEncoding("utf-9"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("encoding: 'utf-9' is not known; did you mean 'UTF-8'?");
  }

  @Test
  void aMarkThatContradictsTheSettingsIsNamed() throws IOException {
    Path utf16 = Files.write(folder.resolve("a"), "a\n".getBytes(StandardCharsets.UTF_16));
    assertThatThrownBy(() -> lines(InputFile.of(utf16)))
        .hasMessageContaining("is UTF-16, as its byte order mark says")
        .hasMessageContaining("set encoding to UTF-16");
    Path utf8 = Files.writeString(folder.resolve("b"), "\ufeffa\n");
    assertThatThrownBy(
            () -> lines(InputFile.of(utf8, InputSettings.DEFAULT.withEncoding("latin1"))))
        .hasMessageContaining("is UTF-8, as its byte order mark says, not ISO-8859-1");
    assertThat(lines(InputFile.of(utf8))).containsExactly("a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "504b0304000000|a zip archive",
        "504b03045b436f6e74656e745f54797065735d2e786d6c|an Office file such as .xlsx",
        "fd377a585a0000|compressed by xz",
        "28b52ffd0000|compressed by Zstandard",
        "425a683931415926535900|compressed by bzip2",
        "504152311500|a Parquet file",
        "255044462d312e37|a PDF",
      })
  void whatIsNoTextIsNamed(String hex, String what) throws IOException {
    Path file = Files.write(folder.resolve("a.csv"), java.util.HexFormat.of().parseHex(hex));
    assertThatThrownBy(() -> lines(InputFile.of(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(" is no text but " + what);
  }

  /** Java's own reader takes a pipe that has nothing at the moment for the end. */
  @Test
  void allMembersOfAGzipAreReadFromASlowPipe() throws IOException {
    byte[] first = gzip("one\n");
    byte[] all = new byte[first.length + gzip("two\n").length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(gzip("two\n"), 0, all, first.length, all.length - first.length);
    InputStream slow =
        new FilterInputStream(new ByteArrayInputStream(all)) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return super.read(bytes, offset, Math.min(1, length));
          }

          @Override
          public int available() {
            return 0;
          }
        };
    InputFile pipe = InputFile.ofStream(slow, "standard input", InputSettings.DEFAULT);
    assertThat(lines(pipe)).containsExactly("one", "two");
  }

  @Test
  void aStreamIsLookedAtAndThenReadOnce() throws IOException {
    InputFile file =
        InputFile.ofStream(
            new ByteArrayInputStream(TEXT.getBytes(StandardCharsets.UTF_8)),
            "standard input",
            InputSettings.DEFAULT);
    assertThat(file.<String>look(TextInput::firstLine)).isEqualTo("Un film très drôle.");
    assertThat(lines(file)).hasSize(2);
    assertThatThrownBy(() -> lines(file))
        .hasMessageContaining("standard input can be read only once");
  }

  @Test
  void aPipeWithANameIsReadAsOftenAsIsNeeded() throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeTrue(makePipe(pipe), "mkfifo is there");
    Thread writer =
        new Thread(
            () -> {
              try (OutputStream out = Files.newOutputStream(pipe)) {
                out.write(TEXT.getBytes(StandardCharsets.UTF_8));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    writer.start();
    InputFile file = InputFile.of(pipe);
    assertThat(file.<String>look(TextInput::firstLine)).isEqualTo("Un film très drôle.");
    assertThat(lines(file)).isEqualTo(lines(file)).hasSize(2);
    writer.join();
  }

  @Test
  void zerosInTheMidstMakeABadLine() throws IOException {
    String text = "good line\n".repeat(2_000) + "bad\0line\nlast\n";
    Path file = Files.writeString(folder.resolve("a"), text);
    List<PhysicalLine> bad = new ArrayList<>();
    InputFile.of(file)
        .readLines(
            (input, lines) -> {
              for (var line = lines.next(); line.isPresent(); line = lines.next()) {
                line.filter(PhysicalLine::isBad).ifPresent(bad::add);
              }
              return 0;
            });
    assertThat(bad).singleElement().extracting(PhysicalLine::number).isEqualTo(2_001);
    assertThat(bad.get(0).problem()).contains("byte 4 of the line is zero");
  }

  private static boolean makePipe(Path pipe) throws InterruptedException {
    try {
      return new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(Charset.forName("UTF-8")));
    }
    return bytes.toByteArray();
  }

  private static List<String> lines(InputFile file) {
    List<String> read = new ArrayList<>();
    file.readLines(
        (input, lines) -> {
          for (Optional<PhysicalLine> line = lines.next(); line.isPresent(); line = lines.next()) {
            read.add(line.get().text());
          }
          return null;
        });
    return read;
  }
}
