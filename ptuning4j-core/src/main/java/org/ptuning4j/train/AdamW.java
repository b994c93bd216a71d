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
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), β = (0.9, 0.999), ε =
 * 1e-8. Its state is a set of named tensors and a count, so that a run can be resumed to the bit.
 */
final class AdamW implements AutoCloseable {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final List<Slot> slots = new ArrayList<>();
  private final double weightDecay;
  private int steps;

  /** One parameter with its running moments. */
  private record Slot(Parameter parameter, Tensor first, Tensor second) {}

  AdamW(List<Parameter> parameters, double weightDecay) {
    if (!(weightDecay >= 0)) {
      throw InvalidInputException.of("weight-decay: %s must be 0 or more", weightDecay);
    }
    this.weightDecay = weightDecay;
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
    double correction1 = 1 - Math.pow(BETA1, steps);
    double correction2 = Math.sqrt(1 - Math.pow(BETA2, steps));
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
    if (weightDecay > 0 && slot.parameter().decayed()) {
      values.mul_(new Scalar(1 - learningRate * weightDecay));
    }
    slot.first().lerp_(gradient, new Scalar(1 - BETA1));
    slot.second().mul_(new Scalar(BETA2)).addcmul_(gradient, gradient, new Scalar(1 - BETA2));
    Tensor denominator =
        slot.second().sqrt().div_(new Scalar(correction2)).add_(new Scalar(EPSILON));
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
