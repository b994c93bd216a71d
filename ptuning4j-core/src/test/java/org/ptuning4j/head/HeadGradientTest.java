package org.ptuning4j.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.head.loss.LinearLoss;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** Every entry of every gradient against central differences, for every kind of head. */
class HeadGradientTest {

  private static final double STEP = 1e-2;

  static Stream<HeadCase> cases() {
    return HeadCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithCentralDifferences(HeadCase c) {
    check(c, false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void trainsTheLanguageModelWhereTheBackboneIsTrained(HeadCase c) {
    check(c, true);
  }

  private static void check(HeadCase c, boolean trained) {
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(trained);
              Head head = c.head(backbone)) {
            Tensor states = c.states().set_requires_grad(true);
            loss(c, head, backbone, states).backward();
            compare("states", c, head, backbone, states, states);
            for (Parameter parameter : head.parameters()) {
              compare(parameter.name(), c, head, backbone, states, parameter.tensor());
            }
          }
        });
  }

  private static Tensor loss(HeadCase c, Head head, FakeBackbone backbone, Tensor states) {
    return head.loss(head.scores(HeadCase.input(head, backbone, states, c.items())), c.items())
        .mean();
  }

  private static void compare(
      String name, HeadCase c, Head head, FakeBackbone backbone, Tensor states, Tensor leaf) {
    float[] gradient = Tensors.floats(leaf.grad());
    float largest = 0;
    for (int i = 0; i < gradient.length; i++) {
      double up = shifted(c, head, backbone, states, leaf, i, STEP);
      double down = shifted(c, head, backbone, states, leaf, i, -STEP);
      assertThat((up - down) / (2 * STEP))
          .as(name + " " + i)
          .isCloseTo(gradient[i], within(2e-3 * Math.abs(gradient[i]) + 2e-4));
      largest = Math.max(largest, Math.abs(gradient[i]));
    }
    if (moves(name, c.spec())) {
      assertThat(largest).as("largest gradient of " + name).isGreaterThan(2e-3f);
    } else {
      assertThat(largest).as("largest gradient of " + name).isLessThan(1e-6f);
    }
  }

  /** A bias that is added to all scores of a softmax changes nothing. */
  private static boolean moves(String name, HeadSpec spec) {
    boolean shared =
        spec instanceof SpanHeadSpec
            || (spec instanceof LinearHeadSpec linear && linear.loss() == LinearLoss.CANDIDATE);
    boolean last = name.endsWith("bias") && !name.endsWith("dense.bias");
    return !(shared && last);
  }

  private static double shifted(
      HeadCase c,
      Head head,
      FakeBackbone backbone,
      Tensor states,
      Tensor leaf,
      long at,
      double by) {
    double[] value = new double[1];
    Autograd.withoutGraph(
        () ->
            Scope.run(
                () -> {
                  Tensor entry = leaf.detach().view(-1).select(0, at);
                  Tensor before = entry.clone();
                  entry.add_(new Scalar(by));
                  value[0] = loss(c, head, backbone, states).item_double();
                  entry.copy_(before);
                }));
    return value[0];
  }
}
