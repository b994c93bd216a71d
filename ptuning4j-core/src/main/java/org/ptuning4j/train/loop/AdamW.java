package org.ptuning4j.train.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Operator;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.train.config.TrainingConfig;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), one pass over memory
 * for all of a step. Its state is a set of named tensors and a count, so that a run can be resumed
 * to the bit.
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

    /** Those of a run. */
    static Settings of(TrainingConfig config) {
      return new Settings(
          config.adamBeta1(), config.adamBeta2(), config.adamEpsilon(), config.weightDecay());
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
  private final Operator kernel = Operator.of("aten::_fused_adamw_", "");
  private int steps;

  /** One parameter with its running moments. */
  private record Slot(Parameter parameter, Tensor first, Tensor second, Pace pace) {}

  /** What the kernel takes for all parameters of a call: their share of the rate, their decay. */
  private record Pace(double rateShare, double decay) {}

  /** An optimiser whose parameters all have the same rate. */
  AdamW(List<Parameter> parameters, Settings settings) {
    this(settings, List.of(new ParameterGroup(parameters, 1)));
  }

  AdamW(Settings settings, List<ParameterGroup> groups) {
    this.settings = settings;
    for (ParameterGroup group : groups) {
      for (Parameter parameter : group.parameters()) {
        Tensor shape = parameter.tensor();
        slots.add(
            new Slot(
                parameter,
                Scope.own(() -> torch.zeros_like(shape).detach()),
                Scope.own(() -> torch.zeros_like(shape).detach()),
                new Pace(group.rateShare(), parameter.decayed() ? settings.weightDecay() : 0)));
      }
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

  /**
   * One step with the gradients times a factor.
   *
   * @param learningRate the step's rate, of which each group has its share
   * @param gradientFactor above 0; 1 leaves the gradients as they are
   */
  void step(double learningRate, double gradientFactor) {
    steps++;
    Autograd.withoutGraph(
        () ->
            Scope.run(
                () ->
                    withGradient()
                        .forEach(
                            (pace, changed) ->
                                update(
                                    changed,
                                    learningRate * pace.rateShare(),
                                    pace.decay(),
                                    gradientFactor))));
  }

  /** The slots that a step changes, by their pace. */
  private Map<Pace, List<Slot>> withGradient() {
    return slots.stream()
        .filter(slot -> slot.parameter().tensor().grad().defined())
        .collect(Collectors.groupingBy(Slot::pace, LinkedHashMap::new, Collectors.toList()));
  }

  private void update(List<Slot> changed, double learningRate, double decay, double factor) {
    Tensor step = torch.scalar_tensor(new Scalar((double) steps));
    kernel.apply(
        Operator.tensors(changed.stream().map(slot -> slot.parameter().tensor()).toList()),
        Operator.tensors(changed.stream().map(AdamW::gradient).toList()),
        Operator.tensors(changed.stream().map(Slot::first).toList()),
        Operator.tensors(changed.stream().map(Slot::second).toList()),
        Operator.tensors(List.of()), // the largest squares so far, which AMSGrad keeps
        Operator.tensors(Collections.nCopies(changed.size(), step)),
        Operator.number(learningRate),
        Operator.number(settings.beta1()),
        Operator.number(settings.beta2()),
        Operator.number(decay),
        Operator.number(settings.epsilon()),
        Operator.flag(false), // AMSGrad
        Operator.flag(false), // maximise
        factor == 1
            ? Operator.none()
            : Operator.tensor(
                torch.scalar_tensor(new Scalar(1 / factor))), // what divides gradients
        Operator.none()); // whether to skip the step
    // The kernel leaves the version as it was; casts of a weight are renewed when it changes.
    changed.forEach(slot -> slot.parameter().tensor().unsafeGetTensorImpl().bump_version());
  }

  /** The kernel reads memory in order, so a gradient needs the memory layout of its parameter. */
  private static Tensor gradient(Slot slot) {
    Tensor values = slot.parameter().tensor();
    Tensor gradient = values.grad();
    return Arrays.equals(strides(gradient), strides(values))
        ? gradient
        : torch.empty_like(values).copy_(gradient);
  }

  private static long[] strides(Tensor tensor) {
    return tensor.strides().vec().get();
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
    kernel.release();
  }
}
