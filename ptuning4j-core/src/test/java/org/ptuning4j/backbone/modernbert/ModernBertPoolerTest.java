package org.ptuning4j.backbone.modernbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.WeightReport;
import org.ptuning4j.backbone.WeightReport.Status;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * The layers that language model and classifiers have in common; GoldenHeadTest compares what they
 * compute.
 */
class ModernBertPoolerTest {

  private static final String DENSE = "head.dense.weight";

  @TempDir Path folder;

  /** The golden model without some tensors, and with others in their places. */
  private ModelFolder model(Predicate<String> kept, Map<String, Tensor> others) {
    Path source = TinyModel.folder("modernbert");
    try {
      Files.copy(source.resolve("config.json"), folder.resolve("config.json"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (TensorSource file = ModelFolder.open(source).tensors()) {
      file.names().stream().filter(kept).forEach(name -> tensors.put(name, file.read(name)));
    }
    tensors.putAll(others);
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    return ModelFolder.open(folder);
  }

  /** One weight with two uses: trained once, saved once, and seen by both. */
  @Test
  void theyAreTrainedAndSavedOnce() {
    Scope.run(
        () -> {
          ModelFolder whole = model(name -> true, Map.of());
          try (Backbone backbone =
              BackboneFamilies.standard().loadTrainable(whole, Engine.reference())) {
            List<Parameter> dense =
                backbone.parameters().stream().filter(each -> each.name().endsWith(DENSE)).toList();
            assertThat(dense).hasSize(1);
            assertThat(backbone.languageModel().parameters())
                .extracting(Parameter::name)
                .noneMatch(name -> name.contains("head."));
            Tensor state = RandomStream.of(1).gaussian(1, 1, backbone.spec().hidden());
            float[] pooled = Tensors.floats(backbone.pool(state).detach());
            float[] scores = Tensors.floats(backbone.languageModel().logits(state).detach());
            Tensor weight = dense.get(0).tensor();
            Autograd.withoutGraph(() -> weight.mul_(new Scalar(-0.5)));
            assertThat(Tensors.floats(backbone.pool(state).detach())).isNotEqualTo(pooled);
            assertThat(Tensors.floats(backbone.languageModel().logits(state).detach()))
                .isNotEqualTo(scores);
            assertThat(Tensors.floats(backbone.namedWeights().get(DENSE)))
                .isEqualTo(Tensors.floats(weight.detach()));
          }
        });
  }

  /** They count as the backbone's: a pack over a pooler does not open with another one. */
  @Test
  void anotherPoolerIsAnotherModel() {
    Scope.run(
        () -> {
          String hash;
          try (Backbone golden =
              BackboneFamilies.standard()
                  .load(ModelFolder.open(TinyModel.folder("modernbert")), Engine.reference())) {
            hash = golden.weightsHash();
          }
          Tensor other = RandomStream.of(2).gaussian(0.3, 48, 48);
          ModelFolder changed = model(name -> !name.equals(DENSE), Map.of(DENSE, other));
          try (Backbone backbone = BackboneFamilies.standard().load(changed, Engine.reference())) {
            assertThat(backbone.weightsHash()).isNotEqualTo(hash);
          }
        });
  }

  @Test
  void eachTensorIsReportedOnce() {
    ModelFolder golden = ModelFolder.open(TinyModel.folder("modernbert"));
    WeightReport report = BackboneFamilies.standard().of(golden).inspect(golden);
    assertThat(report.with(Status.USED))
        .extracting(WeightReport.Entry::name)
        .doesNotHaveDuplicates()
        .contains(DENSE, "head.norm.weight", "decoder.bias");
    assertThat(report.entries()).hasSameSizeAs(report.with(Status.USED));
  }

  /** Without them there is neither a pooler nor a language model. */
  @Test
  void aFileWithoutThemHasNoPooler() {
    Scope.run(
        () -> {
          ModelFolder bare = model(name -> !name.startsWith("head."), Map.of());
          try (Backbone backbone = BackboneFamilies.standard().load(bare, Engine.reference())) {
            assertThat(backbone.spec().hasPooler()).isFalse();
            assertThat(backbone.spec().hasLanguageModel()).isFalse();
          }
        });
  }

  @Test
  void oneOfAnotherSizeIsRefused() {
    Scope.run(
        () -> {
          Tensor wide = RandomStream.of(2).gaussian(0.3, 50, 48);
          ModelFolder changed = model(name -> !name.equals(DENSE), Map.of(DENSE, wide));
          assertThatThrownBy(() -> BackboneFamilies.standard().load(changed, Engine.reference()))
              .isInstanceOf(InvalidInputException.class)
              .hasMessageContaining(
                  DENSE + " is F32 [50, 48], the configuration asks for [48, 48]");
        });
  }
}
