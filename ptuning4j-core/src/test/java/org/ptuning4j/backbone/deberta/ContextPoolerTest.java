package org.ptuning4j.backbone.deberta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.backbone.WeightReport;
import org.ptuning4j.backbone.WeightReport.Status;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;

/** The pooler of a DeBERTa that was trained as a classifier: it lies beside the backbone. */
class ContextPoolerTest {

  @TempDir Path folder;

  /** A folder with a golden model's files and further tensors. */
  private ModelFolder with(String model, String prefix, Map<String, Tensor> further, String act)
      throws IOException {
    Path source = TinyModel.folder(model);
    ObjectMapper json = new ObjectMapper();
    ObjectNode config = (ObjectNode) json.readTree(source.resolve("config.json").toFile());
    config.put("pooler_hidden_act", act);
    Files.writeString(folder.resolve("config.json"), config.toString());
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (TensorSource file = ModelFolder.open(source).tensors()) {
      for (String name : file.names()) {
        if (name.startsWith("deberta.")) {
          tensors.put(name.replace("deberta.", prefix), file.read(name));
        }
      }
    }
    tensors.putAll(further);
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    return ModelFolder.open(folder);
  }

  private static Backbone load(ModelFolder model) {
    return BackboneFamilies.standard().load(model, Engine.reference());
  }

  @ParameterizedTest
  @CsvSource({"deberta, deberta.", "deberta_v2, deberta.", "deberta_v2, ''", "deberta, module."})
  void aClassifierReadsItByDefaultAsTheOtherImplementationDoes(String model, String prefix) {
    Scope.run(
        () -> {
          Case c =
              GoldenSet.cases(TinyModel.folder(model).getParent(), "seqcls").stream()
                  .filter(each -> each.text("head").equals("context_pooler"))
                  .filter(each -> !each.has("prefix"))
                  .findFirst()
                  .orElseThrow();
          Map<String, Tensor> pooler = new LinkedHashMap<>();
          Map<String, Tensor> classifier = new LinkedHashMap<>();
          c.node()
              .get("head_params")
              .properties()
              .forEach(
                  field -> {
                    Tensor value = c.read(field.getValue().asText());
                    boolean pools = field.getKey().startsWith("pooler.");
                    String wrapper = prefix.equals("module.") ? prefix : "";
                    (pools ? pooler : classifier)
                        .put((pools ? wrapper : "") + field.getKey(), value);
                  });
          ModelFolder found = with(c, model, prefix, pooler);
          try (Backbone backbone = load(found)) {
            assertThat(backbone.spec().hasPooler()).isTrue();
            int labels = Math.toIntExact(c.output("logits").size(1));
            LinearHeadSpec spec =
                LinearHeadSpec.sequence(
                    labels,
                    new HeadOptions(backbone.spec(), Optional.empty(), 0).inputOrDefault(),
                    0);
            TokenBatch tokens = c.tokens("");
            List<Item> items =
                IntStream.range(0, tokens.rows())
                    .mapToObj(
                        row ->
                            Item.of(
                                TokenRow.of(new int[tokens.columns()], new int[tokens.columns()])))
                    .toList();
            try (Head head = spec.restore(backbone, classifier)) {
              Tensor states =
                  backbone
                      .forward(tokens, Injection.none(), ForwardOptions.evaluation(head.reads()))
                      .lastHidden();
              Tensor scores = head.scores(new HeadInput(backbone, states, items, Dropout.off()));
              assertClose("logits", scores, c.output("logits"), 1e-4, 0);
            }
            assertThat(used(found)).contains("pooler.dense.weight");
          }
        });
  }

  private ModelFolder with(Case c, String model, String prefix, Map<String, Tensor> pooler) {
    try {
      return with(model, prefix, pooler, "gelu");
    } catch (IOException e) {
      throw new UncheckedIOException(c.name(), e);
    }
  }

  /** What inspecting says is used. */
  private static List<String> used(ModelFolder model) {
    return BackboneFamilies.standard().of(model).inspect(model).with(Status.USED).stream()
        .map(WeightReport.Entry::name)
        .toList();
  }

  /** Other activations than GELU are those that the configuration names. */
  @Test
  void itsActivationIsTheConfigurations() throws IOException {
    Tensor weight = Scope.own(() -> RandomStream.of(1).gaussian(0.3, 48, 48));
    Tensor bias = Scope.own(() -> RandomStream.of(2).gaussian(0.3, 48));
    try (Backbone backbone =
        load(
            with(
                "deberta",
                "deberta.",
                Map.of("pooler.dense.weight", weight, "pooler.dense.bias", bias),
                "tanh"))) {
      Scope.run(
          () -> {
            Tensor first = RandomStream.of(3).gaussian(1, 2, backbone.spec().hidden());
            float[] expected = Tensors.floats(torch.tanh(first.matmul(weight.t()).add(bias)));
            assertThat(Tensors.floats(backbone.pool(first)))
                .containsExactly(expected, within(1e-5f));
          });
    } finally {
      Scope.release(weight);
      Scope.release(bias);
    }
  }

  @Test
  void aPretrainedModelHasNone() {
    for (String model : Arrays.asList("deberta", "deberta_v2")) {
      try (Backbone backbone = load(ModelFolder.open(TinyModel.folder(model)))) {
        assertThat(backbone.spec().hasPooler()).as(model).isFalse();
      }
    }
  }
}
