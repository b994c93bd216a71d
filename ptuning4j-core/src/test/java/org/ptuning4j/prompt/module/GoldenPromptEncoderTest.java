package org.ptuning4j.prompt.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * P-tuning's and PEFT's prompt encoders: outputs, flattened prompts and gradients, alone and
 * through a masked language model.
 */
class GoldenPromptEncoderTest {

  private static final double TOLERANCE = 1e-4;
  private static final double RELATIVE = 1e-3;
  private static final Pattern LAYERS_IN_WORDS = Pattern.compile("(\\d+)-layer");

  static Stream<Case> encoders() {
    return GoldenSet.cases(GoldenSet.folder().resolve("prompt_encoders"), "prompt_encoder")
        .stream();
  }

  static Stream<Case> throughModels() {
    List<Path> folders =
        GoldenSet.supportedArchitectures().stream()
            .filter(folder -> !GoldenSet.cases(folder, "ptuning_v1").isEmpty())
            .toList();
    assertThat(folders).isNotEmpty();
    return folders.stream()
        .flatMap(folder -> GoldenSet.cases(folder, "ptuning_v1").stream())
        .filter(c -> c.node().has("encoder_params"));
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void alone(Case c) {
    Scope.run(
        () -> {
          Map<String, Tensor> values = new HashMap<>();
          c.keys("inputs", "encoder/")
              .forEach((name, key) -> values.put(ours(c, name), c.read(key)));
          try (PromptModule module = module(c, values)) {
            Tensor output = output(module, Math.toIntExact(c.output("output").size(0)));
            assertClose("output", output, c.output("output"), TOLERANCE, 0);
            TrainedPrompt flat = module.flatten().orElseThrow();
            assertClose(
                "flat", flat.tensors().get("prompt_embeddings"), c.output("output"), TOLERANCE, 0);
            flat.close();
            output.mul(c.input("dout")).sum().backward();
            checkGradients(c, module, "grad/");
          }
        });
  }

  private static PromptModule module(Case c, Map<String, Tensor> values) {
    Tensor embedding =
        values.getOrDefault("embedding.weight", values.get("prefix_encoder.embedding.weight"));
    int length = Math.toIntExact(embedding.size(0));
    int width = Math.toIntExact(embedding.size(1));
    String name = c.text("name");
    BackboneSpec spec = spec(width);
    return switch (name) {
      case "ptuning_v1_lstm" ->
          encoder(
              new PTuning(
                  length,
                  new PromptEncoderSpec(PromptEncoderKind.LSTM, Optional.empty(), lstmLayers(c), 0),
                  false),
              spec,
              values);
      case "ptuning_v1_mlp_only" ->
          encoder(PTuning.with(length, PromptEncoderKind.MLP, Optional.empty()), spec, values);
      case "peft_prompt_encoder_lstm" -> {
        int hidden = Math.toIntExact(values.get("lstm_head.weight_hh_l0").size(1));
        yield encoder(
            new PTuning(
                length,
                new PromptEncoderSpec(
                    PromptEncoderKind.PEFT_LSTM, Optional.of(hidden), lstmLayers(c), 0),
                false),
            spec,
            values);
      }
      case "peft_prompt_encoder_mlp" -> {
        int hidden = Math.toIntExact(values.get("mlp_head.0.weight").size(0));
        yield encoder(
            PTuning.with(length, PromptEncoderKind.PEFT_MLP, Optional.of(hidden)), spec, values);
      }
      case "peft_prefix_encoder_projection" -> {
        int hidden = Math.toIntExact(values.get("prefix_encoder.trans.0.bias").size(0));
        yield PrefixEncoder.of(
            new PrefixTuning(
                length, hidden, 0, PositionConvention.SHIFTED, NormalInitialisation.NORMAL),
            spec,
            Engine.reference(),
            values);
      }
      default -> throw new IllegalArgumentException("no encoder for case " + name);
    };
  }

  /**
   * The layers that a case says its LSTM has: as a number, in words ("2-layer BiLSTM"), or, as PEFT
   * does, by saying nothing, which means two. Weights of other layers are then refused.
   */
  private static int lstmLayers(Case c) {
    for (String field : List.of("encoder_num_layers", "lstm_layers", "num_layers", "layers")) {
      if (c.node().has(field)) {
        return c.node().path(field).intValue();
      }
    }
    Matcher words = LAYERS_IN_WORDS.matcher(c.text("what"));
    return words.find() ? Integer.parseInt(words.group(1)) : PromptEncoderSpec.DEFAULT_LAYERS;
  }

  private static PromptEncoder encoder(
      PTuning method, BackboneSpec spec, Map<String, Tensor> values) {
    return PromptEncoder.of(
        method.name(), method.length(), method.encoder(), spec, Engine.reference(), values);
  }

  private static BackboneSpec spec(int width) {
    return new BackboneSpec(
        "bert", 2, width, 4, 4, width / 4, width, 64, 100, 2, true, true, 0.1, 0.1);
  }

  /** What the module adds to one row that has every soft token once, as one matrix. */
  private static Tensor output(PromptModule module, int length) {
    int[] slots = IntStream.range(0, length).toArray();
    TokenRow row = new TokenRow(new int[length], new int[length], slots, 0);
    Injection injection = module.inject(TokenBatch.of(List.of(row), 0), Dropout.off());
    if (injection.inputs().isPresent()) {
      return injection.inputs().get().vectors();
    }
    Tensor[] rows =
        IntStream.range(0, injection.prefixes().size())
            .mapToObj(layer -> injection.prefix(layer).orElseThrow())
            .flatMap(prefix -> Stream.of(prefix.key(), prefix.value()))
            .map(part -> part.squeeze(0).permute(1, 0, 2).reshape(length, -1)) // [P, K·d]
            .toArray(Tensor[]::new);
    return Tensors.cat(1, rows);
  }

  private static void checkGradients(Case c, PromptModule module, String prefix) {
    Map<String, String> expected = c.keys("outputs", prefix);
    assertThat(module.parameters()).hasSameSizeAs(expected.keySet());
    Map<String, Tensor> found = new HashMap<>();
    for (Parameter parameter : module.parameters()) {
      found.put(parameter.name(), parameter.tensor().grad());
    }
    expected.forEach(
        (name, key) ->
            assertClose(name, found.get(ours(c, name)), c.read(key), TOLERANCE, RELATIVE));
  }

  /** PEFT calls the projection's layers {@code transform}, P-Tuning v2's code {@code trans}. */
  private static String ours(Case c, String name) {
    return c.text("name").contains("prefix")
        ? "prefix_encoder." + name.replace("transform.", "trans.")
        : name;
  }

  @ParameterizedTest
  @MethodSource("throughModels")
  void throughALanguageModel(Case c) {
    Scope.run(
        () -> {
          Map<String, Tensor> values = new HashMap<>();
          c.keys("encoder_params", "").forEach((name, key) -> values.put(name, c.read(key)));
          try (Backbone backbone =
                  BackboneFamilies.standard()
                      .load(ModelFolder.open(c.folder().resolve("model")), Engine.reference());
              PromptModule module =
                  encoder(
                      new PTuning(
                          Math.toIntExact(c.output("prompts").size(0)),
                          new PromptEncoderSpec(
                              PromptEncoderKind.LSTM, Optional.empty(), lstmLayers(c), 0),
                          false),
                      backbone.spec(),
                      values)) {
            TrainedPrompt flat = module.flatten().orElseThrow();
            assertClose(
                "prompts", flat.tensors().get("prompt_embeddings"), c.output("prompts"), 1e-4, 0);
            flat.close();
            TokenBatch batch = template(c);
            Tensor states =
                backbone
                    .forward(
                        batch,
                        module.inject(batch, Dropout.off()),
                        ForwardOptions.evaluation(Positions.ANCHOR))
                    .lastHidden();
            Tensor logits = backbone.languageModel().logits(states.select(1, 0)); // [B, V]
            assertClose("logits", logits, c.output("logits"), TOLERANCE, 0);
            torch.cross_entropy_loss(logits, c.input("target_ids")).backward();
            checkGradients(c, module, "grad_encoder/");
          }
        });
  }

  private static TokenBatch template(Case c) {
    TokenBatch words = c.tokens("");
    int[] slots = new int[words.rows() * words.columns()];
    Arrays.fill(slots, TokenRow.WORD);
    long[] places = Tensors.longs(c.input("prompt_positions"));
    int length = places.length / words.rows();
    for (int i = 0; i < places.length; i++) {
      slots[i / length * words.columns() + (int) places[i]] = i % length;
    }
    int[] anchors =
        Arrays.stream(Tensors.longs(c.input("mask_positions")))
            .mapToInt(Math::toIntExact)
            .toArray();
    return new TokenBatch(
        words.rows(), words.columns(), words.ids(), words.mask(), words.typeIds(), slots, anchors);
  }
}
