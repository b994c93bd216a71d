package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101). Its state is a set of
 * named tensors and a count, so that a run can be resumed to the bit.
 */
final class AdamW implements AutoCloseable {

  /**
   * How the moments move and what is added to their quotient.
   *
   * @param beta1 how much of the gradients' running mean is kept at each step, in [0, 1)
   * @param beta2 the same for the running mean of their squares, in [0, 1)
   * @param epsilon what is added to the denominator, above 0
   * @param weightDecay the decay of the parameters that have one, as a share of the learning rate
   */
  record Settings(double beta1, double beta2, double epsilon, double weightDecay) {

    /** β = (0.9, 0.999), ε = 1e-8. */
    static Settings of(double weightDecay) {
      return new Settings(0.9, 0.999, 1e-8, weightDecay);
    }

    /** Checks the ranges. */
    Settings {
      requireBeta("beta1", beta1);
      requireBeta("beta2", beta2);
      if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
        throw InvalidInputException.of("epsilon: %s must be a number above 0", epsilon);
      }
      if (!(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)) {
        throw InvalidInputException.of("weight-decay: %s must be 0 or more", weightDecay);
      }
    }

    private static void requireBeta(String name, double beta) {
      if (!(beta >= 0 && beta < 1)) {
        throw InvalidInputException.of("%s: %s must lie in [0, 1)", name, beta);
      }
    }
  }

  private final List<Slot> slots = new ArrayList<>();
  private final Settings settings;
  private int steps;

  /** One parameter with its running moments. */
  private record Slot(Parameter parameter, Tensor first, Tensor second) {}

  AdamW(List<Parameter> parameters, Settings settings) {
    this.settings = settings;
    for (Parameter parameter : parameters) {
      Tensor shape = parameter.tensor();
      slots.add(
          new Slot(
              parameter,
              Scope.own(() -> torch.zeros_like(shape).detach()),
              Scope.own(() -> torch.zeros_like(shape).detach())));
    }
  }

  /** Forgets the gradients. */
  void zeroGradients() {
    Scope.run(
        () -> {
          for (Slot slot : slots) {
            Tensor gradient = slot.parameter().tensor().mutable_grad();
            if (gradient.defined()) {
              gradient.reset();
            }
          }
        });
  }

  /** The L2 norm of all gradients together; NaN or infinite if any of them is. */
  double gradientNorm() {
    return Scope.run(
        () -> {
          double squares = 0;
          for (Slot slot : slots) {
            Tensor gradient = slot.parameter().tensor().grad();
            if (gradient.defined()) {
              double norm = gradient.norm().item_double();
              squares += norm * norm;
            }
          }
          return Math.sqrt(squares);
        });
  }

  /** Multiplies all gradients by a factor. */
  void scaleGradients(double factor) {
    Scope.run(
        () -> {
          for (Slot slot : slots) {
            Tensor gradient = slot.parameter().tensor().mutable_grad();
            if (gradient.defined()) {
              gradient.mul_(new Scalar(factor));
            }
          }
        });
  }

  /** One step with the gradients as they are. */
  void step(double learningRate) {
    steps++;
    double correction1 = 1 - Math.pow(settings.beta1(), steps);
    double correction2 = Math.sqrt(1 - Math.pow(settings.beta2(), steps));
    Autograd.withoutGraph(
        () -> {
          for (Slot slot : slots) {
            Scope.run(() -> update(slot, learningRate, correction1, correction2));
          }
        });
  }

  private void update(Slot slot, double learningRate, double correction1, double correction2) {
    Tensor values = slot.parameter().tensor();
    Tensor gradient = values.grad();
    if (!gradient.defined()) {
      return;
    }
    if (settings.weightDecay() > 0 && slot.parameter().decayed()) {
      values.mul_(new Scalar(1 - learningRate * settings.weightDecay()));
    }
    double beta2 = settings.beta2();
    slot.first().lerp_(gradient, new Scalar(1 - settings.beta1()));
    slot.second().mul_(new Scalar(beta2)).addcmul_(gradient, gradient, new Scalar(1 - beta2));
    Tensor denominator =
        slot.second().sqrt().div_(new Scalar(correction2)).add_(new Scalar(settings.epsilon()));
    values.addcdiv_(slot.first(), denominator, new Scalar(-learningRate / correction1));
  }

  /** The number of steps made. */
  int steps() {
    return steps;
  }

  /** The moments by name; owned by this object. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (Slot slot : slots) {
      state.put("adam.first." + slot.parameter().name(), slot.first());
      state.put("adam.second." + slot.parameter().name(), slot.second());
    }
    return state;
  }

  /** Continues from a saved state. */
  void restore(Map<String, Tensor> state, int stepsMade) {
    Autograd.withoutGraph(
        () -> state().forEach((name, tensor) -> Scope.run(() -> tensor.copy_(state.get(name)))));
    steps = stepsMade;
  }

  @Override
  public void close() {
    for (Slot slot : slots) {
      Scope.release(slot.first());
      Scope.release(slot.second());
    }
  }
}
