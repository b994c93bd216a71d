package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;
import static org.ptuning4j.Closeness.assertCloseAtTokens;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.PublishedHeads;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Soft tokens before the text: hidden states, and through a classifier the loss and the soft
 * tokens' gradients, against another implementation.
 */
class GoldenSoftTokensTest {

  private static final double TOLERANCE = 1e-4;

  @TestFactory
  Stream<DynamicTest> plainKernels() {
    return tests(Engine.reference());
  }

  @TestFactory
  Stream<DynamicTest> fastKernels() {
    KernelPlan fast =
        new KernelPlan(
            KernelPlan.Linear.CONVOLUTION, KernelPlan.Attention.FUSED, KernelPlan.Attention.FUSED);
    return tests(Engine.recorded(Precision.FP32, fast));
  }

  private static Stream<DynamicTest> tests(Engine engine) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      for (Case c : GoldenSet.cases(folder, "soft_forward", "soft_seqcls")) {
        tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check(c, engine))));
      }
    }
    assertThat(tests).as("cases in " + GoldenSet.folder()).hasSizeGreaterThanOrEqualTo(6);
    return tests.stream();
  }

  private static void check(Case c, Engine engine) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine)) {
      if (c.text("kind").equals("soft_forward")) {
        checkStates(c, backbone);
      } else {
        checkClassifier(c, backbone);
      }
    }
  }

  private static void checkStates(Case c, Backbone backbone) {
    Tensor soft = c.input("soft");
    int length = Math.toIntExact(soft.size(0));
    TokenBatch first = batch(c, length, row -> 0);
    Injection injection = Injection.inputs(Prefixes.softTokens(first, soft));
    Tensor expected = c.output("last_hidden_state");
    Tensor all =
        backbone.forward(first, injection, ForwardOptions.evaluation(Positions.ALL)).lastHidden();
    assertCloseAtTokens("last hidden", all, expected, first, TOLERANCE);
    Tensor anchors =
        backbone.forward(first, injection, ForwardOptions.evaluation(Positions.ANCHOR)).first();
    assertClose("first column", anchors, expected.select(1, 0), TOLERANCE, 0);
    if (c.node().get("outputs").has("pooler_output")) {
      assertThat(backbone.spec().hasPooler()).isTrue();
      assertClose("pooler", backbone.pool(anchors), c.output("pooler_output"), TOLERANCE, 0);
    }
    TokenBatch atText = batch(c, length, row -> length);
    Tensor text =
        backbone.forward(atText, injection, ForwardOptions.evaluation(Positions.ANCHOR)).first();
    assertClose("first word", text, expected.select(1, length), TOLERANCE, 0);
  }

  private static void checkClassifier(Case c, Backbone backbone) {
    Tensor soft = c.input("soft").set_requires_grad(true);
    TokenBatch tokens = batch(c, Math.toIntExact(soft.size(0)), pooled(c));
    Tensor read =
        PublishedHeads.read(
            c, backbone, tokens, Injection.inputs(Prefixes.softTokens(tokens, soft)));
    Tensor logits = PublishedHeads.logits(c, backbone, read);
    assertClose("logits", logits, c.output("logits"), TOLERANCE, 0);
    Tensor loss = torch.cross_entropy_loss(logits, c.input("labels"));
    double expected = c.output("loss").item_float();
    assertThat((double) loss.item_float())
        .isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
    loss.backward();
    assertClose("grad_soft", soft.grad(), c.output("grad_soft"), 1e-4, 1e-3);
  }

  /** The column that each row's classifier reads, as the case has it. */
  private static IntUnaryOperator pooled(Case c) {
    if (c.node().has("pool_index")) {
      return row -> c.node().get("pool_index").asInt();
    }
    int length = Math.toIntExact(c.input("soft").size(0));
    int columns = Math.toIntExact(c.input("input_ids").size(1));
    long[] last = Tensors.longs(c.input("last_index"));
    return switch (c.text("pool")) {
      case "last_column" -> row -> length + columns - 1; // PEFT's, even where that is padding
      case "last_valid" -> row -> length + Math.toIntExact(last[row]);
      default -> throw new IllegalArgumentException("pool " + c.text("pool"));
    };
  }

  /** The case's texts, each with the soft tokens before it, with positions from 0. */
  private static TokenBatch batch(Case c, int softTokens, IntUnaryOperator anchor) {
    TokenBatch tokens = Prefixes.softTokensBefore(c.tokens(""), softTokens);
    int[] positions = new int[tokens.ids().length];
    Arrays.setAll(positions, at -> at % tokens.columns());
    return new TokenBatch(
        tokens.rows(),
        tokens.columns(),
        tokens.ids(),
        tokens.mask(),
        tokens.typeIds(),
        tokens.slots(),
        IntStream.range(0, tokens.rows()).map(anchor).toArray(),
        new Geometry(List.of(positions), Reach.everything()));
  }
}
