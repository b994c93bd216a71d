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
 * Scores over the vocabulary, plain, with a deep prefix and with P-tuning's soft tokens amid the
 * text, and the prompts' gradients through them, against another implementation.
 */
class GoldenLanguageModelTest {

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
      for (Case c : GoldenSet.cases(folder, "mlm", "ptuning_v1")) {
        // What an encoder of the prompts' own computes is the prompt method's concern.
        if (c.text("kind").equals("mlm") || c.has("prompts")) {
          tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check(c, engine))));
        }
      }
    }
    assertThat(tests).as("cases in " + GoldenSet.folder()).hasSizeGreaterThanOrEqualTo(6);
    return tests.stream();
  }

  private static void check(Case c, Engine engine) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine)) {
      assertThat(backbone.spec().hasLanguageModel()).isTrue();
      if (c.has("prompts")) {
        checkSoftTokens(c, backbone);
      } else if (c.has("prefix")) {
        checkPrefix(c, backbone);
      } else {
        checkAllPlaces(c, backbone);
      }
    }
  }

  private static void checkAllPlaces(Case c, Backbone backbone) {
    TokenBatch tokens = c.tokens("");
    Tensor states = flat(backbone, tokens, Injection.none());
    LanguageModel head = backbone.languageModel();
    Tensor logits = head.logits(states);
    Tensor expected = c.output("logits");
    assertThat(head.vocabulary()).isEqualTo(Math.toIntExact(expected.size(2)));
    assertCloseAtTokens("logits", logits.view_as(expected), expected, tokens, TOLERANCE);
    assertLoss(c, torch.cross_entropy_loss(logits, c.input("labels").flatten()));
    int[] words = {7, 0, head.vocabulary() - 1, 7};
    assertClose(
        "some words", head.logits(states, words), columns(logits, words), TOLERANCE / 10, 0);
  }

  private static void checkPrefix(Case c, Backbone backbone) {
    TokenBatch tokens = c.tokens("");
    Tensor prefix = c.input("prefix").set_requires_grad(true);
    Injection injection =
        Injection.deep(
            Prefixes.ofMatrix(prefix, backbone.spec(), tokens.rows()),
            Prefixes.shift(c.text("position_convention"), tokens.rows(), prefix.size(0)));
    long[] labels = Tensors.longs(c.input("labels"));
    long[] places =
        IntStream.range(0, labels.length).filter(i -> labels[i] >= 0).asLongStream().toArray();
    Tensor states =
        flat(backbone, tokens, injection).index_select(0, Tensors.of(places, places.length));
    Tensor logits = backbone.languageModel().logits(states);
    assertClose("mask_logits", logits, c.output("mask_logits"), TOLERANCE, 0);
    long[] targets = Arrays.stream(places).map(at -> labels[(int) at]).toArray();
    Tensor loss = torch.cross_entropy_loss(logits, Tensors.of(targets, targets.length));
    assertLoss(c, loss);
    loss.backward();
    assertClose("grad_prefix", prefix.grad(), c.output("grad_prefix"), 1e-4, 1e-3);
  }

  private static void checkSoftTokens(Case c, Backbone backbone) {
    TokenBatch words = c.tokens("");
    Tensor prompts = c.input("prompts").set_requires_grad(true);
    long[] columns = Tensors.longs(c.input("prompt_positions")); // [B, S]
    int length = Math.toIntExact(prompts.size(0));
    int[] slots = new int[words.ids().length];
    Arrays.fill(slots, TokenRow.WORD);
    for (int i = 0; i < columns.length; i++) {
      slots[i / length * words.columns() + (int) columns[i]] = i % length;
    }
    long[] anchors = Tensors.longs(c.input("mask_positions"));
    TokenBatch tokens =
        new TokenBatch(
            words.rows(),
            words.columns(),
            words.ids(),
            words.mask(),
            words.typeIds(),
            slots,
            Arrays.stream(anchors).mapToInt(Math::toIntExact).toArray());
    long[] places = tokens.softPlaces();
    long[] order = Arrays.stream(places).map(at -> slots[(int) at]).toArray();
    InputVectors vectors =
        new InputVectors(places, prompts.index_select(0, Tensors.of(order, order.length)));
    Tensor states =
        backbone
            .forward(tokens, Injection.inputs(vectors), ForwardOptions.evaluation(Positions.ANCHOR))
            .first();
    Tensor logits = backbone.languageModel().logits(states);
    assertClose("logits", logits, c.output("logits"), TOLERANCE, 0);
    int[] verbalizers =
        Arrays.stream(Tensors.longs(c.input("verbalizer_ids")))
            .mapToInt(Math::toIntExact)
            .toArray();
    assertClose(
        "verbalizer_logits",
        backbone.languageModel().logits(states, verbalizers),
        c.output("verbalizer_logits"),
        TOLERANCE,
        0);
    Tensor loss = torch.cross_entropy_loss(logits, c.input("target_ids"));
    assertLoss(c, loss);
    loss.backward();
    assertClose("grad_prompts", prompts.grad(), c.output("grad_prompts"), 1e-4, 1e-3);
  }

  /** The last hidden states, {@code [B·n, H]}. */
  private static Tensor flat(Backbone backbone, TokenBatch tokens, Injection injection) {
    return backbone
        .forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL))
        .lastHidden()
        .reshape(-1, backbone.spec().hidden());
  }

  private static Tensor columns(Tensor logits, int[] words) {
    long[] index = Arrays.stream(words).asLongStream().toArray();
    return logits.index_select(1, Tensors.of(index, index.length));
  }

  private static void assertLoss(Case c, Tensor loss) {
    double expected = c.output("loss").item_float();
    assertThat((double) loss.item_float())
        .isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
  }
}
