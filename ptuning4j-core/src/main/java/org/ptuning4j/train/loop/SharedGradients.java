package org.ptuning4j.train.loop;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.train.exchange.GradientExchange;

/**
 * Adds up what the workers of a run have found in a step, in one exchange: the gradients of all
 * parameters, the loss, and whether one of them is to stop. A parameter that has a gradient at one
 * worker has one at all afterwards; one that has none anywhere is left without.
 */
final class SharedGradients {

  private static final int LOSS = 0;
  private static final int STOP = 1;
  private static final int FIGURES = 2;

  private final GradientExchange exchange;
  private final List<Parameter> parameters;
  private final int size;

  SharedGradients(GradientExchange exchange, List<Parameter> parameters) {
    this.exchange = exchange;
    this.parameters = parameters;
    long values = parameters.stream().mapToLong(Parameter::count).sum();
    this.size = Math.toIntExact(FIGURES + parameters.size() + values);
  }

  /**
   * What all workers found together.
   *
   * @param loss the sum of their parts of the step's loss
   * @param stops whether one of them is to stop
   */
  record Sum(double loss, boolean stops) {}

  /**
   * Puts the sums of all workers' gradients in the place of this one's.
   *
   * @param loss this worker's part of the step's loss
   * @param stop whether this worker is to stop
   */
  Sum add(double loss, boolean stop) {
    float[] values = new float[size]; // [loss, stop, which parameters have a gradient, gradients]
    values[LOSS] = (float) loss;
    values[STOP] = stop ? 1 : 0;
    int at = FIGURES + parameters.size();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor gradient = parameters.get(i).tensor().grad();
      if (gradient.defined()) {
        values[FIGURES + i] = 1;
        float[] own = Tensors.floats(gradient);
        System.arraycopy(own, 0, values, at, own.length);
      }
      at += Math.toIntExact(parameters.get(i).count());
    }
    exchange.sum(values);
    Autograd.withoutGraph(() -> Scope.run(() -> take(values)));
    return new Sum(values[LOSS], values[STOP] > 0);
  }

  private void take(float[] values) {
    int at = FIGURES + parameters.size();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor trained = parameters.get(i).tensor();
      int count = Math.toIntExact(parameters.get(i).count());
      if (values[FIGURES + i] > 0) {
        float[] sum = new float[count];
        System.arraycopy(values, at, sum, 0, count);
        Tensor flat = Tensors.of(sum, Tensors.shape(trained));
        trained.mutable_grad().put(flat.to(trained.device(), trained.scalar_type()));
      }
      at += count;
    }
  }
}
