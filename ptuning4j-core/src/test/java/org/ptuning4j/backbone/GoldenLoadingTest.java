package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertCloseAtTokens;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsFile;

/**
 * Checkpoints as they are spelt in the wild: old names, no prefix, half precision, other epsilons.
 */
class GoldenLoadingTest {

  @TestFactory
  Stream<DynamicTest> variants() {
    Path loading = GoldenSet.folder().resolve("loading");
    Assumptions.assumeTrue(
        loading.toFile().isDirectory(), "no loading cases in " + GoldenSet.folder());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode variant : GoldenSet.json(loading.resolve("index.json")).get("variants")) {
      Path folder = loading.resolve(variant.get("name").asText());
      String output = variant.get("output").asText();
      tests.add(
          DynamicTest.dynamicTest(
              variant.get("name").asText(),
              () -> {
                Assumptions.assumeTrue(folder.toFile().isDirectory(), folder + " is not there");
                Assumptions.assumeTrue(GoldenSet.isSupported(folder), "no such family yet");
                Assumptions.assumeFalse(
                    folder.endsWith("bert_seqcls_finetuned"),
                    "a checkpoint's own classifier is not loaded: heads are trained");
                assertThat(output).isIn("last_hidden_state", "logits");
                Scope.run(() -> check(folder, loading, output.equals("logits")));
              }));
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  private static void check(Path folder, Path loading, boolean isOfWords) {
    try (Backbone backbone =
            BackboneFamilies.standard().load(ModelFolder.open(folder), Engine.reference());
        SafetensorsFile inputs = SafetensorsFile.open(loading.resolve("inputs.safetensors"));
        SafetensorsFile expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
      Tensor ids = inputs.read("input_ids");
      TokenBatch tokens =
          new TokenBatch(
              Math.toIntExact(ids.size(0)),
              Math.toIntExact(ids.size(1)),
              Tensors.longs(ids),
              Tensors.longs(inputs.read("attention_mask")),
              new long[Math.toIntExact(ids.numel())]);
      BackboneOutput output =
          backbone.forward(tokens, Injection.none(), ForwardOptions.evaluation(Positions.ALL));
      String key = expected.names().iterator().next();
      Tensor found =
          isOfWords
              ? backbone.languageModel().logits(output.lastHidden().flatten(0, 1))
              : output.lastHidden();
      Tensor wanted = expected.read(key);
      assertCloseAtTokens(key, found.view_as(wanted), wanted, tokens, 1e-4);
    }
  }
}
