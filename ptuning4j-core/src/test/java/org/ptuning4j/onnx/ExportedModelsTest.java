package org.ptuning4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Models that PyTorch's two exporters wrote ({@code src/test/resources/onnx/export.py}), beside
 * what PyTorch computed with them.
 */
class ExportedModelsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "roberta",
        "distilbert",
        "bert-dynamo",
        "roberta-dynamo",
        "distilbert-dynamo"
      })
  void theLogitsAreThoseOfTheExportedModel(String name) throws IOException {
    JsonNode expected = new ObjectMapper().readTree(resource("expected.json"));
    Path model = new Conversions(folder).convert(resource(name + ".onnx"));
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(model), Engine.reference())) {
      JsonNode inputs = expected.path("inputs");
      JsonNode mask = inputs.path("attention_mask");
      TokenBatch tokens =
          new TokenBatch(
              mask.size(),
              mask.get(0).size(),
              longs(inputs.path("input_ids")),
              longs(mask),
              name.startsWith("bert") ? longs(inputs.path("token_type_ids")) : new long[12]);
      Scope.run(
          () -> {
            Tensor states =
                backbone
                    .forward(
                        tokens,
                        Injection.none(),
                        ForwardOptions.evaluation(ForwardOptions.Positions.ALL))
                    .lastHidden()
                    .reshape(12, backbone.spec().hidden());
            float[] logits = Tensors.floats(backbone.languageModel().logits(states));
            List<Double> wanted =
                numbers(expected.path("logits").path(name.replace("-dynamo", "")));
            assertThat(wanted).hasSize(logits.length);
            int vocabulary = logits.length / 12;
            for (int i = 0; i < logits.length; i++) {
              if (tokens.mask()[i / vocabulary] != 0) {
                assertThat((double) logits[i])
                    .as("%s, logit %d", name, i)
                    .isCloseTo(wanted.get(i), org.assertj.core.api.Assertions.within(2e-5));
              }
            }
          });
    }
  }

  private static long[] longs(JsonNode table) {
    return numbers(table).stream().mapToLong(Double::longValue).toArray();
  }

  private static List<Double> numbers(JsonNode nested) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode each : nested) {
      if (each.isArray()) {
        numbers.addAll(numbers(each));
      } else {
        numbers.add(each.asDouble());
      }
    }
    return numbers;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ExportedModelsTest.class.getResourceAsStream("/onnx/" + name)) {
      return in.readAllBytes();
    }
  }
}
