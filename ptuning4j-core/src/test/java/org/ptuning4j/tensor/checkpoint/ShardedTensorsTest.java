package org.ptuning4j.tensor.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.TensorValues;
import org.ptuning4j.tensor.file.Resources;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorInfo;

class ShardedTensorsTest {

  @TempDir private Path folder;
  private Path index;

  @BeforeEach
  void writeShards() {
    index = folder.resolve("model.safetensors.index.json");
    write("one.safetensors", "a", 1);
    write("two.safetensors", "b", 2);
  }

  @Test
  void readsEachTensorFromItsShard() throws IOException {
    Files.copy(Resources.path("torch-nested.pt"), folder.resolve("three.bin"));
    writeIndex(
        "{\"metadata\":{\"total_size\":8,\"x\":[{}]},\"weight_map\":"
            + "{\"b\":\"two.safetensors\",\"a\":\"one.safetensors\",\"bias\":\"three.bin\"}}");
    try (ShardedTensors tensors = ShardedTensors.open(index)) {
      assertThat(tensors.names()).containsExactly("b", "a", "bias");
      assertThat(tensors.info("a")).isEqualTo(TensorInfo.of("a", Dtype.F32, 1));
      assertThat(TensorValues.doubles(tensors.read("a"))).isEqualTo(TensorValues.list(1));
      assertThat(TensorValues.doubles(tensors.read("b"))).isEqualTo(TensorValues.list(2));
      assertThat(TensorValues.doubles(tensors.read("bias"))).isEqualTo(TensorValues.list(1, -1));
      assertThat(tensors.describe()).isEqualTo(index.toString());
      assertThatThrownBy(() -> tensors.read("c"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(index + " has no tensor 'c'");
    }
  }

  @Test
  void closingClosesTheShards() throws IOException {
    writeIndex("{\"weight_map\":{\"a\":\"one.safetensors\"}}");
    ShardedTensors tensors = ShardedTensors.open(index);
    tensors.close();
    assertThatThrownBy(() -> tensors.read("a")).isInstanceOf(InvalidInputException.class);
  }

  private static Stream<Arguments> brokenIndices() {
    return Stream.of(
        Arguments.of("", "is not a JSON object"),
        Arguments.of("[]", "is not a JSON object"),
        Arguments.of("{\"weight_map\":", "is not valid JSON"),
        Arguments.of("{\"x\":" + "[".repeat(100_000), "is not valid JSON"),
        Arguments.of("{}", "has no weight_map"),
        Arguments.of("{\"weight_map\":{}}", "has no weight_map, or an empty one"),
        Arguments.of("{\"weight_map\":[]}", "weight_map is not an object"),
        Arguments.of("{\"weight_map\":{\"a\":1}}", "the file of tensor 'a' is not a string"),
        Arguments.of(
            "{\"weight_map\":{\"a\":\"one.safetensors\",\"a\":\"two.safetensors\"}}",
            "has tensor 'a' twice"),
        Arguments.of(
            "{\"weight_map\":{\"a\":\"x.safetensors\",\"b\":\"y.bin\"}}",
            "names files that are not in its folder: 'x.safetensors', 'y.bin'"),
        Arguments.of(
            "{\"weight_map\":{\"a\":\"one.safetensors\",\"c\":\"one.safetensors\","
                + "\"d\":\"two.safetensors\"}}",
            "not in the files where it says: 'c', 'd'"),
        Arguments.of(
            many(ShardedTensors.MOST_TENSORS + 1, i -> "one.safetensors"),
            "names more than 100000 tensors"),
        Arguments.of(
            many(ShardedTensors.MOST_SHARDS + 1, i -> i + ".safetensors"),
            "names 2001 files; at most 2000 are allowed"));
  }

  private static String many(int count, IntFunction<String> file) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"" + i + "\":\"" + file.apply(i) + "\"")
        .collect(Collectors.joining(",", "{\"weight_map\":{", "}}"));
  }

  @ParameterizedTest
  @MethodSource("brokenIndices")
  void refusesBrokenIndices(String json, String message) throws IOException {
    writeIndex(json);
    assertThatThrownBy(() -> ShardedTensors.open(index).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(index.toString())
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../one.safetensors",
        "/etc/one.safetensors",
        "sub/one.safetensors",
        "..\\\\one.safetensors",
        "C:one.safetensors",
        "..",
        ".",
        "",
        "one.safetensors\\u0000",
        "model.safetensors.index.json",
        "passwd"
      })
  void refusesNamesThatLeadElsewhere(String name) throws IOException {
    writeIndex("{\"weight_map\":{\"a\":\"" + name + "\"}}");
    assertThatThrownBy(() -> ShardedTensors.open(index).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(index + " names the file ");
  }

  @Test
  void saysThatTheIndexIsMissing() {
    assertThatThrownBy(() -> ShardedTensors.open(index).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(index + " does not exist");
  }

  private void writeIndex(String json) throws IOException {
    Files.writeString(index, json);
  }

  private void write(String file, String name, double value) {
    SafetensorsWriter.write(
        folder.resolve(file),
        Map.of(name, TensorValues.tensor(Dtype.F32, new long[] {1}, value)),
        Map.of());
  }
}
