package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;
import static org.ptuning4j.Closeness.assertCloseAtTokens;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    TokenBatch first = batch(c, length, 0);
    Injection injection = Injection.inputs(vectors(first, soft));
    Tensor expected = c.output("last_hidden_state");
    Tensor all =
        backbone.forward(first, injection, ForwardOptions.evaluation(Positions.ALL)).lastHidden();
    assertCloseAtTokens("last hidden", all, expected, first, TOLERANCE);
    Tensor anchors =
        backbone.forward(first, injection, ForwardOptions.evaluation(Positions.ANCHOR)).first();
    assertClose("first column", anchors, expected.select(1, 0), TOLERANCE, 0);
    assertThat(backbone.spec().hasPooler()).isEqualTo(c.node().get("outputs").has("pooler_output"));
    if (backbone.spec().hasPooler()) {
      assertClose("pooler", backbone.pool(anchors), c.output("pooler_output"), TOLERANCE, 0);
    }
    TokenBatch atText = batch(c, length, length);
    Tensor text =
        backbone.forward(atText, injection, ForwardOptions.evaluation(Positions.ANCHOR)).first();
    assertClose("first word", text, expected.select(1, length), TOLERANCE, 0);
  }

  private static void checkClassifier(Case c, Backbone backbone) {
    Tensor soft = c.input("soft").set_requires_grad(true);
    TokenBatch tokens = batch(c, Math.toIntExact(soft.size(0)), c.node().get("pool_index").asInt());
    Tensor read = PublishedHeads.read(c, backbone, tokens, Injection.inputs(vectors(tokens, soft)));
    Tensor logits = PublishedHeads.logits(c, backbone, read);
    assertClose("logits", logits, c.output("logits"), TOLERANCE, 0);
    Tensor loss = torch.cross_entropy_loss(logits, c.input("labels"));
    double expected = c.output("loss").item_float();
    assertThat((double) loss.item_float())
        .isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
    loss.backward();
    assertClose("grad_soft", soft.grad(), c.output("grad_soft"), 1e-4, 1e-3);
  }

  /** The case's texts, each with the soft tokens before it, read at one column. */
  private static TokenBatch batch(Case c, int softTokens, int anchor) {
    TokenBatch words = c.tokens("");
    int columns = words.columns();
    List<TokenRow> rows = new ArrayList<>();
    for (int row = 0; row < words.rows(); row++) {
      int from = row * columns;
      long[] mask = Arrays.copyOfRange(words.mask(), from, from + columns);
      int length = Math.toIntExact(Arrays.stream(mask).sum());
      TokenRow text =
          TokenRow.of(
                  ints(Arrays.copyOfRange(words.ids(), from, from + length)),
                  ints(Arrays.copyOfRange(words.typeIds(), from, from + length)))
              .withPrefix(softTokens);
      rows.add(new TokenRow(text.ids(), text.typeIds(), text.slots(), anchor));
    }
    TokenBatch batch = TokenBatch.of(rows, 0);
    assertThat(batch.columns()).isEqualTo(columns + softTokens);
    return batch;
  }

  private static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }

  private static InputVectors vectors(TokenBatch tokens, Tensor soft) {
    long[] places = tokens.softPlaces();
    long[] slots = Arrays.stream(places).map(at -> tokens.slots()[(int) at]).toArray();
    return new InputVectors(places, soft.index_select(0, Tensors.of(slots, slots.length)));
  }
}
