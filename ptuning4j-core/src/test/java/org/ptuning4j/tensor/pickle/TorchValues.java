package org.ptuning4j.tensor.pickle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.TensorValues;
import org.ptuning4j.tensor.file.Resources;
import org.ptuning4j.tensor.file.TensorInfo;
import org.ptuning4j.tensor.file.TensorSource;

/** What Python says that the fixtures hold: name, dtype, shape and values, line by line. */
public final class TorchValues {

  private static final Map<String, Dtype> DTYPES =
      Map.of(
          "torch.float64", Dtype.F64,
          "torch.float32", Dtype.F32,
          "torch.float16", Dtype.F16,
          "torch.bfloat16", Dtype.BF16,
          "torch.int64", Dtype.I64,
          "torch.int32", Dtype.I32,
          "torch.int16", Dtype.I16,
          "torch.int8", Dtype.I8,
          "torch.uint8", Dtype.U8,
          "torch.bool", Dtype.BOOL);

  private TorchValues() {}

  /** Asserts that a source holds exactly the fixture's tensors, each with its type and values. */
  public static void assertEqual(TensorSource source) {
    Map<String, String[]> expected = new LinkedHashMap<>();
    for (String line : lines()) {
      String[] parts = line.split("\t", -1);
      expected.put(parts[0], parts);
    }
    assertThat(source.names()).containsExactlyInAnyOrderElementsOf(expected.keySet()).hasSize(17);
    expected.forEach(
        (name, parts) -> {
          List<Long> shape = split(parts[2]).stream().map(Long::valueOf).toList();
          assertThat(source.info(name))
              .isEqualTo(new TensorInfo(name, DTYPES.get(parts[1]), shape));
          Scope.run(() -> assertValues(source, name, shape, split(parts[3])));
        });
  }

  private static void assertValues(
      TensorSource source, String name, List<Long> shape, List<String> values) {
    var tensor = source.read(name);
    Dtype dtype = Dtype.of(tensor.scalar_type());
    assertThat(dtype).as(name).isEqualTo(source.info(name).dtype());
    assertThat(TensorValues.shape(tensor)).as(name).isEqualTo(shape);
    assertThat(tensor.is_contiguous()).as(name).isTrue();
    if (dtype.isFloatingPoint()) {
      assertThat(TensorValues.doubles(tensor))
          .as(name)
          .isEqualTo(values.stream().map(Double::valueOf).toList());
    } else {
      assertThat(TensorValues.longs(tensor))
          .as(name)
          .isEqualTo(values.stream().map(Long::valueOf).toList());
    }
  }

  private static List<String> lines() {
    try {
      return Files.readAllLines(Resources.path("torch-values.tsv"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> split(String values) {
    return values.isEmpty() ? List.of() : Arrays.asList(values.split(",", -1));
  }
}
