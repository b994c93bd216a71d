package org.ptuning4j.tensor.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;
import org.ptuning4j.tensor.pickle.TorchPickleFile;

/** Rows that are read by themselves are those of the whole tensor, in every kind of file. */
class RowsTest {

  @TempDir Path temp;

  @Test
  void ofASafetensorsFile() {
    Path file = temp.resolve("model.safetensors");
    Scope.run(
        () ->
            SafetensorsWriter.write(
                file,
                Map.of(
                    "matrix", RandomStream.of(1).gaussian(1, 5, 3),
                    "vector", RandomStream.of(2).gaussian(1, 4),
                    "cube", RandomStream.of(3).gaussian(1, 3, 2, 2)),
                Map.of()));
    try (TensorSource source = SafetensorsFile.open(file)) {
      check(source);
      assertThatThrownBy(() -> source.rows("matrix", 4, 2)).hasMessageContaining("rows 4 to 5");
      assertThatThrownBy(() -> source.rows("matrix", -1, 2)).hasMessageContaining("rows -1 to 0");
      assertThatThrownBy(() -> source.rows("matrix", 0, 0)).hasMessageContaining("rows 0 to -1");
      assertThatThrownBy(() -> source.rows("none", 0, 1)).hasMessageContaining("no tensor");
      Scope.run(() -> refusesMemoryThatDoesNotFit(source));
    }
  }

  private static void refusesMemoryThatDoesNotFit(TensorSource source) {
    for (Tensor other :
        List.of(
            torch.zeros(3, 3),
            torch.zeros(2, 4),
            torch.zeros(3, 2).t(),
            torch.zeros(2, 3).to(Dtype.F64.scalarType()))) {
      assertThatThrownBy(() -> source.fill("matrix", 3, other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("matrix");
    }
  }

  @Test
  void ofShards() {
    Path sharded = GoldenSet.folder().resolve("loading").resolve("llama_sharded");
    try (TensorSource source = Checkpoints.open(sharded)) {
      check(source);
    }
  }

  /** Some of its tensors are transposed views, or begin in the middle of a storage. */
  @ParameterizedTest
  @ValueSource(strings = {"torch-zip.pt", "torch-legacy.pt", "torch-deflated.pt"})
  void ofAPyTorchFile(String name) throws URISyntaxException {
    Path file = Path.of(RowsTest.class.getResource("/tensor/" + name).toURI());
    try (TensorSource source = TorchPickleFile.open(file)) {
      check(source);
      String first = source.names().iterator().next();
      assertThatThrownBy(() -> source.rows(first, 1000, 1))
          .hasMessageContaining("rows 1000 to 1000");
    }
  }

  private static void check(TensorSource source) {
    List<String> checked = new ArrayList<>();
    for (String name : source.names()) {
      List<Long> shape = source.info(name).shape();
      if (shape.isEmpty() || shape.contains(0L)) {
        continue;
      }
      checked.add(name);
      long last = shape.get(0) - 1;
      Scope.run(
          () -> {
            Tensor whole = source.read(name);
            assertThat(source.rows(name, 0, 1).equal(whole.narrow(0, 0, 1))).as(name).isTrue();
            assertThat(source.rows(name, last, 1).equal(whole.narrow(0, last, 1)))
                .as(name)
                .isTrue();
            assertThat(source.rows(name, 0, last + 1).equal(whole)).as(name).isTrue();
            Tensor filled = torch.zeros_like(whole);
            source.fill(name, last, filled.narrow(0, 0, 1));
            assertThat(filled.narrow(0, 0, 1).equal(whole.narrow(0, last, 1))).as(name).isTrue();
            source.fill(name, 0, filled);
            assertThat(filled.equal(whole)).as(name).isTrue();
          });
    }
    assertThat(checked).isNotEmpty();
  }
}
