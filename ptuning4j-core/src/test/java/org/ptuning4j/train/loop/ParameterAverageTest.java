package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** The average against its formula. */
class ParameterAverageTest {

  private static final float[] START = {1, -2, 0.3f};

  private static Parameter parameter() {
    return new Parameter("prompt", Tensors.of(START, START.length).requires_grad_(true), true);
  }

  private static void move(Parameter parameter, double by) {
    Autograd.withoutGraph(() -> Scope.run(() -> parameter.tensor().add_(new Scalar(by))));
  }

  @Test
  void looksBackFartherStepByStepUpToItsDecay() {
    assertThat(ParameterAverage.decay(0.9, 1)).isEqualTo(1 / 11.0);
    assertThat(ParameterAverage.decay(0.9, 10)).isEqualTo(0.5);
    assertThat(ParameterAverage.decay(0.9, 90)).isEqualTo(0.9);
    assertThat(ParameterAverage.decay(0.9, 100_000)).isEqualTo(0.9);
  }

  @Test
  void followsTheFormula() {
    Scope.run(
        () -> {
          Parameter parameter = parameter();
          try (ParameterAverage average = new ParameterAverage(List.of(parameter), 0.2)) {
            average.begin();
            double expected = START[0];
            double value = START[0];
            for (int step = 1; step <= 5; step++) {
              move(parameter, step);
              value += step;
              average.update(step);
              double kept = Math.min(0.2, step / (10.0 + step));
              expected = kept * expected + (1 - kept) * value;
            }
            Tensor kept = average.state().get("average.prompt");
            assertThat((double) Tensors.floats(kept)[0]).isCloseTo(expected, within(1e-5));
            assertThat(expected).isLessThan(value);
          }
        });
  }

  @Test
  void beginsWithTheValuesOfThatMoment() {
    Scope.run(
        () -> {
          Parameter parameter = parameter();
          try (ParameterAverage average = new ParameterAverage(List.of(parameter), 0.9)) {
            move(parameter, 4); // as a prompt that starts from an earlier one
            average.begin();
            assertThat(Tensors.floats(average.state().get("average.prompt")))
                .containsExactly(Tensors.floats(parameter.tensor()));
          }
        });
  }

  @Test
  void exchangesAndRestoresToTheBit() {
    Scope.run(
        () -> {
          Parameter parameter = parameter();
          try (ParameterAverage average = new ParameterAverage(List.of(parameter), 0.9)) {
            average.begin();
            move(parameter, 1.0 / 3);
            average.update(1);
            float[] value = Tensors.floats(parameter.tensor());
            float[] kept = Tensors.floats(average.state().get("average.prompt"));
            assertThat(kept).isNotEqualTo(value);
            average.swap();
            assertThat(Tensors.floats(parameter.tensor())).containsExactly(kept);
            average.swap();
            assertThat(Tensors.floats(parameter.tensor())).containsExactly(value);
            assertThat(Tensors.floats(average.state().get("average.prompt"))).containsExactly(kept);
          }
        });
  }
}
