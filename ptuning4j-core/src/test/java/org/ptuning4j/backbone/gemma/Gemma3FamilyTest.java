package org.ptuning4j.backbone.gemma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.backbone.WeightReport.Status;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;

/** What Gemma has that other families lack; GoldenBackboneTest and others compare its numbers. */
class Gemma3FamilyTest {

  private static final int[] TEXT = {40, 9, 77, 12, 300, 8};

  @TempDir Path folder;

  private static Backbone load(ModelFolder model, Engine engine) {
    return BackboneFamilies.standard().load(model, engine);
  }

  private static TokenBatch tokens() {
    return TokenBatch.of(List.of(TEXT), List.of(new int[TEXT.length]), 0);
  }

  private static Tensor states(Backbone backbone) {
    return backbone
        .forward(tokens(), Injection.none(), ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }

  /** The language model of a file that has a part for images too, as either release names it. */
  @ParameterizedTest
  @CsvSource({
    "language_model.model., language_model.lm_head.weight, vision_tower., ''",
    "model.language_model., lm_head.weight, model.vision_tower., ''",
    "model.language_model., lm_head.weight, model.vision_tower., lm_head.weight"
  })
  void theLanguageModelOfOneThatReadsImages(
      String prefix, String output, String images, String untied) throws IOException {
    ModelFolder text = ModelFolder.open(TinyModel.folder("gemma3"));
    String config = Files.readString(text.configFile());
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\": \"gemma3\", \"vision_config\": {}, \"text_config\": " + config + "}");
    Scope.run(
        () -> {
          Map<String, Tensor> tensors = new LinkedHashMap<>();
          try (TensorSource source = text.tensors()) {
            for (String name : source.names()) {
              boolean head = name.equals("lm_head.weight");
              tensors.put(
                  head ? output : prefix + name.substring("model.".length()), source.read(name));
            }
          }
          String layer = images + "encoder.layers.0.";
          tensors.put(layer + "self_attn.q_proj.weight", RandomStream.of(1).gaussian(1, 4, 4));
          tensors.put("multi_modal_projector.weight", RandomStream.of(2).gaussian(1, 4, 4));
          Tensor other = RandomStream.of(3).gaussian(0.5, 360, 24);
          if (!untied.isEmpty()) {
            tensors.put(untied, other);
          }
          SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
          ModelFolder both = ModelFolder.open(folder);
          assertThat(BackboneFamilies.standard().of(both).inspect(both).with(Status.IGNORED))
              .hasSize(2);
          try (Backbone found = load(both, Engine.reference());
              Backbone expected = load(text, Engine.reference())) {
            Tensor states = states(found);
            assertThat(Tensors.floats(states)).isEqualTo(Tensors.floats(states(expected)));
            Tensor last = states.select(1, TEXT.length - 1);
            Tensor scores =
                untied.isEmpty() ? expected.languageModel().logits(last) : last.matmul(other.t());
            assertThat(Tensors.floats(found.languageModel().logits(last)))
                .containsExactly(Tensors.floats(scores), within(1e-4f));
          }
        });
  }

  /**
   * √H is rounded to the type that the model computes in before words are multiplied by it, and
   * soft tokens are not multiplied.
   */
  @Test
  void theFactorOfWordsIsRoundedAndSoftTokensHaveNone() {
    ModelFolder model = ModelFolder.open(TinyModel.folder("gemma3"));
    Engine bf16 = Engine.recorded(Precision.BF16, KernelPlan.plain());
    Scope.run(
        () -> {
          float rounded = 4.90625f; // the bf16 next to √24 = 4.89898
          try (Backbone backbone = load(model, bf16);
              TensorSource file = model.tensors()) {
            Tensor words =
                file.read("model.embed_tokens.weight")
                    .index_select(0, Tensors.of(new long[] {40, 9}, 2))
                    .to(Dtype.BF16.scalarType())
                    .to(Dtype.F32.scalarType())
                    .mul(new Scalar(rounded));
            assertThat(Tensors.floats(backbone.wordVectors(new int[] {40, 9})))
                .isEqualTo(Tensors.floats(words));
            int[] slots = new int[TEXT.length];
            Arrays.fill(slots, TokenRow.WORD);
            slots[1] = 0;
            Tensor soft = RandomStream.of(5).gaussian(1, 1, 24);
            TokenBatch prompted =
                TokenBatch.of(
                    List.of(new TokenRow(TEXT, new int[TEXT.length], slots, TEXT.length - 1)), 0);
            Tensor first =
                backbone
                    .forward(
                        prompted,
                        Injection.inputs(new InputVectors(new long[] {1}, soft)),
                        ForwardOptions.evaluation(Positions.ALL).withAllHiddenStates())
                    .hiddenStates()
                    .get(0)
                    .select(0, 0);
            assertThat(Tensors.floats(fp32(first.select(0, 0))))
                .isEqualTo(Tensors.floats(fp32(bf16(words.select(0, 0)))));
            assertThat(Tensors.floats(fp32(first.select(0, 1))))
                .isEqualTo(Tensors.floats(fp32(bf16(soft.select(0, 0)))));
          }
        });
  }

  private static Tensor bf16(Tensor tensor) {
    return tensor.to(Dtype.BF16.scalarType());
  }

  private static Tensor fp32(Tensor tensor) {
    return tensor.to(Dtype.F32.scalarType());
  }

  /** A prompt that begins as words does what the words do. */
  @Test
  void wordVectorsInThePlaceOfWordsChangeNothing() {
    ModelFolder model = ModelFolder.open(TinyModel.folder("gemma3"));
    Scope.run(
        () -> {
          try (Backbone backbone = load(model, Engine.reference())) {
            int[] slots = new int[TEXT.length];
            Arrays.setAll(slots, i -> i < 2 ? i : TokenRow.WORD);
            TokenBatch prompted =
                TokenBatch.of(
                    List.of(new TokenRow(TEXT, new int[TEXT.length], slots, TEXT.length - 1)), 0);
            Tensor vectors = backbone.wordVectors(new int[] {TEXT[0], TEXT[1]});
            Tensor found =
                backbone
                    .forward(
                        prompted,
                        Injection.inputs(new InputVectors(prompted.softPlaces(), vectors)),
                        ForwardOptions.evaluation(Positions.ALL))
                    .lastHidden();
            assertThat(Tensors.floats(found)).isEqualTo(Tensors.floats(states(backbone)));
          }
        });
  }

  /** What the file names its tensors is what full fine-tuning saves. */
  @Test
  void allTensorsAreSavedUnderTheirNames() throws IOException {
    ModelFolder model = ModelFolder.open(TinyModel.folder("gemma3"));
    assertThat(new ObjectMapper().readTree(model.configFile().toFile()).path("model_type").asText())
        .isEqualTo("gemma3_text");
    Scope.run(
        () -> {
          try (Backbone backbone =
                  BackboneFamilies.standard().loadTrainable(model, Engine.reference());
              TensorSource file = model.tensors()) {
            Map<String, Tensor> saved = backbone.namedWeights();
            assertThat(saved.keySet().stream().map("model."::concat))
                .containsExactlyInAnyOrderElementsOf(file.names());
            saved.forEach(
                (name, tensor) ->
                    assertThat(Tensors.floats(tensor))
                        .as(name)
                        .isEqualTo(Tensors.floats(file.read("model." + name))));
          }
        });
  }
}
