package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.module.PrefixEncoder;
import org.ptuning4j.prompt.module.PromptEncoder;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Training steps, with warm-up, clipping and weight decay, against another implementation. Every
 * hyper-parameter is the case's own; a case with one that is not known here fails.
 */
class GoldenTrajectoryTest {

  private static final Path FOLDER = GoldenSet.folder().resolve("training");

  /** What the cases train and the library cannot yet. */
  private static final Set<String> NOT_YET_SUPPORTED = Set.of("soft");

  @TestFactory
  Stream<DynamicTest> trajectories() {
    Assumptions.assumeTrue(
        FOLDER.toFile().isDirectory(), "no training cases in " + GoldenSet.folder());
    List<DynamicTest> tests = new ArrayList<>();
    for (Case c : GoldenSet.cases(FOLDER, "trajectory")) {
      tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check(c))));
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  private static Path model(Case c) {
    return GoldenSet.folder().resolve(c.text("model_dir"));
  }

  private static void check(Case c) {
    Assumptions.assumeFalse(
        NOT_YET_SUPPORTED.contains(c.text("adapter")),
        "no causal language model to train a soft prompt over");
    TrajectorySettings settings = TrajectorySettings.of(c);
    try (Backbone backbone =
            BackboneFamilies.standard().load(ModelFolder.open(model(c)), Engine.reference());
        PromptModule prompt = prompt(c, backbone);
        Head head = head(c, backbone)) {
      List<Parameter> parameters = new ArrayList<>(prompt.parameters());
      parameters.addAll(head.parameters());
      parameters.replaceAll(
          each -> new Parameter(each.name(), each.tensor(), settings.isDecayed(each.name())));
      int steps = settings.steps();
      float[] losses = Tensors.floats(c.output("loss"));
      float[] norms = Tensors.floats(c.output("grad_norm"));
      float[] rates = Tensors.floats(c.output("lr"));
      try (AdamW optimiser = new AdamW(parameters, settings.optimiser())) {
        for (int step = 0; step < steps; step++) {
          int now = step;
          optimiser.zeroGradients();
          double loss = Scope.run(() -> backward(c, backbone, prompt, head, now));
          assertThat(loss).as("loss of step " + step).isCloseTo(losses[step], within(1e-4));
          double norm = optimiser.gradientNorm();
          assertThat(norm)
              .as("norm of step " + step)
              .isCloseTo(norms[step], within(1e-4 * norms[step] + 1e-7));
          double rate = settings.learningRate() * settings.schedule().factor(step, steps, 0);
          assertThat(rate).isCloseTo(rates[step], within(1e-8));
          optimiser.step(rate, Trainer.clipFactor(norm, settings.clip()));
          compare(c, "after_step_" + (step + 1) + "/", parameters);
        }
      }
    }
  }

  private static double backward(
      Case c, Backbone backbone, PromptModule prompt, Head head, int step) {
    TokenBatch tokens = batch(c, step);
    BackboneOutput output =
        backbone.forward(
            tokens, prompt.inject(tokens, Dropout.off()), ForwardOptions.evaluation(head.reads()));
    Tensor labels = c.input(c.has("batch/labels") ? "batch/labels" : "batch/target_ids");
    Tensor mine = labels.dim() == 2 ? labels.select(0, step) : labels;
    Item row = Item.of(TokenRow.of(new int[1], new int[1]));
    List<Item> items =
        Arrays.stream(Tensors.longs(mine))
            .mapToObj(label -> row.withTarget(new Target.Choice((int) label)))
            .toList();
    HeadInput input = new HeadInput(backbone, output.lastHidden(), items, Dropout.off());
    Tensor loss = head.loss(head.scores(input), items).mean();
    loss.backward();
    return loss.item_float();
  }

  /**
   * The batch of a step: recorded once for all steps ({@code [B, n]}) or once for each ({@code [S,
   * B, n]}).
   */
  private static TokenBatch batch(Case c, int step) {
    Tensor ids = part(c, "input_ids", step);
    int rows = Math.toIntExact(ids.size(0));
    int columns = Math.toIntExact(ids.size(1));
    long[] types =
        c.has("batch/token_type_ids")
            ? Tensors.longs(part(c, "token_type_ids", step))
            : new long[rows * columns];
    long[] mask = Tensors.longs(part(c, "attention_mask", step));
    if (!c.text("adapter").equals("ptuning_v1")) {
      return new TokenBatch(rows, columns, Tensors.longs(ids), mask, types);
    }
    int length = Math.toIntExact(c.input("init/embedding.weight").size(0));
    int[] slots = new int[rows * columns];
    Arrays.fill(slots, TokenRow.WORD);
    for (int at = 0; at < rows * length; at++) {
      slots[at / length * columns + 1 + at % length] = at % length;
    }
    int[] anchors = new int[rows];
    Arrays.fill(anchors, length + 1); // the mask stands behind the soft tokens
    return new TokenBatch(rows, columns, Tensors.longs(ids), mask, types, slots, anchors);
  }

  private static Tensor part(Case c, String role, int step) {
    Tensor all = c.input("batch/" + role);
    return all.dim() == 3 ? all.select(0, step) : all;
  }

  private static void compare(Case c, String prefix, List<Parameter> parameters) {
    Map<String, String> keys = c.keys("outputs", prefix);
    if (keys.isEmpty()) {
      return;
    }
    for (Parameter parameter : parameters) {
      String key = keys.get(goldenName(c, parameter.name()));
      assertThat(key).as("recorded " + parameter.name()).isNotNull();
      assertClose(prefix + parameter.name(), parameter.tensor(), c.read(key), 1e-4, 0);
    }
  }

  private static String goldenName(Case c, String name) {
    String own = name.replaceFirst("^prefix_encoder\\.", "");
    return c.has("init/prefix") && own.equals("embedding.weight") ? "prefix" : own;
  }

  private static PromptModule prompt(Case c, Backbone backbone) {
    return switch (c.text("adapter")) {
      case "prefix", "prefix_projection" -> prefix(c, backbone);
      case "ptuning_v1" -> {
        Map<String, Tensor> values = new HashMap<>();
        c.keys("inputs", "init/").forEach((name, key) -> values.put(name, c.read(key)));
        PTuning method = PTuning.ofLength(Math.toIntExact(values.get("embedding.weight").size(0)));
        yield PromptEncoder.of(
            method.name(),
            method.length(),
            method.encoder(),
            backbone.spec(),
            backbone.engine(),
            values);
      }
      default -> throw new IllegalArgumentException("adapter " + c.text("adapter"));
    };
  }

  private static PrefixEncoder prefix(Case c, Backbone backbone) {
    Map<String, Tensor> values = new HashMap<>();
    c.keys("inputs", "init/")
        .forEach((name, key) -> values.put("prefix_encoder." + name, c.read(key)));
    values.keySet().removeIf(name -> name.contains(".classifier.")); // the head's
    Tensor flat = values.remove("prefix_encoder.prefix");
    boolean projected = flat == null;
    if (!projected) {
      values.put("prefix_encoder.embedding.weight", flat);
    }
    PTuningV2 method =
        new PTuningV2(
            Math.toIntExact(values.get("prefix_encoder.embedding.weight").size(0)),
            LayerRange.all(),
            projected
                ? Optional.of(Math.toIntExact(values.get("prefix_encoder.trans.0.bias").size(0)))
                : Optional.empty(),
            0,
            PositionConvention.SHIFTED,
            NormalInitialisation.NORMAL);
    return PrefixEncoder.of(method, backbone.spec(), backbone.engine(), values);
  }

  private static Head head(Case c, Backbone backbone) {
    if (c.text("adapter").equals("ptuning_v1")) {
      return new VocabularyHeadSpec(List.of()).create(backbone, RandomStream.of(1));
    }
    Map<String, Tensor> values = new HashMap<>();
    c.keys("inputs", "init/").forEach((name, key) -> values.put(name, c.read(key)));
    int labels = Math.toIntExact(values.get("classifier.bias").numel());
    return LinearHeadSpec.sequence(labels, SequenceInput.POOLER, 0).restore(backbone, values);
  }
}
