package org.ptuning4j.train.loop;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;

/**
 * An exponential moving average of parameters. After step t (from 1) it becomes d·average + (1 −
 * d)·value, with d = min(decay, t / (10 + t)): early on it looks back over fewer steps, so that the
 * start, which it begins with, is soon forgotten.
 */
final class ParameterAverage implements AutoCloseable {

  /** How slowly the average reaches its full length. */
  private static final double RISE = 10;

  private final double decay;
  private final List<Parameter> parameters;
  private final List<Tensor> averages;

  /**
   * An average of parameters; {@link #begin} gives it its first values.
   *
   * @param decay in [0, 1)
   */
  ParameterAverage(List<Parameter> parameters, double decay) {
    this.decay = decay;
    this.parameters = List.copyOf(parameters);
    this.averages =
        parameters.stream()
            .map(parameter -> Scope.own(() -> parameter.tensor().detach().clone()))
            .toList();
  }

  /** Takes the values as they are, before the first step. */
  void begin() {
    Autograd.withoutGraph(
        () ->
            Scope.run(
                () -> {
                  for (int i = 0; i < averages.size(); i++) {
                    averages.get(i).copy_(parameters.get(i).tensor());
                  }
                }));
  }

  /** How much is kept of it at a step, from 1. */
  static double decay(double decay, int step) {
    return Math.min(decay, step / (RISE + step));
  }

  /** Takes the values after a step, from 1, into the average. */
  void update(int step) {
    double weight = 1 - decay(decay, step);
    Autograd.withoutGraph(
        () ->
            Scope.run(
                () -> {
                  for (int i = 0; i < averages.size(); i++) {
                    averages.get(i).lerp_(parameters.get(i).tensor(), new Scalar(weight));
                  }
                }));
  }

  /** Exchanges the parameters' values and their averages; a second call undoes it, to the bit. */
  void swap() {
    Autograd.withoutGraph(
        () -> {
          for (int i = 0; i < averages.size(); i++) {
            Tensor average = averages.get(i);
            Tensor value = parameters.get(i).tensor();
            Scope.run(
                () -> {
                  Tensor kept = value.detach().clone();
                  value.copy_(average);
                  average.copy_(kept);
                });
          }
        });
  }

  /** The averages by name; owned by this object. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int i = 0; i < averages.size(); i++) {
      state.put("average." + parameters.get(i).name(), averages.get(i));
    }
    return state;
  }

  @Override
  public void close() {
    averages.forEach(Scope::release);
  }
}
