package org.ptuning4j.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.TensorValues;

/** Whatever a file holds, it is read or refused: no other exception, no crash. */
class SafetensorsMutationTest {

  private static final byte[] SOUND =
      SafetensorsBytes.of(
          "{\"__metadata__\":{\"format\":\"pt\"},"
              + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
              + "\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[24,32]}}",
          32);

  private static Path folder;

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("mutations");
  }

  @AfterContainer
  static void deleteFolder() throws IOException {
    Files.deleteIfExists(folder.resolve("model.safetensors"));
    Files.delete(folder);
  }

  @Property(tries = 200)
  void randomBytes(@ForAll @Size(max = 300) byte[] bytes) {
    readOrRefuse(bytes);
  }

  @Property(tries = 200)
  void randomBytesBehindAPlausibleLength(@ForAll @Size(max = 300) byte[] bytes) {
    readOrRefuse(SafetensorsBytes.of(new String(bytes, StandardCharsets.UTF_8), bytes.length));
  }

  @Property(tries = 400)
  void changedBytes(
      @ForAll @Size(min = 1, max = 3) List<@IntRange(max = 1_000_000) Integer> positions,
      @ForAll byte value) {
    byte[] bytes = SOUND.clone();
    positions.forEach(position -> bytes[position % bytes.length] = value);
    readOrRefuse(bytes);
  }

  @Property(tries = 100)
  void cutShort(@ForAll @IntRange(max = 300) int length) {
    boolean read = readOrRefuse(Arrays.copyOf(SOUND, Math.min(length, SOUND.length)));
    assertThat(read).isEqualTo(length >= SOUND.length);
  }

  @Property(tries = 400)
  void changedTokens(@ForAll("tokens") String old, @ForAll("tokens") String replacement) {
    String header = new String(SOUND, 8, SOUND.length - 40, StandardCharsets.UTF_8);
    readOrRefuse(SafetensorsBytes.of(header.replace(old, replacement), 32));
  }

  @Provide
  Arbitrary<String> tokens() {
    return Arbitraries.of(
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "2",
        "3",
        "24",
        "32",
        "0",
        "-1",
        "1e3",
        "null",
        "true",
        "9223372036854775807",
        "18446744073709551616",
        "\"F32\"",
        "\"I64\"",
        "\"F8\"",
        "\"a\"",
        "\"b\"",
        "\"__metadata__\"",
        "\"shape\"",
        "\"dtype\"",
        "\"data_offsets\"",
        "[2,3]",
        "[]",
        "[24,32]",
        "[0,24]",
        "\"pt\"",
        "\\u0000",
        "");
  }

  /** Whether the file could be read. */
  private static boolean readOrRefuse(byte[] bytes) {
    Path path = SafetensorsBytes.write(folder, bytes);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      for (String name : file.names()) {
        Scope.run(
            () ->
                assertThat(TensorValues.shape(file.read(name))).isEqualTo(file.info(name).shape()));
      }
      return true;
    } catch (InvalidInputException e) {
      assertThat(e).hasMessageStartingWith(path.toString());
      return false;
    }
  }
}
