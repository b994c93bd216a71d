package org.ptuning4j.tensor.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.KernelPlan.Attention;
import org.ptuning4j.tensor.engine.KernelPlan.Linear;
import org.ptuning4j.tensor.engine.PlanDecision.Origin;

/** Whatever kernels a machine prefers, they compute the same. */
class EngineTest {

  private static final double TOLERANCE = 2e-5;

  @BeforeAll
  static void start() {
    Torch.start();
  }

  /** Starting seeds nothing and sets no number of threads anew. */
  @Test
  void startingTwiceDoesNothing() {
    int threads = torch.get_num_threads();
    torch.set_num_threads(threads + 1);
    try {
      Torch.start();
      assertThat(torch.get_num_threads()).isEqualTo(threads + 1);
    } finally {
      torch.set_num_threads(threads);
    }
  }

  /** Those that differ from the plain one, which would agree with itself in any case. */
  static Stream<KernelPlan> plans() {
    return allPlans().filter(plan -> !plan.equals(KernelPlan.plain()));
  }

  static Stream<KernelPlan> allPlans() {
    List<KernelPlan> plans = new ArrayList<>();
    for (Linear linear : Linear.values()) {
      for (Attention training : Attention.values()) {
        for (Attention inference : Attention.values()) {
          plans.add(new KernelPlan(linear, training, inference));
        }
      }
    }
    return plans.stream();
  }

  @ParameterizedTest
  @MethodSource("plans")
  void linearAgreesWithThePlainOne(KernelPlan plan) {
    List<long[]> inputs =
        List.of(
            new long[] {6, 12},
            new long[] {2, 5, 12},
            new long[] {1, 12},
            new long[] {1, 1, 12},
            new long[] {2, 1, 12},
            new long[] {12});
    for (long[] shape : inputs) {
      for (long out : new long[] {12, 30, 3}) {
        Scope.run(
            () -> {
              List<Tensor> arguments =
                  List.of(random(1, shape), random(2, out, 12), random(3, out));
              compare(
                  "linear " + Arrays.toString(shape) + " to " + out,
                  engine -> engine.linear(arguments.get(0), arguments.get(1), arguments.get(2)),
                  plan,
                  arguments);
            });
      }
    }
  }

  /** Large enough to be computed by another kernel than the small ones above. */
  @ParameterizedTest
  @MethodSource("allPlans")
  void largeLinearAgreesInDoublePrecision(KernelPlan plan) {
    Scope.run(
        () -> {
          Tensor x = random(1, 2, 150, 128);
          Tensor weight = random(2, 96, 128);
          Tensor bias = random(3, 96);
          Tensor exact =
              torch.linear(x.to(ScalarType.Double), weight.to(ScalarType.Double), bias(bias));
          Tensor ours = Engine.withPlan(plan).linear(x, weight, bias);
          assertClose("large linear", ours, exact.to(ScalarType.Float), 1e-4, TOLERANCE);
          List<Tensor> expected = gradients(exact, List.of(x, weight, bias));
          List<Tensor> actual = gradients(ours, List.of(x, weight, bias));
          for (int i = 0; i < expected.size(); i++) {
            assertClose("gradient " + i, actual.get(i), expected.get(i), 1e-3, 1e-4);
          }
        });
  }

  /** The same for the products of attention, of which one thread would compute all. */
  @Test
  void largeAttentionWithDropoutAgreesInDoublePrecision() {
    Scope.run(
        () -> {
          Tensor query = random(1, 2, 3, 96, 32);
          Tensor key = random(2, 2, 3, 120, 32);
          Tensor value = random(3, 2, 3, 120, 32);
          Tensor keep = Dropout.from(RandomStream.of(4)).apply(torch.ones(2, 3, 96, 120), 0.3);
          Tensor scores =
              query
                  .to(ScalarType.Double)
                  .matmul(key.to(ScalarType.Double).transpose(-2, -1))
                  .mul(new Scalar(0.35));
          Tensor exact = torch.softmax(scores, -1).mul(keep).matmul(value.to(ScalarType.Double));
          Tensor ours =
              Engine.reference()
                  .attention(
                      query,
                      key,
                      value,
                      Optional.empty(),
                      0.35,
                      Dropout.from(RandomStream.of(4)),
                      0.3);
          assertClose("attention", ours, exact.to(ScalarType.Float), 1e-4, TOLERANCE);
          List<Tensor> expected = gradients(exact, List.of(query, key, value));
          List<Tensor> actual = gradients(ours, List.of(query, key, value));
          for (int i = 0; i < expected.size(); i++) {
            assertClose("gradient " + i, actual.get(i), expected.get(i), 1e-4, 1e-4);
          }
        });
  }

  private static TensorOptional bias(Tensor bias) {
    return new TensorOptional(bias.to(ScalarType.Double));
  }

  private static List<Tensor> gradients(Tensor result, List<Tensor> arguments) {
    arguments.forEach(argument -> argument.mutable_grad().reset());
    result
        .mul(RandomStream.of(9).gaussian(1, Tensors.shape(result)))
        .sum()
        .to(ScalarType.Float)
        .backward();
    return arguments.stream().map(argument -> argument.grad().clone()).toList();
  }

  /** Some of the rows of a fused matrix, applied to the transposed view of an input. */
  @ParameterizedTest
  @MethodSource("plans")
  void linearTakesViews(KernelPlan plan) {
    Scope.run(
        () -> {
          Tensor x = random(1, 5, 3, 12);
          Tensor weight = random(2, 36, 12);
          Tensor bias = random(3, 36);
          compare(
              "linear of views",
              engine ->
                  engine.linear(
                      x.transpose(0, 1), weight.narrow(0, 12, 24), bias.narrow(0, 12, 24)),
              plan,
              List.of(x, weight, bias));
        });
  }

  @ParameterizedTest
  @MethodSource("plans")
  void attentionAgreesWithThePlainOne(KernelPlan plan) {
    for (int queries : new int[] {1, 4}) {
      for (boolean masked : new boolean[] {false, true}) {
        Scope.run(
            () -> {
              Tensor query = random(1, 2, 3, queries, 8);
              Tensor key = random(2, 2, 3, 7, 8);
              Tensor value = random(3, 2, 3, 7, 8);
              Optional<Tensor> mask = masked ? Optional.of(mask()) : Optional.empty();
              compare(
                  "attention of " + queries + (masked ? " masked" : ""),
                  engine -> engine.attention(query, key, value, mask, 0.35, Dropout.off(), 0.1),
                  plan,
                  List.of(query, key, value));
            });
      }
    }
  }

  @ParameterizedTest
  @MethodSource("plans")
  void attentionDropsTheSameProbabilities(KernelPlan plan) {
    Scope.run(
        () -> {
          Tensor query = random(1, 2, 3, 4, 8);
          Tensor key = random(2, 2, 3, 7, 8);
          Tensor value = random(3, 2, 3, 7, 8);
          compare(
              "attention with dropout",
              engine ->
                  engine.attention(
                      query,
                      key,
                      value,
                      Optional.of(mask()),
                      0.35,
                      Dropout.from(RandomStream.of(4)),
                      0.3),
              plan,
              List.of(query, key, value));
        });
  }

  /** Without gradients, where another kernel may run. */
  @ParameterizedTest
  @MethodSource("plans")
  void inferenceAgreesWithThePlainOne(KernelPlan plan) {
    Scope.run(
        () -> {
          Tensor query = random(1, 2, 3, 4, 8).detach();
          Tensor key = random(2, 2, 3, 7, 8).detach();
          Tensor value = random(3, 2, 3, 7, 8).detach();
          Function<Engine, Tensor> attention =
              engine ->
                  engine.attention(query, key, value, Optional.of(mask()), 0.35, Dropout.off(), 0);
          Tensor expected = attention.apply(Engine.withPlan(KernelPlan.plain()));
          Tensor actual = attention.apply(Engine.withPlan(plan));
          assertClose("attention", actual, expected, TOLERANCE, TOLERANCE);
          assertThat(actual.requires_grad()).isFalse();
        });
  }

  @Test
  void theMaskMasks() {
    Scope.run(
        () -> {
          Engine engine = Engine.reference();
          Tensor query = random(1, 2, 3, 4, 8);
          Tensor key = random(2, 2, 3, 7, 8);
          Tensor value = random(3, 2, 3, 7, 8);
          Tensor masked =
              engine.attention(query, key, value, Optional.of(mask()), 0.35, Dropout.off(), 0);
          Tensor shorter =
              engine.attention(
                  query,
                  key.narrow(2, 0, 4),
                  value.narrow(2, 0, 4),
                  Optional.empty(),
                  0.35,
                  Dropout.off(),
                  0);
          assertClose("second row", masked.select(0, 1), shorter.select(0, 1), TOLERANCE, 0);
        });
  }

  @Test
  void resolvesAutoAndSaysWhy() {
    Engine fast = on("avx2 avx512f amx_tile amx_bf16", Precision.AUTO);
    assertThat(fast.precision()).isEqualTo(Precision.BF16);
    assertThat(fast.reason()).startsWith("auto: bf16").contains("amx_bf16");
    Engine plain = on("avx2 fma", Precision.AUTO);
    assertThat(plain.precision()).isEqualTo(Precision.FP32);
    assertThat(plain.reason()).startsWith("auto: no bf16");
  }

  @Test
  void aPrecisionThatIsAskedForIsTaken() {
    assertThat(on("avx2 amx_bf16", Precision.FP32).precision()).isEqualTo(Precision.FP32);
    Engine emulated = on("avx2", Precision.BF16);
    assertThat(emulated.precision()).isEqualTo(Precision.BF16);
    assertThat(emulated.reason()).isEqualTo("as asked");
  }

  private static Engine on(String flags, Precision precision) {
    Processor processor = Processor.read(List.of("flags : " + flags), Map.of());
    return Engine.on(
        new Machine(processor, 2, false),
        precision,
        planner -> PlanDecision.unmeasured(KernelPlan.plain(), Origin.GIVEN));
  }

  @Test
  void usesARecordedPlan() {
    KernelPlan odd = new KernelPlan(Linear.MATMUL, Attention.FUSED, Attention.MATMUL);
    assertThat(Engine.recorded(Precision.FP32, odd).plan()).isEqualTo(odd);
  }

  /** The second row's last three keys are masked. */
  private static Tensor mask() {
    float[] mask = new float[14];
    Arrays.fill(mask, 11, 14, Float.NEGATIVE_INFINITY);
    return Tensors.of(mask, 2, 1, 1, 7);
  }

  private static Tensor random(long seed, long... shape) {
    return RandomStream.of(seed).gaussian(1, shape).set_requires_grad(true);
  }

  /** Results and the gradients of every argument. */
  private static void compare(
      String what, Function<Engine, Tensor> operation, KernelPlan plan, List<Tensor> arguments) {
    List<Tensor> expected = evaluate(operation, KernelPlan.plain(), arguments);
    List<Tensor> actual = evaluate(operation, plan, arguments);
    for (int i = 0; i < expected.size(); i++) {
      assertClose(
          what + (i == 0 ? "" : ", gradient " + i),
          actual.get(i),
          expected.get(i),
          TOLERANCE,
          TOLERANCE);
    }
  }

  private static List<Tensor> evaluate(
      Function<Engine, Tensor> operation, KernelPlan plan, List<Tensor> arguments) {
    arguments.forEach(a -> a.mutable_grad().reset());
    Tensor result = operation.apply(Engine.withPlan(plan));
    result.mul(RandomStream.of(9).gaussian(1, Tensors.shape(result))).sum().backward();
    List<Tensor> all = new ArrayList<>();
    all.add(result.detach());
    arguments.forEach(a -> all.add(a.grad().clone()));
    return all;
  }
}
