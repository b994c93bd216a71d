package org.ptuning4j.tensor.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.TensorValues;

class HostilePickleTest {

  private static final long HUGE = 1L << 40;

  @TempDir private Path folder;

  @Test
  void theHandMadeCheckpointIsReadWhenItIsSound() {
    Path path = checkpoint(PickleBytes.dictionary(6, 1, longs(2, 2), longs(3, 1)));
    try (TorchPickleFile file = TorchPickleFile.open(path)) {
      assertThat(TensorValues.doubles(file.read("a"))).isEqualTo(TensorValues.list(1, 2, 4, 5));
    }
  }

  private static Stream<Arguments> hostilePickles() {
    return Stream.of(
        hostile(
            "one too far",
            PickleBytes.dictionary(6, 1, longs(2, 2), longs(4, 1)),
            "needs elements 1 to 7 of storage '0', which has 6"),
        hostile(
            "negative stride",
            PickleBytes.dictionary(6, 5, longs(2), longs(-1)),
            "arguments that make no sense"),
        hostile(
            "negative offset",
            PickleBytes.dictionary(6, -1, longs(2), longs(1)),
            "arguments that make no sense"),
        hostile(
            "negative size",
            PickleBytes.dictionary(6, 0, longs(-2), longs(1)),
            "arguments that make no sense"),
        hostile(
            "fewer strides",
            PickleBytes.dictionary(6, 0, longs(2, 2), longs(1)),
            "arguments that make no sense"),
        hostile(
            "65 dimensions",
            PickleBytes.dictionary(6, 0, new long[65], new long[65]),
            "arguments that make no sense"),
        hostile(
            "overflow", PickleBytes.dictionary(6, 0, longs(HUGE, HUGE), longs(1, 1)), "overflow"),
        hostile(
            "strides overflow",
            PickleBytes.dictionary(6, 0, longs(3, 3), longs(Long.MAX_VALUE, 1)),
            "overflow"),
        hostile(
            "offset overflows",
            PickleBytes.dictionary(6, Long.MAX_VALUE, longs(2), longs(1)),
            "overflow"),
        hostile(
            "a terabyte by repetition",
            PickleBytes.dictionary(6, 0, longs(HUGE), longs(0)),
            "repeats 1 stored elements"),
        hostile(
            "storage longer than its entry",
            PickleBytes.dictionary(7, 0, longs(2), longs(1)),
            "storage '0' holds 24 bytes, but 7 elements of F32 take 28"),
        hostile(
            "storage shorter than its entry",
            PickleBytes.dictionary(5, 0, longs(2), longs(1)),
            "holds 24 bytes, but 5 elements"),
        hostile(
            "storage of 2^62",
            PickleBytes.dictionary(1L << 62, 0, longs(2), longs(1)),
            "refers to a storage in a way"),
        hostile(
            "call of a string",
            pickle().text("x").raw(')', 'R', '.'),
            "calls something that cannot be called"),
        hostile(
            "call of a type",
            pickle().global("torch", "Tensor").raw(')', 'R', '.'),
            "cannot be called"),
        hostile(
            "eval",
            pickle().global("builtins", "eval").text("1").raw(0x85, 'R', '.'),
            "'builtins.eval'"),
        hostile(
            "eval of Python 2", pickle().global("__builtin__", "eval").raw('.'), "'builtins.eval'"),
        hostile(
            "nested load",
            pickle().global("torch.storage", "_load_from_bytes").raw('.'),
            "'torch.storage._load_from_bytes'"),
        hostile(
            "getattr",
            pickle().text("builtins").text("getattr").raw(0x93, '.'),
            "'builtins.getattr'"),
        hostile(
            "instance",
            pickle().raw('(').raw('i', 'o', 's', '\n', 'x', '\n', '.'),
            "Python class 'os.x'"),
        hostile(
            "endless name", pickle().raw('c').text("x".repeat(5000)), "more than 1000 characters"),
        hostile("unknown opcode", pickle().raw(0x82, 1, '.'), "opcode 0x82"),
        hostile("protocol 9", new PickleBytes().raw(0x80, 9, '.'), "pickle protocol 9"),
        hostile("empty stack", pickle().raw('R', '.'), "takes more from the stack"),
        hostile("nothing", pickle().raw('.'), "takes more from the stack"),
        hostile("stop at a mark", pickle().raw('(', '.'), "takes more from the stack"),
        hostile("group without beginning", pickle().raw('t', '.'), "group without a beginning"),
        hostile("no such memo", pickle().raw('h', 5, '.'), "recalls value 5"),
        hostile("append to a dictionary", pickle().raw('}', 'N', 'a', '.'), "not a list"),
        hostile("item of a list", pickle().raw(']', 'N', 'N', 's', '.'), "not a dictionary"),
        hostile("odd items", pickle().raw('}', '(', 'N', 'u', '.'), "not a dictionary"),
        hostile(
            "string of 4 GB",
            pickle().raw('X', 255, 255, 255, 255, 'x'),
            "string of 4294967295 bytes"),
        hostile(
            "string of 2^64",
            pickle().raw(0x8d, 255, 255, 255, 255, 255, 255, 255, 255),
            "string of 18446744073709551615 bytes"),
        hostile("no end", pickle().raw('}'), "ends too early"),
        hostile(
            "persistent id a string",
            pickle().text("x").raw('Q', '.'),
            "refers to a storage in a way"),
        hostile(
            "no tensors",
            pickle().raw('}').text("lr").raw('N', 's', '.'),
            "it holds a dictionary of 'lr'"),
        hostile("a list", pickle().raw(']', '.'), "it holds something else"),
        hostile("empty dictionary", pickle().raw('}', '.'), "it holds an empty dictionary"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostilePickles")
  void refusesHostilePickles(String what, PickleBytes pickle, String message) {
    Path path = checkpoint(pickle);
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .as(what)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(message);
  }

  @Test
  void manyValuesAreRefusedBeforeTheyFillTheMemory() {
    PickleBytes pickle = pickle();
    for (int i = 0; i < 4_000_001; i++) {
      pickle.raw('}');
    }
    Path path = checkpoint(pickle.raw('.'));
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("more than 4000000 values");
  }

  @Test
  void copiesOfALargeValueAreCounted() {
    // One list of 10,000 pairs, and an OrderedDict of it made 1,000 times.
    PickleBytes pickle = pickle().raw(']', '(');
    for (int i = 0; i < 10_000; i++) {
      pickle.number(i).raw('N', 0x86);
    }
    pickle.raw('e', 0x85, 'q', 0).global("collections", "OrderedDict").raw('q', 1, '0');
    for (int i = 0; i < 1_000; i++) {
      pickle.raw('h', 1, 'h', 0, 'R');
    }
    Path path = checkpoint(pickle.raw('.'));
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("more than 4000000 values");
  }

  @Test
  void containersThatHoldThemselvesDoNoHarm() {
    PickleBytes pickle = pickle().raw('}', 'q', 0).text("model").raw('h', 0, 's', '.');
    Path path = checkpoint(pickle);
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("holds no dictionary of tensors");
  }

  @Test
  void deeplyNestedTuplesDoNoHarmAsKeys() {
    PickleBytes pickle = pickle().raw('}').raw(')');
    for (int i = 0; i < 10_000; i++) {
      pickle.raw('2', 0x86);
    }
    Path path = checkpoint(pickle.raw('N', 's', '.'));
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'(unnamed)'");
  }

  @Test
  void aMissingStorageIsNamed() throws IOException {
    Path path = folder.resolve("a.pt");
    try (OutputStream out = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(PickleBytes.dictionary(6, 0, longs(2), longs(1)).toBytes());
    }
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has no storage '0'");
  }

  @Test
  void anotherByteOrderAndTwoPicklesAreRefused() throws IOException {
    Path path = folder.resolve("a.pt");
    writeZip(path, "archive/data.pkl", "archive/byteorder", "big");
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has byte order 'big'");
    writeZip(path, "archive/data.pkl", "other/data.pkl", "");
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("2 entries named <name>/data.pkl");
    writeZip(path, "word/document.xml", "word/styles.xml", "");
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("0 entries named <name>/data.pkl");
  }

  @Test
  void aZipBombIsRefusedByItsRatio() throws IOException {
    // The directory at the file's end says that 24 bytes unpack to 4 TB.
    long elements = 1L << 40;
    Path path = checkpoint(PickleBytes.dictionary(elements / 4, 0, longs(2), longs(1)));
    byte[] bytes = Files.readAllBytes(path);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(lastDirectoryEntry(bytes) + 24, 0x7fffffff);
    Files.write(path, bytes);
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("holds 2147483647 bytes, but 274877906944 elements");

    Path matching = checkpoint(PickleBytes.dictionary(0x7ffffffcL / 4, 0, longs(2), longs(1)));
    bytes = Files.readAllBytes(matching);
    buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(lastDirectoryEntry(bytes) + 24, 0x7ffffffc);
    Files.write(matching, bytes);
    assertThatThrownBy(() -> TorchPickleFile.open(matching).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot hold 2147483644 bytes in");
  }

  @Property(tries = 1000)
  void randomOpcodesAreReadOrRefused(@ForAll @Size(max = 200) byte[] opcodes) throws IOException {
    Unpickler unpickler =
        new Unpickler(
            "file",
            new ByteArrayInputStream(opcodes),
            opcodes.length,
            new StorageIds("file")::resolve);
    try {
      assertThat(unpickler.load()).isNotNull();
    } catch (InvalidInputException e) {
      assertThat(e).hasMessageStartingWith("file");
    }
  }

  private static int lastDirectoryEntry(byte[] zip) {
    String text = new String(zip, StandardCharsets.ISO_8859_1);
    return text.lastIndexOf("PK\u0001\u0002");
  }

  private static void writeZip(Path path, String first, String second, String contents)
      throws IOException {
    try (OutputStream out = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(first));
      zip.putNextEntry(new ZipEntry(second));
      zip.write(contents.getBytes(StandardCharsets.UTF_8));
    }
  }

  private Path checkpoint(PickleBytes pickle) {
    return pickle.checkpoint(folder.resolve("hostile.pt"), 6);
  }

  private static PickleBytes pickle() {
    return new PickleBytes();
  }

  private static long[] longs(long... values) {
    return values;
  }

  private static Arguments hostile(String what, PickleBytes pickle, String message) {
    return Arguments.of(what, pickle, message);
  }
}
