package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.WeightReport.Status;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/** What programs put before all names of a checkpoint. */
class NamePrefixTest {

  private final BackboneFamilies families = BackboneFamilies.standard();

  @TempDir private Path temporary;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "module.",
        "model.",
        "_orig_mod.",
        "bert.",
        "module._orig_mod.",
        "0.auto_model.",
        "state_dict.model."
      })
  void aPrefixOfAllNamesIsPassedOver(String prefix) {
    Path folder = renamed("bert", name -> prefix + name);
    WeightReport report = inspect(folder);
    assertThat(report.loadable()).isTrue();
    assertThat(report.with(Status.MISSING)).isEmpty();
    assertThat(report.notes())
        .singleElement()
        .asString()
        .contains("all names begin with '" + prefix + "', which is passed over");
    assertSame(folder, "bert");
  }

  /** Without the family's own prefix: what the encoder alone was saved as. */
  @ParameterizedTest
  @CsvSource({"bert, bert., module.", "roberta, roberta., model.", "bert, bert., encoder."})
  void alsoWhereTheFamilysOwnIsNotThere(String family, String own, String prefix) {
    Path folder =
        renamed(
            family, name -> name.startsWith(own) ? prefix + name.substring(own.length()) : name);
    assertThat(inspect(folder).loadable()).isTrue();
    assertSameHash(folder, family);
  }

  /** A training framework's file: the model below a name, other things beside it. */
  @Test
  void otherTensorsMayStandBeside() {
    Path folder =
        renamed(
            "bert",
            name -> name.startsWith("bert.") ? "model." + name : "metrics.confusion." + name);
    assertThat(inspect(folder).notes())
        .singleElement()
        .asString()
        .contains("the model's names begin with 'model.', which is passed over");
    assertSameHash(folder, "bert");
  }

  @Test
  void twoModelsInOneFileAreNotGuessedBetween() {
    Path folder = twice("question_model.", "context_model.");
    assertThatThrownBy(() -> inspect(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("holds 2 models of this kind, whose names begin with")
        .hasMessageContaining("question_model.bert.")
        .hasMessageContaining("context_model.bert.");
  }

  /** A teacher beside the model: the model's own name is the obvious one. */
  @Test
  void theFamilysOwnPrefixWins() {
    Path folder = twice("", "teacher.");
    assertThat(inspect(folder).notes()).isEmpty();
    assertSameHash(folder, "bert");
  }

  @Test
  void namesOfAnotherKindOfModelAreSaid() {
    Path folder =
        renamed(
            "bert",
            name -> "transformer." + name.replace("embeddings", "wte").replace("er.", "er_"));
    assertThatThrownBy(() -> families.load(ModelFolder.open(folder), Engine.reference()).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("missing encoder.layer.0.")
        .hasMessageContaining("and all names begin with 'transformer.'")
        .hasMessageContaining("it is a model of another kind");
  }

  @Test
  void aTensorThatIsMissingBelowAPrefixIsNamed() {
    Path folder =
        renamed(
            "bert",
            name ->
                name.equals("bert.encoder.layer.0.output.dense.weight")
                    ? "lost"
                    : "module." + name);
    assertThatThrownBy(() -> families.load(ModelFolder.open(folder), Engine.reference()).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("missing encoder.layer.0.output.dense.weight");
  }

  private void assertSame(Path folder, String family) {
    try (Backbone found = families.load(ModelFolder.open(folder), Engine.reference());
        Backbone right =
            families.load(ModelFolder.open(TinyModel.folder(family)), Engine.reference())) {
      assertThat(found.weightsHash()).isEqualTo(right.weightsHash());
      assertThat(found.spec()).isEqualTo(right.spec());
      assertThat(found.languageModel().weightsHash())
          .isEqualTo(right.languageModel().weightsHash());
    }
  }

  private void assertSameHash(Path folder, String family) {
    try (Backbone found = families.load(ModelFolder.open(folder), Engine.reference());
        Backbone right =
            families.load(ModelFolder.open(TinyModel.folder(family)), Engine.reference())) {
      assertThat(found.weightsHash()).isEqualTo(right.weightsHash());
    }
  }

  private WeightReport inspect(Path folder) {
    ModelFolder opened = ModelFolder.open(folder);
    return families.of(opened).inspect(opened);
  }

  private Path renamed(String family, UnaryOperator<String> newName) {
    return rewritten(
        family,
        weights -> {
          Map<String, Tensor> renamed = new LinkedHashMap<>();
          weights.forEach((name, tensor) -> renamed.put(newName.apply(name), tensor));
          return renamed;
        });
  }

  private Path twice(String first, String second) {
    return rewritten(
        "bert",
        weights -> {
          Map<String, Tensor> both = new LinkedHashMap<>();
          weights.forEach((name, tensor) -> both.put(first + name, tensor));
          weights.forEach((name, tensor) -> both.put(second + name, tensor));
          return both;
        });
  }

  private Path rewritten(String family, UnaryOperator<Map<String, Tensor>> change) {
    Path model = TinyModel.folder(family);
    try {
      Files.copy(model.resolve("config.json"), temporary.resolve("config.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (SafetensorsFile file = SafetensorsFile.open(model.resolve("model.safetensors"))) {
      Scope.run(
          () -> {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            file.names().forEach(name -> weights.put(name, file.read(name)));
            SafetensorsWriter.write(
                temporary.resolve("model.safetensors"), change.apply(weights), Map.of());
          });
    }
    return temporary;
  }
}
