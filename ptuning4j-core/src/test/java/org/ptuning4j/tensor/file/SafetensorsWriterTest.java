package org.ptuning4j.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.TensorValues;

class SafetensorsWriterTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Dtype.class)
  void whatIsWrittenIsReadBack(Dtype dtype) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("matrix", TensorValues.tensor(dtype, new long[] {2, 3}, 0, 1, 0, 1, 1, 0));
    tensors.put("scalar", TensorValues.tensor(dtype, new long[0], 1));
    tensors.put("empty", TensorValues.tensor(dtype, new long[] {0, 5}));
    Path path = folder.resolve("a.safetensors");

    SafetensorsWriter.write(path, tensors, Map.of("format", "pt"));

    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
      assertThat(file.names()).containsExactly("matrix", "scalar", "empty");
      tensors.forEach(
          (name, tensor) -> {
            Tensor read = file.read(name);
            assertThat(Dtype.of(read.scalar_type())).isEqualTo(dtype);
            assertThat(TensorValues.shape(read)).isEqualTo(TensorValues.shape(tensor));
            assertThat(TensorValues.bytes(read)).isEqualTo(TensorValues.bytes(tensor));
          });
    }
  }

  @Test
  void bfloat16KeepsItsBits() {
    Tensor tensor = TensorValues.tensor(Dtype.BF16, new long[] {3}, 1.5, -3.0e38, 1e-30);
    Path path = folder.resolve("a.safetensors");
    SafetensorsWriter.write(path, Map.of("a", tensor), Map.of());
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(TensorValues.doubles(file.read("a")))
          .containsExactly(1.5, -3.00405527047391e+38, 9.98402083170343e-31);
    }
  }

  @Test
  void viewsAndParametersAreWrittenByTheirValues() {
    Tensor base = TensorValues.tensor(Dtype.F32, new long[] {2, 3}, 1, 2, 3, 4, 5, 6);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("transposed", base.t());
    tensors.put("column", base.select(1, 1));
    tensors.put("expanded", base.select(0, 0).expand(2, 3));
    tensors.put("trained", base.clone().requires_grad_(true));
    Path path = folder.resolve("a.safetensors");

    SafetensorsWriter.write(path, tensors, Map.of());

    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(TensorValues.doubles(file.read("transposed")))
          .isEqualTo(TensorValues.list(1, 4, 2, 5, 3, 6));
      assertThat(TensorValues.doubles(file.read("column"))).isEqualTo(TensorValues.list(2, 5));
      assertThat(TensorValues.doubles(file.read("expanded")))
          .isEqualTo(TensorValues.list(1, 2, 3, 1, 2, 3));
      assertThat(TensorValues.doubles(file.read("trained")))
          .isEqualTo(TensorValues.list(1, 2, 3, 4, 5, 6));
    }
  }

  @Test
  void namesAndMetadataMayHoldAnyCharacter() {
    String name = "layer.0/\"ключ\"\n\\\uD83D\uDE00";
    Path path = folder.resolve("a.safetensors");
    SafetensorsWriter.write(
        path, Map.of(name, TensorValues.tensor(Dtype.F32, new long[] {1}, 3)), Map.of(name, name));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.metadata()).isEqualTo(Map.of(name, name));
      assertThat(TensorValues.doubles(file.read(name))).isEqualTo(TensorValues.list(3));
    }
  }

  @Test
  void tensorsAreAlignedForTheirTypeInWhateverOrderTheyCome() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("flag", TensorValues.tensor(Dtype.BOOL, new long[] {1}, 1));
    tensors.put("half", TensorValues.tensor(Dtype.F16, new long[] {1}, 1));
    tensors.put("wide", TensorValues.tensor(Dtype.F64, new long[] {1}, 1));
    Path path = folder.resolve("a.safetensors");
    SafetensorsWriter.write(path, tensors, Map.of());

    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.names()).containsExactly("flag", "half", "wide");
    }
    byte[] bytes = Files.readAllBytes(path);
    int headerLength = bytes[0] & 0xff;
    String header = new String(bytes, 8, headerLength, StandardCharsets.UTF_8);
    assertThat(headerLength % 8).isZero();
    assertThat(header)
        .startsWith("{\"flag\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[10,11]}")
        .contains("\"half\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[8,10]}")
        .contains("\"wide\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}");
  }

  @Test
  void equalInputGivesEqualBytes() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < 20; i++) {
      tensors.put("t" + i, TensorValues.tensor(Dtype.F32, new long[] {2}, i, -i));
    }
    SafetensorsWriter.write(folder.resolve("a"), tensors, Map.of("k", "v"));
    SafetensorsWriter.write(folder.resolve("b"), tensors, Map.of("k", "v"));
    assertThat(folder.resolve("a")).hasSameBinaryContentAs(folder.resolve("b"));
  }

  @Test
  void refusesWhatTheFormatCannotHold() {
    Path path = folder.resolve("a.safetensors");
    Tensor complex = TensorValues.tensor(Dtype.F32, new long[] {1}, 1).to(ScalarType.ComplexFloat);
    assertThatThrownBy(() -> SafetensorsWriter.write(path, Map.of("c", complex), Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("cannot write " + path + ": tensor 'c': dtype ");
    Tensor sound = TensorValues.tensor(Dtype.F32, new long[] {1}, 1);
    assertThatThrownBy(() -> SafetensorsWriter.write(path, Map.of("__metadata__", sound), Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("reserves the tensor name");
    Tensor undefined = new Tensor();
    assertThatThrownBy(() -> SafetensorsWriter.write(path, Map.of("u", undefined), Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("tensor 'u' is undefined");
    assertThat(folder).isEmptyDirectory();
  }

  @Property(tries = 50)
  void anySetOfShapesRoundTrips(
      @ForAll @Size(max = 6) List<@Size(max = 4) List<@IntRange(max = 4) Integer>> shapes,
      @ForAll Dtype dtype)
      throws IOException {
    Path path = Files.createTempFile("shapes", ".safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (List<Integer> shape : shapes) {
      long[] dimensions = shape.stream().mapToLong(Integer::longValue).toArray();
      int elements = shape.stream().reduce(1, (a, b) -> a * b);
      double[] values = new double[elements];
      for (int i = 0; i < elements; i++) {
        values[i] = (i + tensors.size()) % 100;
      }
      tensors.put("t" + tensors.size(), TensorValues.tensor(dtype, dimensions, values));
    }
    SafetensorsWriter.write(path, tensors, Map.of());
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.names()).containsExactlyElementsOf(tensors.keySet());
      List<String> names = new ArrayList<>(tensors.keySet());
      Collections.reverse(names);
      for (String name : names) {
        assertThat(TensorValues.shape(file.read(name)))
            .isEqualTo(TensorValues.shape(tensors.get(name)));
        assertThat(TensorValues.bytes(file.read(name)))
            .isEqualTo(TensorValues.bytes(tensors.get(name)));
      }
    } finally {
      Files.delete(path);
    }
  }

  @Test
  void aFullDiskLeavesTheOldFileAndNoOther() throws IOException {
    try (SmallDisk disk = SmallDisk.mount(folder, 256)) {
      Path path = disk.folder().resolve("prompt.safetensors");
      SafetensorsWriter.write(
          path, Map.of("a", TensorValues.tensor(Dtype.F32, new long[] {2}, 1, 2)), Map.of());
      byte[] before = Files.readAllBytes(path);

      Tensor big = TensorMemory.allocate(Dtype.U8, 1 << 20);
      assertThatThrownBy(() -> SafetensorsWriter.write(path, Map.of("a", big), Map.of()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining("No space left on device");

      assertThat(path).hasBinaryContent(before);
      try (Stream<Path> files = Files.list(disk.folder())) {
        assertThat(files).containsExactly(path);
      }
    }
  }
}
