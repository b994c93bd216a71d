package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Each family in bf16 beside another implementation in fp32, within the bounds that docs/models.md
 * states: the norm of the difference over the norm of what is right.
 */
class GoldenBf16Test {

  /**
   * What is allowed of a family.
   *
   * @param states of the last layer's states, padding apart
   * @param scores of the language-model head's scores
   * @param gradients of a deep prefix's gradient through that head
   */
  private record Bounds(double states, double scores, double gradients) {}

  private static final Map<String, Bounds> BOUNDS =
      Map.ofEntries(
          Map.entry("bert", new Bounds(0.02, 0.025, 0.08)),
          Map.entry("roberta", new Bounds(0.02, 0.025, 0.08)),
          Map.entry("xlm-roberta", new Bounds(0.02, 0.025, 0.08)),
          Map.entry("mpnet", new Bounds(0.025, 0.03, 0.08)),
          Map.entry("distilbert", new Bounds(0.025, 0.03, 0.08)),
          Map.entry("electra", new Bounds(0.025, 0.04, 0.08)),
          Map.entry("albert", new Bounds(0.02, 0.02, 0.08)),
          Map.entry("deberta", new Bounds(0.02, 0.02, 0.08)),
          Map.entry("deberta-v2", new Bounds(0.03, 0.04, 0.08)),
          Map.entry("modernbert", new Bounds(0.04, 0.04, 0.08)),
          Map.entry("gpt2", new Bounds(0.02, 0.02, 0.08)),
          Map.entry("llama", new Bounds(0.04, 0.03, 0.08)),
          Map.entry("mistral", new Bounds(0.04, 0.03, 0.08)),
          Map.entry("qwen2", new Bounds(0.04, 0.03, 0.08)),
          Map.entry("qwen3", new Bounds(0.03, 0.03, 0.08)),
          Map.entry("gemma3_text", new Bounds(0.02, 0.02, 0.08)));

  @TestFactory
  Stream<DynamicTest> plainKernels() {
    return tests(KernelPlan.plain());
  }

  @TestFactory
  Stream<DynamicTest> fastKernels() {
    return tests(
        new KernelPlan(
            KernelPlan.Linear.CONVOLUTION, KernelPlan.Attention.FUSED, KernelPlan.Attention.FUSED));
  }

  private static Stream<DynamicTest> tests(KernelPlan plan) {
    Engine engine = Engine.recorded(Precision.BF16, plan);
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      ModelFolder model = ModelFolder.open(folder.resolve("model"));
      Bounds bounds = BOUNDS.get(model.modelType());
      for (Case c : GoldenSet.cases(folder, "forward", "prefix_forward", "mlm", "lm")) {
        if (!c.has("soft")) {
          assertThat(bounds).as("bounds of " + model.modelType()).isNotNull();
          tests.add(
              DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check(c, engine, bounds))));
        }
      }
    }
    assertThat(tests).as("cases in " + GoldenSet.folder()).isNotEmpty();
    return tests.stream();
  }

  private static void check(Case c, Engine engine, Bounds bounds) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine)) {
      TokenBatch tokens = c.tokens("");
      Optional<Tensor> prefix =
          c.has("prefix")
              ? Optional.of(c.input("prefix").set_requires_grad(true))
              : Optional.empty();
      Injection injection =
          prefix.map(matrix -> deep(c, backbone, tokens, matrix)).orElse(Injection.none());
      Tensor states =
          backbone
              .forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL))
              .lastHidden(); // [B, n, H]
      assertThat(Tensors.dtype(states)).isEqualTo(Dtype.BF16);
      long[] words = places(tokens.mask(), 1);
      if (c.text("kind").endsWith("forward")) {
        assertNear("states", states, c.output("last_hidden_state"), words, bounds.states());
        return;
      }
      Tensor logits = backbone.languageModel().logits(rows(states, all(tokens))); // [B·n, V]
      if (c.node().get("outputs").has("logits")) {
        assertNear("scores", logits, c.output("logits"), words, bounds.scores());
      }
      if (prefix.isPresent()) {
        checkGradient(c, logits, tokens.columns(), prefix.get(), bounds);
      }
    }
  }

  private static Injection deep(Case c, Backbone backbone, TokenBatch tokens, Tensor matrix) {
    Tensor narrow = backbone.engine().place(matrix, Dtype.BF16);
    return Injection.deep(
        Prefixes.ofMatrix(narrow, backbone.spec(), tokens.rows()),
        Prefixes.shift(c.text("position_convention"), tokens.rows(), matrix.size(0)));
  }

  private static void checkGradient(
      Case c, Tensor logits, int columns, Tensor prefix, Bounds bounds) {
    long[] labels = Tensors.longs(c.input("labels"));
    boolean next = c.text("kind").equals("lm"); // a token is foretold by the one before it
    int[] foretold =
        IntStream.range(0, labels.length)
            .filter(i -> labels[i] >= 0 && !(next && i % columns == 0))
            .toArray();
    Tensor read = rows(logits, IntStream.of(foretold).mapToLong(i -> next ? i - 1 : i).toArray());
    if (!next) {
      long[] every = IntStream.range(0, foretold.length).asLongStream().toArray();
      assertNear("scores", read, c.output("mask_logits"), every, bounds.scores());
    }
    long[] targets = IntStream.of(foretold).mapToLong(i -> labels[i]).toArray();
    torch.cross_entropy_loss(read, Tensors.of(targets, targets.length)).backward();
    long[] tokens = IntStream.range(0, (int) prefix.size(0)).asLongStream().toArray();
    assertNear("gradient", prefix.grad(), c.output("grad_prefix"), tokens, bounds.gradients());
  }

  private static long[] all(TokenBatch tokens) {
    return IntStream.range(0, tokens.rows() * tokens.columns()).asLongStream().toArray();
  }

  private static long[] places(long[] values, long wanted) {
    return IntStream.range(0, values.length)
        .filter(i -> values[i] == wanted)
        .asLongStream()
        .toArray();
  }

  /** Some rows of {@code [..., width]}. */
  private static Tensor rows(Tensor tensor, long[] places) {
    return tensor.reshape(-1, tensor.size(-1)).index_select(0, Tensors.of(places, places.length));
  }

  private static void assertNear(
      String what, Tensor found, Tensor right, long[] places, double bound) {
    Tensor expected = rows(right, places);
    Tensor actual = rows(found.detach(), places).to(Dtype.F32.scalarType());
    double distance = actual.sub(expected).norm().item_float() / expected.norm().item_float();
    // Above zero, so that nothing was computed in fp32 by mistake.
    assertThat(distance).as(what).isBetween(1e-4, bound);
  }
}
