package org.ptuning4j.tensor.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.TensorValues;
import org.ptuning4j.tensor.file.Resources;

class TorchPickleFileTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"torch-zip.pt", "torch-protocol4.pt", "torch-legacy.pt", "torch-deflated.pt"})
  void readsEveryTypeViewAndFormat(String name) {
    try (TorchPickleFile file = TorchPickleFile.open(Resources.path(name))) {
      assertThat(file.ignored()).isEmpty();
      TorchValues.assertEqual(file);
    }
  }

  @Test
  void findsTheTensorsThatATrainingProgramNested() {
    try (TorchPickleFile file = TorchPickleFile.open(Resources.path("torch-nested.pt"))) {
      assertThat(file.names()).containsExactly("weight", "bias");
      assertThat(TensorValues.doubles(file.read("weight")))
          .isEqualTo(TensorValues.list(0, 1, 2, 3));
      assertThat(TensorValues.doubles(file.read("bias"))).isEqualTo(TensorValues.list(1, -1));
      assertThat(file.ignored())
          .containsExactly(
              "epoch",
              "optimizer_state_dict",
              "best",
              "note",
              "seen",
              "big",
              "dev",
              "dt",
              "size",
              "b");
    }
  }

  @Test
  void readsATensorWithAttributes() {
    try (TorchPickleFile file = TorchPickleFile.open(Resources.path("torch-attributes.pt"))) {
      assertThat(TensorValues.doubles(file.read("tagged"))).isEqualTo(TensorValues.list(1, 2));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "torch-evil.pt, system'",
    "torch-module.pt, 'torch.nn.modules.linear.Linear'",
    "torch-namespace.pt, 'argparse.Namespace'",
    "torch-uint16.pt, 'torch.uint16'",
  })
  void refusesOtherPythonNames(String file, String name) {
    assertThatThrownBy(() -> TorchPickleFile.open(Resources.path(file)).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file)
        .hasMessageContaining("refers to the Python name '")
        .hasMessageContaining(name);
  }

  @Test
  void refusesScriptsAndBareTensors() {
    assertThatThrownBy(() -> TorchPickleFile.open(Resources.path("torch-script.pt")).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is a TorchScript program");
    assertThatThrownBy(() -> TorchPickleFile.open(Resources.path("torch-bare.pt")).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("it holds one tensor without a name");
  }

  @Test
  void refusesWhatIsNoCheckpoint() throws IOException {
    Path path = Files.writeString(folder.resolve("a.bin"), "<html>not found</html>");
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is not a PyTorch checkpoint");
    Files.write(path, new byte[0]);
    assertThatThrownBy(() -> TorchPickleFile.open(path).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is not a PyTorch checkpoint");
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch-zip.pt", "torch-legacy.pt", "torch-deflated.pt"})
  void refusesFilesThatAreCutShort(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(Resources.path(name));
    Path path = folder.resolve(name);
    for (int length = 0; length < bytes.length; length += 31) {
      Files.write(path, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> TorchPickleFile.open(path).close())
          .as("%s of %s bytes", length, bytes.length)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(path.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch-zip.pt", "torch-legacy.pt", "torch-deflated.pt"})
  void aChangedByteIsReadOrRefused(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(Resources.path(name));
    Path path = folder.resolve(name);
    int refused = 0;
    for (int i = 0; i < bytes.length; i += 29) {
      for (int value : new int[] {0xff, bytes[i] ^ 1}) {
        byte[] changed = bytes.clone();
        changed[i] = (byte) value;
        Files.write(path, changed);
        refused += readOrRefuse(path) ? 0 : 1;
      }
    }
    assertThat(refused).isPositive();
  }

  private static boolean readOrRefuse(Path path) {
    try (TorchPickleFile file = TorchPickleFile.open(path)) {
      for (String name : file.names()) {
        Scope.run(
            () ->
                assertThat(TensorValues.shape(file.read(name))).isEqualTo(file.info(name).shape()));
      }
      return true;
    } catch (InvalidInputException e) {
      assertThat(e).hasMessageContaining(path.toString());
      return false;
    }
  }

  @Test
  void namesTheTensorThatIsNotThere() {
    try (TorchPickleFile file = TorchPickleFile.open(Resources.path("torch-zip.pt"))) {
      assertThatThrownBy(() -> file.read("none"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageEndingWith("torch-zip.pt has no tensor 'none'");
    }
  }
}
