package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** The fused steps against the formula, value by value. */
class AdamWTest {

  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.8, 0.95, 1e-6, 0.1);
  private static final double RATE = 0.01;

  /** One value's steps as the paper writes them, in double precision. */
  private static final class Reference {

    private final double decay;
    private double value;
    private double first;
    private double second;
    private int steps;

    Reference(double value, double decay) {
      this.value = value;
      this.decay = decay;
    }

    void step(double gradient) {
      steps++;
      first = SETTINGS.beta1() * first + (1 - SETTINGS.beta1()) * gradient;
      second = SETTINGS.beta2() * second + (1 - SETTINGS.beta2()) * gradient * gradient;
      double mean = first / (1 - Math.pow(SETTINGS.beta1(), steps));
      double square = second / (1 - Math.pow(SETTINGS.beta2(), steps));
      value -= RATE * decay * value;
      value -= RATE * mean / (Math.sqrt(square) + SETTINGS.epsilon());
    }
  }

  private static Parameter parameter(String name, boolean decayed, float... values) {
    Tensor tensor = Tensors.of(values, values.length);
    tensor.requires_grad_(true);
    return new Parameter(name, tensor, decayed);
  }

  /** Leaves {@code 2 · value · weight} as the gradient of each value. */
  private static void backward(Parameter parameter, double weight) {
    Scope.run(() -> parameter.tensor().square().sum().mul(new Scalar(weight)).backward());
  }

  private static void check(double weight, double factor) {
    Scope.run(
        () -> {
          Parameter decayed = parameter("decayed", true, 0.5f, -1.5f);
          Parameter plain = parameter("plain", false, 0.5f, -1.5f);
          Parameter untouched = parameter("untouched", true, 0.5f, -1.5f);
          Reference[] expected = {
            new Reference(0.5, SETTINGS.weightDecay()),
            new Reference(-1.5, SETTINGS.weightDecay()),
            new Reference(0.5, 0),
            new Reference(-1.5, 0)
          };
          try (AdamW optimiser = new AdamW(List.of(decayed, plain, untouched), SETTINGS)) {
            for (int step = 0; step < 5; step++) {
              optimiser.zeroGradients();
              backward(decayed, weight);
              backward(plain, weight);
              optimiser.step(RATE, factor);
              for (Reference value : expected) {
                value.step(2 * value.value * weight * factor);
              }
            }
            assertThat(optimiser.steps()).isEqualTo(5);
          }
          float[] first = Tensors.floats(decayed.tensor());
          float[] second = Tensors.floats(plain.tensor());
          for (int i = 0; i < 2; i++) {
            assertThat((double) first[i]).isCloseTo(expected[i].value, within(1e-6));
            assertThat((double) second[i]).isCloseTo(expected[2 + i].value, within(1e-6));
          }
          assertThat(Tensors.floats(untouched.tensor())).containsExactly(0.5f, -1.5f);
        });
  }

  @Test
  void followsTheFormula() {
    check(1, 1);
  }

  @Test
  void scalesTheGradientsWithinTheStep() {
    // So small that epsilon counts, or the factor would cancel out.
    check(1e-5, 0.25);
  }

  /** Each group moves as if it were trained alone, at its share of the rate. */
  @Test
  void groupsHaveRatesOfTheirOwn() {
    Scope.run(
        () -> {
          Parameter prompt = parameter("prompt", true, 0.5f, -1.5f);
          Parameter head = parameter("head", true, 0.5f, -1.5f);
          Parameter alone = parameter("head", true, 0.5f, -1.5f);
          List<ParameterGroup> groups =
              List.of(
                  new ParameterGroup(List.of(prompt), 1), new ParameterGroup(List.of(head), 0.25));
          Reference expected = new Reference(0.5, SETTINGS.weightDecay());
          try (AdamW both = new AdamW(SETTINGS, groups);
              AdamW one = new AdamW(List.of(alone), SETTINGS)) {
            for (int step = 0; step < 3; step++) {
              both.zeroGradients();
              one.zeroGradients();
              backward(prompt, 1);
              backward(head, 1);
              backward(alone, 1);
              both.step(RATE, 1);
              one.step(RATE / 4, 1);
              expected.step(2 * expected.value);
            }
            assertThat(both.state())
                .containsOnlyKeys(
                    "adam.first.prompt",
                    "adam.second.prompt",
                    "adam.first.head",
                    "adam.second.head");
          }
          assertThat(Tensors.floats(head.tensor())).containsExactly(Tensors.floats(alone.tensor()));
          assertThat((double) Tensors.floats(prompt.tensor())[0])
              .isCloseTo(expected.value, within(1e-6));
        });
  }

  @Test
  void takesGradientsThatLieInMemoryInAnotherOrder() {
    Scope.run(
        () -> {
          float[] values = {1, 2, 3, 4, 5, 6};
          Tensor plain = Tensors.of(values, 2, 3).requires_grad_(true);
          Tensor other = Tensors.of(values, 2, 3).requires_grad_(true);
          float[] gradient = {0.1f, -0.2f, 0.3f, -0.4f, 0.5f, -0.6f};
          plain.mutable_grad().put(Tensors.of(gradient, 2, 3));
          // The same matrix, column by column.
          other.mutable_grad().put(Tensors.of(gradient, 2, 3).t().contiguous().t());
          List<Parameter> parameters =
              List.of(new Parameter("plain", plain, false), new Parameter("other", other, false));
          try (AdamW optimiser = new AdamW(parameters, SETTINGS)) {
            optimiser.step(RATE, 1);
          }
          assertThat(Tensors.floats(other)).containsExactly(Tensors.floats(plain));
          assertThat(Tensors.floats(plain)).isNotEqualTo(values);
        });
  }
}
