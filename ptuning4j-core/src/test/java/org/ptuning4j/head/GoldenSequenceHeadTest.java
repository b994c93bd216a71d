package org.ptuning4j.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.head.SequenceHeadSpec.Input;
import org.ptuning4j.prompt.Initialisation;
import org.ptuning4j.prompt.LayerRange;
import org.ptuning4j.prompt.PTuningV2;
import org.ptuning4j.prompt.PositionConvention;
import org.ptuning4j.prompt.PrefixEncoder;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Engine;
import org.ptuning4j.tensor.KernelPlan;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Precision;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** Logits, loss and the gradients of prefix and head, against another implementation. */
class GoldenSequenceHeadTest {

  private static final double TOLERANCE = 1e-4;
  private static final Map<String, Input> HEADS =
      Map.of("pooler_linear", Input.POOLER, "roberta_head", Input.DENSE);

  @TestFactory
  Stream<DynamicTest> plainKernels() {
    return tests(Engine.reference());
  }

  @TestFactory
  Stream<DynamicTest> fastKernels() {
    KernelPlan fast =
        new KernelPlan(
            KernelPlan.Linear.CONVOLUTION, KernelPlan.Attention.FUSED, KernelPlan.Attention.FUSED);
    return tests(Engine.open(Precision.FP32, Optional.of(fast)));
  }

  private static Stream<DynamicTest> tests(Engine engine) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      for (Case c : GoldenSet.cases(folder, "seqcls")) {
        if (HEADS.containsKey(c.text("head"))) {
          tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check(c, engine))));
        }
      }
    }
    assertThat(tests).as("cases in " + GoldenSet.folder()).isNotEmpty();
    return tests.stream();
  }

  private static void check(Case c, Engine engine) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine);
        SequenceHead head = head(c, backbone)) {
      Optional<PrefixEncoder> prefix =
          c.has("prefix") ? Optional.of(prefix(c, backbone)) : Optional.empty();
      TokenBatch tokens = c.tokens("");
      BackboneOutput output =
          backbone.forward(
              tokens,
              prefix.map(p -> p.inject(tokens.rows(), Dropout.off())).orElse(Injection.none()),
              ForwardOptions.evaluation(head.reads()));
      Tensor logits = head.logits(backbone, output, Dropout.off());
      assertClose("logits", logits, c.output("logits"), TOLERANCE, 0);
      Tensor loss = head.loss(logits, Tensors.longs(c.input("labels")));
      double expected = c.output("loss").item_float();
      assertThat((double) loss.item_float())
          .isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
      if (prefix.isPresent()) {
        loss.backward();
        assertClose(
            "grad_prefix",
            gradient(prefix.get().parameters().get(0)),
            c.output("grad_prefix"),
            1e-4,
            1e-3);
        head.parameters()
            .forEach(
                parameter ->
                    assertClose(
                        parameter.name(),
                        gradient(parameter),
                        c.output("grad_head/" + parameter.name()),
                        1e-4,
                        1e-3));
        prefix.get().close();
      }
    }
  }

  private static Tensor gradient(Parameter parameter) {
    return parameter.tensor().grad();
  }

  private static SequenceHead head(Case c, Backbone backbone) {
    Map<String, Tensor> values = new HashMap<>();
    c.node()
        .get("head_params")
        .properties()
        .forEach(field -> values.put(field.getKey(), c.read(field.getValue().asText())));
    int labels = Math.toIntExact(c.output("logits").size(1));
    return SequenceHead.of(
        new SequenceHeadSpec(labels, HEADS.get(c.text("head")), 0),
        backbone.spec().hidden(),
        backbone.engine(),
        values);
  }

  private static PrefixEncoder prefix(Case c, Backbone backbone) {
    Tensor prefix = c.input("prefix");
    PTuningV2 method =
        new PTuningV2(
            Math.toIntExact(prefix.size(0)),
            LayerRange.all(),
            Optional.empty(),
            0,
            PositionConvention.parse(c.text("position_convention")),
            Initialisation.NORMAL);
    return PrefixEncoder.of(
        method,
        backbone.spec(),
        backbone.engine(),
        Map.of("prefix_encoder.embedding.weight", prefix));
  }
}
