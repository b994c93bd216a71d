package org.ptuning4j.head;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** A head's own trained matrices and biases, by name. */
public final class HeadWeights implements AutoCloseable {

  private final Engine engine;
  private final Map<String, Parameter> parameters;

  private HeadWeights(Engine engine, Map<String, Parameter> parameters) {
    this.engine = engine;
    this.parameters = parameters;
  }

  /** Matrices of layers from N(0, 0.02²), all else 0, in the order of the shapes. */
  public static HeadWeights initialised(
      Map<String, long[]> shapes, Engine engine, RandomStream random) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) ->
            Scope.run(
                () -> {
                  Tensor start = random.gaussian(name.endsWith(".weight") ? 0.02 : 0, shape);
                  parameters.put(name, Parameter.of(name, start, engine));
                }));
    return new HeadWeights(engine, parameters);
  }

  /**
   * Given values.
   *
   * @throws InvalidInputException if a tensor is missing or of another shape
   */
  public static HeadWeights of(
      Map<String, long[]> shapes, Engine engine, Map<String, Tensor> values) {
    shapes.forEach((name, shape) -> require(name, shape, values));
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    shapes.keySet().forEach(n -> parameters.put(n, Parameter.of(n, values.get(n), engine)));
    return new HeadWeights(engine, parameters);
  }

  /** The shapes of a linear layer, added to those that are there. */
  public static void linear(Map<String, long[]> shapes, String name, long in, long out) {
    shapes.put(name + ".weight", new long[] {out, in});
    shapes.put(name + ".bias", new long[] {out});
  }

  /**
   * The tensor of a name.
   *
   * @throws InvalidInputException if it is missing or of another shape
   */
  public static Tensor require(String name, long[] shape, Map<String, Tensor> values) {
    Tensor value = values.get(name);
    if (value == null || !Arrays.equals(Tensors.shape(value), shape)) {
      throw InvalidInputException.of(
          "head: tensor %s of shape %s is needed, found %s",
          name,
          Arrays.toString(shape),
          value == null ? "none" : Arrays.toString(Tensors.shape(value)));
    }
    return value;
  }

  /**
   * Puts saved values into parameters that another module owns; those that were not saved stay as
   * they are.
   *
   * @throws InvalidInputException if a tensor is of another shape
   */
  public static void overwrite(List<Parameter> parameters, Map<String, Tensor> values) {
    for (Parameter parameter : parameters) {
      if (values.containsKey(parameter.name())) {
        Tensor value = require(parameter.name(), Tensors.shape(parameter.tensor()), values);
        Autograd.withoutGraph(() -> Scope.run(() -> copy(value, parameter.tensor())));
      }
    }
  }

  private static void copy(Tensor value, Tensor to) {
    to.copy_(value);
  }

  /** All of them, in the order of the shapes. */
  public List<Parameter> list() {
    return List.copyOf(parameters.values());
  }

  /** The tensor of that name. */
  public Tensor tensor(String name) {
    return parameters.get(name).tensor();
  }

  /** x Wᵀ + b with the layer of that name. */
  public Tensor linear(String name, Tensor x) {
    return engine.linear(x, tensor(name + ".weight"), tensor(name + ".bias"));
  }

  @Override
  public void close() {
    parameters.values().forEach(Parameter::release);
  }
}
