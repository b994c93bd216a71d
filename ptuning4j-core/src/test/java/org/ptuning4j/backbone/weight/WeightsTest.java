package org.ptuning4j.backbone.weight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.TensorSource;

/** Layouts have an inverse; trained weights are saved as they were found; roles decide decay. */
class WeightsTest {

  @Test
  void everyLayoutHasAnInverse() {
    Scope.run(
        () -> {
          RandomStream random = RandomStream.of(5);
          Tensor weight = random.gaussian(1, 6, 4);
          for (SavedLayout layout :
              List.of(
                  Weights.plainLayout("w", 6, 4),
                  new SavedLayout.Transposed("w", 6, 4),
                  new SavedLayout.ByHeads("w", 1, 3, 2, 4),
                  new SavedLayout.ByHeads("w", 2, 3, 1, 4),
                  Weights.stacked(List.of("q", "k", "v"), List.of(4L, 1L, 1L), 4))) {
            Map<String, Tensor> saved = layout.split(weight);
            assertThat(saved.keySet()).isEqualTo(layout.shapes().keySet());
            saved.forEach(
                (name, tensor) ->
                    assertThat(Tensors.shape(tensor))
                        .as("%s of %s", name, layout)
                        .containsExactly(
                            layout.shapes().get(name).stream().mapToLong(d -> d).toArray()));
            assertThat(Tensors.shape(weight))
                .as("%s", layout)
                .containsExactly(layout.shape().stream().mapToLong(d -> d).toArray());
            assertThat(FixedWeights.joined(layout, saved).equal(weight)).as("%s", layout).isTrue();
          }
          Map<String, Tensor> parts =
              Weights.stacked(List.of("q", "k", "v"), List.of(4L, 1L, 1L), 4).split(weight);
          assertThat(parts.get("k").equal(weight.narrow(0, 4, 1))).isTrue();
          // Two heads, each with its query, key and value in turn.
          Tensor byHeads = new SavedLayout.ByHeads("w", 2, 3, 1, 4).split(weight).get("w");
          assertThat(byHeads.select(0, 1).equal(weight.select(0, 2))).isTrue();
          assertThat(byHeads.select(0, 3).equal(weight.select(0, 1))).isTrue();
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "roberta",
        "distilbert",
        "electra",
        "albert",
        "deberta",
        "deberta_v2_conv"
      })
  void trainedWeightsAreSavedAsTheyWereFound(String family) {
    ModelFolder folder = ModelFolder.open(TinyModel.folder(family));
    try (Backbone backbone = BackboneFamilies.standard().loadTrainable(folder, Engine.reference());
        TensorSource source = folder.tensors()) {
      Scope.run(
          () -> {
            Map<String, Tensor> named = backbone.namedWeights();
            Map<String, String> found = new TreeMap<>();
            named
                .keySet()
                .forEach(
                    name ->
                        source.names().stream()
                            .filter(saved -> saved.equals(name) || saved.endsWith("." + name))
                            .findFirst()
                            .ifPresent(saved -> found.put(name, saved)));
            assertThat(found.keySet()).isEqualTo(named.keySet());
            found.forEach(
                (name, saved) ->
                    assertThat(named.get(name).equal(source.read(saved))).as(name).isTrue());
            long values = named.values().stream().mapToLong(Tensor::numel).sum();
            assertThat(backbone.parameterCount() + backbone.languageModel().parameterCount())
                .isEqualTo(values);
          });
    }
  }

  /** The names do not tell: DistilBERT's norms are not called LayerNorm. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "roberta",
        "distilbert",
        "electra",
        "albert",
        "deberta",
        "deberta_v2_conv"
      })
  void matricesAreDecayedAndVectorsAreNot(String family) {
    ModelFolder folder = ModelFolder.open(TinyModel.folder(family));
    try (Backbone backbone =
        BackboneFamilies.standard().loadTrainable(folder, Engine.reference())) {
      Map<Boolean, Integer> counts = new HashMap<>();
      for (Parameter parameter : backbone.parameters()) {
        assertThat(parameter.decayed())
            .as(parameter.name())
            .isEqualTo(parameter.tensor().dim() > 1);
        counts.merge(parameter.decayed(), 1, Integer::sum);
      }
      assertThat(counts).containsOnlyKeys(true, false);
    }
  }
}
