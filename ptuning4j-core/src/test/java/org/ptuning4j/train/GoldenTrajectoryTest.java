package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.ptuning4j.head.SequenceHeadSpec;
import org.ptuning4j.prompt.Initialisation;
import org.ptuning4j.prompt.LayerRange;
import org.ptuning4j.prompt.PTuningV2;
import org.ptuning4j.prompt.PositionConvention;
import org.ptuning4j.prompt.PrefixEncoder;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Twenty training steps, with warm-up, clipping and weight decay, against another implementation.
 */
class GoldenTrajectoryTest {

  @TestFactory
  Stream<DynamicTest> trajectories() {
    Path folder = GoldenSet.folder().resolve("training");
    Assumptions.assumeTrue(
        folder.toFile().isDirectory(), "no training cases in " + GoldenSet.folder());
    List<DynamicTest> tests = new ArrayList<>();
    for (Case c : GoldenSet.cases(folder, "trajectory")) {
      boolean prefix = c.has("init/prefix") || c.has("init/trans.0.weight");
      if (prefix && c.has("init/classifier.weight") && supported(c)) {
        tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check(c))));
      }
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  private static boolean supported(Case c) {
    ModelFolder folder = ModelFolder.open(GoldenSet.folder().resolve(c.text("model_dir")));
    return BackboneFamilies.standard().modelTypes().contains(folder.modelType());
  }

  private static void check(Case c) {
    ModelFolder folder = ModelFolder.open(GoldenSet.folder().resolve(c.text("model_dir")));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, Engine.reference());
        PrefixEncoder prefix = prefix(c, backbone);
        Head head = head(c, backbone)) {
      JsonNode hyper = c.node().get("hyper");
      List<Parameter> parameters = new ArrayList<>(prefix.parameters());
      boolean biasUndecayed = c.text("weight_decay_groups").contains("none on classifier.bias");
      for (Parameter parameter : head.parameters()) {
        boolean decayed = !(biasUndecayed && parameter.name().endsWith("bias"));
        parameters.add(new Parameter(parameter.name(), parameter.tensor(), decayed));
      }
      Schedule schedule = new Schedule(Schedule.Shape.LINEAR, hyper.get("warmup").asInt(), 1);
      int steps = hyper.get("steps").asInt();
      float[] losses = Tensors.floats(c.output("loss"));
      float[] norms = Tensors.floats(c.output("grad_norm"));
      float[] rates = Tensors.floats(c.output("lr"));
      try (AdamW optimiser = new AdamW(parameters, hyper.get("weight_decay").asDouble())) {
        for (int step = 0; step < steps; step++) {
          int now = step;
          optimiser.zeroGradients();
          double loss = Scope.run(() -> backward(c, backbone, prefix, head, now));
          assertThat(loss).as("loss of step " + step).isCloseTo(losses[step], within(1e-4));
          double norm = optimiser.gradientNorm();
          assertThat(norm)
              .as("norm of step " + step)
              .isCloseTo(norms[step], within(1e-4 * norms[step] + 1e-7));
          double rate = hyper.get("lr").asDouble() * schedule.factor(step, steps, steps);
          assertThat(rate).isCloseTo(rates[step], within(1e-8));
          optimiser.scaleGradients(
              Trainer.clipFactor(norm, hyper.get("clip_grad_norm").asDouble()));
          optimiser.step(rate);
          compare(c, "after_step_" + (step + 1) + "/", parameters);
        }
      }
    }
  }

  private static double backward(
      Case c, Backbone backbone, PrefixEncoder prefix, Head head, int step) {
    TokenBatch tokens = batch(c, step);
    BackboneOutput output =
        backbone.forward(
            tokens, prefix.inject(tokens, Dropout.off()), ForwardOptions.evaluation(head.reads()));
    Tensor labels = c.input("batch/labels");
    Tensor mine = labels.dim() == 2 ? labels.select(0, step) : labels;
    List<Item> items =
        Arrays.stream(Tensors.longs(mine))
            .mapToObj(label -> Item.of(TokenRow.of(new int[1], new int[1]), (float) label))
            .toList();
    Tensor loss =
        head.loss(
            head.scores(new HeadInput(backbone, output.lastHidden(), items, Dropout.off())), items);
    loss.backward();
    return loss.item_float();
  }

  /**
   * The batch of a step: recorded once for all steps ({@code [B, n]}) or once for each ({@code [S,
   * B, n]}).
   */
  private static TokenBatch batch(Case c, int step) {
    List<Tensor> parts = new ArrayList<>();
    for (String role : List.of("input_ids", "attention_mask", "token_type_ids")) {
      Tensor all = c.input("batch/" + role);
      parts.add(all.dim() == 3 ? all.select(0, step) : all);
    }
    return new TokenBatch(
        Math.toIntExact(parts.get(0).size(0)),
        Math.toIntExact(parts.get(0).size(1)),
        Tensors.longs(parts.get(0)),
        Tensors.longs(parts.get(1)),
        Tensors.longs(parts.get(2)));
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

  private static PrefixEncoder prefix(Case c, Backbone backbone) {
    Map<String, Tensor> values = new HashMap<>();
    c.keys("inputs", "init/")
        .forEach((name, key) -> values.put("prefix_encoder." + name, c.read(key)));
    boolean projected = !c.has("init/prefix");
    if (!projected) {
      values.put("prefix_encoder.embedding.weight", c.input("init/prefix"));
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
            Initialisation.NORMAL);
    return PrefixEncoder.of(method, backbone.spec(), backbone.engine(), values);
  }

  private static Head head(Case c, Backbone backbone) {
    Map<String, Tensor> values = new HashMap<>();
    c.keys("inputs", "init/").forEach((name, key) -> values.put(name, c.read(key)));
    int labels = Math.toIntExact(values.get("classifier.bias").numel());
    return new SequenceHeadSpec(labels, SequenceHeadSpec.Input.POOLER, 0).restore(backbone, values);
  }
}
