package org.ptuning4j.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.TensorValues;
import org.ptuning4j.tensor.pickle.TorchValues;

class SafetensorsFileTest {

  /** A tensor of no bytes: as many of them as one likes fit into a file without data. */
  private static final String EMPTY = "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";

  @TempDir private Path folder;

  @Test
  void readsWhatTheReferenceWrote() {
    try (SafetensorsFile file = SafetensorsFile.open(Resources.path("reference.safetensors"))) {
      assertThat(file.metadata()).isEqualTo(Map.of("format", "pt", "ü", "ß\"\n"));
      TorchValues.assertEqual(file);
    }
  }

  @Test
  void readsScalarsEmptyTensorsAndUnalignedOnes() {
    byte[] bytes =
        SafetensorsBytes.of(
            "{\"byte\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"none\":{\"dtype\":\"F32\",\"shape\":[2,0],\"data_offsets\":[1,1]},"
                + "\"word\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[1,5]}}",
            5);
    try (SafetensorsFile file = SafetensorsFile.open(SafetensorsBytes.write(folder, bytes))) {
      assertThat(file.names()).containsExactly("byte", "none", "word");
      assertThat(file.metadata()).isEmpty();
      assertThat(TensorValues.longs(file.read("word"))).containsExactly(0x04030201L);
      assertThat(TensorValues.shape(file.read("word"))).isEmpty();
      assertThat(TensorValues.shape(file.read("none"))).containsExactly(2L, 0L);
      assertThat(TensorValues.longs(file.read("byte"))).containsExactly(0L);
      assertThat(file.info("none")).isEqualTo(TensorInfo.of("none", Dtype.F32, 2, 0));
    }
  }

  @Test
  void readsWithoutTensors() {
    Path path = SafetensorsBytes.write(folder, SafetensorsBytes.of("{}  ", 0));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.names()).isEmpty();
    }
  }

  @Test
  void tensorsOutliveTheFile() {
    Path path = SafetensorsBytes.write(folder, SafetensorsBytes.of(tensor("U8", "[3]", 0, 3), 3));
    SafetensorsFile file = SafetensorsFile.open(path);
    var tensor = file.read("a");
    file.close();
    assertThat(TensorValues.longs(tensor)).containsExactly(0L, 1L, 2L);
  }

  @Test
  void namesTheTensorThatIsNotThere() {
    Path path = SafetensorsBytes.write(folder, SafetensorsBytes.of(tensor("U8", "[3]", 0, 3), 3));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThatThrownBy(() -> file.read("b"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(path + " has no tensor 'b'");
      assertThatThrownBy(() -> file.info("b")).isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void readsBeyondFourGibibytes() throws IOException {
    long big = 5L << 30;
    String header =
        "{\"big\":{\"dtype\":\"I8\",\"shape\":["
            + big
            + "],\"data_offsets\":[0,"
            + big
            + "]},"
            + "\"small\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":["
            + big
            + ","
            + (big + 2)
            + "]}}";
    Path path = SafetensorsBytes.write(folder, SafetensorsBytes.of(header, 0));
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      // A hole in the file: takes no space on the disk.
      channel.write(ByteBuffer.wrap(new byte[] {7, 9}), Files.size(path) + big);
    }
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.info("big").elements()).isEqualTo(big);
      assertThat(TensorValues.longs(file.read("small"))).containsExactly(7L, 9L);
    }
  }

  @Test
  void copiesTensorsInSeveralWindows() throws IOException {
    byte[] contents = new byte[1000];
    for (int i = 0; i < contents.length; i++) {
      contents[i] = (byte) (i * 31);
    }
    Path path = Files.write(folder.resolve("bytes"), contents);
    try (FileBytes bytes = FileBytes.open(path, 64)) {
      var tensor = TensorMemory.allocate(Dtype.U8, 900);
      bytes.copy(50, tensor);
      assertThat(TensorValues.bytes(tensor)).isEqualTo(Arrays.copyOfRange(contents, 50, 950));
    }
  }

  @Test
  void aFileThatIsCutShortAfterOpeningIsAnErrorNotACrash() throws IOException {
    Path path =
        SafetensorsBytes.write(folder, SafetensorsBytes.of(tensor("U8", "[9000]", 0, 9000), 9000));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.truncate(100);
      }
      assertThatThrownBy(() -> file.read("a"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(path + " ends before byte ");
    }
  }

  @Test
  void saysWhatAGitLfsPointerIs() throws IOException {
    Path path = folder.resolve("model.safetensors");
    Files.writeString(
        path, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1234\n");
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Git LFS pointer");
  }

  @Test
  void saysThatAFileIsMissingOrAFolder() {
    assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("none")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith("none does not exist");
    assertThatThrownBy(() -> SafetensorsFile.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is a folder");
  }

  private static Stream<Arguments> hostileFiles() {
    String ok = tensor("F32", "[2]", 0, 8);
    return Stream.of(
        hostile("no bytes", new byte[0], "is 0 bytes long"),
        hostile("seven bytes", new byte[7], "is 7 bytes long"),
        hostile("header beyond the file", length(1000), "has only 8; it is cut short"),
        hostile("header of 100 MB", length(100_000_001), "at most 100000000"),
        hostile("header of 2^64-1", length(-1), "18446744073709551615 bytes"),
        hostile("empty header", SafetensorsBytes.of("", 0), "not a JSON object"),
        hostile("array", SafetensorsBytes.of("[]", 0), "not a JSON object"),
        hostile("broken JSON", SafetensorsBytes.of("{\"a\":", 0), "not valid JSON"),
        hostile("unclosed", SafetensorsBytes.of("{", 0), "not valid JSON"),
        hostile("not UTF-8", latin1("{\"\u00ff\":{}}"), "not UTF-8"),
        hostile("something after", SafetensorsBytes.of("{} {}", 0), "more after"),
        hostile("deep nesting", SafetensorsBytes.of(deep(100_000), 0), "unknown field 'a'"),
        hostile("deep in metadata", header("\"__metadata__\":" + deep(9), 0), "not a string"),
        hostile("tensor is a number", header("\"a\":1", 0), "is not an object with"),
        hostile("no fields", header("\"a\":{}", 0), "must have dtype, shape"),
        hostile(
            "one offset", SafetensorsBytes.of(ok.replace("[0,8]", "[8]"), 8), "must have dtype"),
        hostile("same tensor twice", header(field(ok) + "," + field(ok), 8), "'a' twice"),
        hostile(
            "same field twice",
            SafetensorsBytes.of(ok.replace("{\"dtype", "{\"dtype\":\"F32\",\"dtype"), 8),
            "has twice 'dtype'"),
        hostile(
            "unknown field",
            SafetensorsBytes.of(ok.replace("{\"dtype", "{\"x\":1,\"dtype"), 8),
            "unknown field 'x'"),
        hostile(
            "unknown dtype",
            SafetensorsBytes.of(tensor("F8_E4M3", "[8]", 0, 8), 8),
            "dtype 'F8_E4M3'; supported: [F64,"),
        hostile(
            "dtype a number", SafetensorsBytes.of(ok.replace("\"F32\"", "32"), 8), "not a string"),
        hostile("negative shape", SafetensorsBytes.of(tensor("F32", "[-2]", 0, 8), 8), "holds -2"),
        hostile(
            "fraction",
            SafetensorsBytes.of(tensor("F32", "[2.0]", 0, 8), 8),
            "'2.0', which is not a whole"),
        hostile(
            "string", SafetensorsBytes.of(tensor("F32", "[\"2\"]", 0, 8), 8), "not a whole number"),
        hostile(
            "beyond 64 bits",
            SafetensorsBytes.of(tensor("F32", "[99999999999999999999]", 0, 8), 8),
            "must be between"),
        hostile(
            "long digits",
            SafetensorsBytes.of(tensor("F32", "[" + "9".repeat(5000) + "]", 0, 8), 8),
            "not valid JSON: Number value length"),
        hostile(
            "overflow",
            SafetensorsBytes.of(tensor("F32", "[4294967296,4294967296]", 0, 0), 0),
            "overflows"),
        hostile(
            "overflow to 8",
            SafetensorsBytes.of(tensor("F32", "[4611686018427387906]", 0, 8), 8),
            "overflows"),
        hostile(
            "overflow behind a zero",
            SafetensorsBytes.of(tensor("F32", "[0,4294967296,4294967296]", 0, 0), 0),
            "overflows"),
        hostile(
            "65 dimensions",
            SafetensorsBytes.of(tensor("F32", "[1" + ",1".repeat(64) + "]", 0, 4), 4),
            "more than 64"),
        hostile(
            "shape an object",
            SafetensorsBytes.of(tensor("F32", "{}", 0, 8), 8),
            "shape is not an array"),
        hostile(
            "begin after end",
            SafetensorsBytes.of(tensor("F32", "[2]", 8, 0), 8),
            "after its end 0"),
        hostile(
            "bytes and shape differ",
            SafetensorsBytes.of(tensor("F32", "[3]", 0, 8), 8),
            "takes 12 bytes, but its data_offsets [0, 8] hold 8"),
        hostile("beyond the data", SafetensorsBytes.of(ok, 7), "only 7 bytes long"),
        hostile(
            "far beyond the data",
            SafetensorsBytes.of(tensor("U8", "[4611686018427387904]", 0, 1L << 62), 8),
            "only 8 bytes long"),
        hostile("bytes left over", SafetensorsBytes.of(ok, 9), "1 bytes after the last"),
        hostile(
            "hole at the beginning",
            SafetensorsBytes.of(tensor("F32", "[2]", 4, 12), 12),
            "hole: no tensor covers bytes 0 to 4"),
        hostile(
            "overlap",
            header(
                field(ok) + "," + field(tensor("F32", "[2]", 4, 12)).replace("\"a\"", "\"b\""), 12),
            "'b' begins at 4, inside another"),
        hostile(
            "metadata a string", header("\"__metadata__\":\"x\"", 0), "not an object of strings"),
        hostile(
            "metadata of numbers", header("\"__metadata__\":{\"x\":1}", 0), "'x' is not a string"),
        hostile("metadata twice", header("\"__metadata__\":{},\"__metadata__\":{}", 0), "twice"),
        hostile(
            "metadata key twice",
            header("\"__metadata__\":{\"x\":\"1\",\"x\":\"2\"}", 0),
            "has 'x' twice"),
        hostile(
            "tensors without end",
            header(fields(SafetensorsHeader.MOST_ENTRIES + 1, EMPTY), 0),
            "the header has more than 100000 tensors"),
        hostile(
            "metadata without end",
            header(
                "\"__metadata__\":{" + fields(SafetensorsHeader.MOST_ENTRIES + 1, "\"\"") + "}", 0),
            "__metadata__ has more than 100000 entries"),
        hostile(
            "a long name",
            header("\"" + "n".repeat(1001) + "\":" + EMPTY, 0),
            "the header has a name of 1001 characters; at most 1000 are allowed"),
        hostile(
            "a long name in metadata",
            header("\"__metadata__\":{\"" + "n".repeat(1001) + "\":\"\"}", 0),
            "the header has a name of 1001 characters"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostileFiles")
  void refusesHostileFiles(String what, byte[] bytes, String message) {
    Path path = SafetensorsBytes.write(folder, bytes);
    assertThatThrownBy(() -> SafetensorsFile.open(path).close())
        .as(what)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(message);
  }

  /** Names 0, 1, …, each with the same value. */
  private static String fields(int count, String value) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"" + i + "\":" + value)
        .collect(Collectors.joining(","));
  }

  @Test
  void asManyTensorsAsAreAllowedAreRead() {
    byte[] most = header(fields(SafetensorsHeader.MOST_ENTRIES, EMPTY), 0);
    try (SafetensorsFile file = SafetensorsFile.open(SafetensorsBytes.write(folder, most))) {
      assertThat(file.names()).hasSize(SafetensorsHeader.MOST_ENTRIES);
    }
  }

  private static Arguments hostile(String what, byte[] bytes, String message) {
    return Arguments.of(what, bytes, message);
  }

  private static String tensor(String dtype, String shape, long begin, long end) {
    return "{\"a\":{\"dtype\":\""
        + dtype
        + "\",\"shape\":"
        + shape
        + ",\"data_offsets\":["
        + begin
        + ","
        + end
        + "]}}";
  }

  /** What is inside a header's outermost braces. */
  private static String field(String header) {
    return header.substring(1, header.length() - 1);
  }

  private static byte[] header(String fields, int dataLength) {
    return SafetensorsBytes.of("{" + fields + "}", dataLength);
  }

  private static byte[] length(long length) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
  }

  private static String deep(int depth) {
    return "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
  }

  private static byte[] latin1(String header) {
    byte[] file = SafetensorsBytes.of("x".repeat(header.length()), 0);
    System.arraycopy(header.getBytes(StandardCharsets.ISO_8859_1), 0, file, 8, header.length());
    return file;
  }
}
