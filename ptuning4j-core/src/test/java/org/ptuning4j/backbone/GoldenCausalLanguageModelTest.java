package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;
import static org.ptuning4j.Closeness.assertCloseAtTokens;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Decoders' scores of what comes next, plain, with a deep prefix and with soft tokens before the
 * text, the loss and the prompts' gradients, against another implementation.
 */
class GoldenCausalLanguageModelTest {

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
      for (Case c : GoldenSet.cases(folder, "lm")) {
        tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check(c, engine))));
      }
    }
    assertThat(tests).as("cases in " + GoldenSet.folder()).hasSizeGreaterThanOrEqualTo(3);
    return tests.stream();
  }

  private static void check(Case c, Engine engine) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine)) {
      assertThat(backbone.spec().hasLanguageModel()).isTrue();
      assertThat(backbone.spec().direction()).isEqualTo(Direction.CAUSAL);
      assertThat(c.text("adapter")).isIn("", "prefix", "soft");
      switch (c.text("adapter")) {
        case "prefix" -> checkPrefix(c, backbone);
        case "soft" -> checkSoftTokens(c, backbone);
        default -> compare(c, backbone, c.tokens(""), Injection.none(), 0);
      }
    }
  }

  private static void checkPrefix(Case c, Backbone backbone) {
    TokenBatch tokens = c.tokens("");
    Tensor prefix = c.input("prefix").set_requires_grad(true);
    Injection injection =
        Injection.deep(
            Prefixes.ofMatrix(prefix, backbone.spec(), tokens.rows()),
            Prefixes.shift(c.text("position_convention"), tokens.rows(), prefix.size(0)));
    compare(c, backbone, tokens, injection, 0).backward();
    assertClose("grad_prefix", prefix.grad(), c.output("grad_prefix"), 1e-4, 1e-3);
  }

  private static void checkSoftTokens(Case c, Backbone backbone) {
    Tensor soft = c.input("soft").set_requires_grad(true);
    int length = Math.toIntExact(soft.size(0));
    TokenBatch tokens = Prefixes.softTokensBefore(c.tokens(""), length);
    Injection injection = Injection.inputs(Prefixes.softTokens(tokens, soft));
    compare(c, backbone, tokens, injection, length).backward();
    assertClose("grad_soft", soft.grad(), c.output("grad_soft"), 1e-4, 1e-3);
  }

  /**
   * Compares scores and loss.
   *
   * @param before the columns before the text, which have no label
   * @return the loss
   */
  private static Tensor compare(
      Case c, Backbone backbone, TokenBatch tokens, Injection injection, int before) {
    Tensor states =
        backbone
            .forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL))
            .lastHidden()
            .reshape(-1, backbone.spec().hidden());
    LanguageModel head = backbone.languageModel();
    Tensor logits = head.logits(states); // [B·n, V]
    Tensor expected = c.output("logits");
    assertThat(head.vocabulary()).isEqualTo(Math.toIntExact(expected.size(2)));
    assertCloseAtTokens("logits", logits.view_as(expected), expected, tokens, TOLERANCE);
    int[] words = {7, 0, head.vocabulary() - 1, 7};
    long[] columns = Arrays.stream(words).asLongStream().toArray();
    assertClose(
        "some words",
        head.logits(states, words),
        logits.index_select(1, Tensors.of(columns, columns.length)),
        TOLERANCE / 10,
        0);
    Tensor loss = nextTokenLoss(c, logits, tokens, before);
    double recorded = c.output("loss").item_float();
    assertThat((double) loss.item_float())
        .isCloseTo(recorded, within(1e-5 * Math.max(1, Math.abs(recorded))));
    return loss;
  }

  /** Each token is foretold by the one before it. */
  private static Tensor nextTokenLoss(Case c, Tensor logits, TokenBatch tokens, int before) {
    long[] labels = Tensors.longs(c.input("labels")); // [B, n − before]
    int text = tokens.columns() - before;
    int[] foretold =
        IntStream.range(0, labels.length)
            .filter(i -> labels[i] >= 0 && (before > 0 || i % text > 0))
            .toArray();
    long[] targets = IntStream.of(foretold).mapToLong(i -> labels[i]).toArray();
    long[] places =
        IntStream.of(foretold)
            .mapToLong(i -> (long) i / text * tokens.columns() + before + i % text - 1)
            .toArray();
    return torch.cross_entropy_loss(
        logits.index_select(0, Tensors.of(places, places.length)),
        Tensors.of(targets, targets.length));
  }
}
