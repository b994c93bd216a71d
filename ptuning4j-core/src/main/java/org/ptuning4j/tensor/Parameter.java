package org.ptuning4j.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A tensor that is trained: an fp32 leaf of the autograd graph, owned by the module that lists it.
 *
 * @param name its name, as it is saved
 * @param tensor the values; {@code requires_grad} is set
 * @param decayed whether weight decay applies to it
 */
public record Parameter(String name, Tensor tensor, boolean decayed) {

  /** How the names of a trained backbone's own parameters begin. */
  public static final String OF_BACKBONE = "backbone.";

  /** Makes a tensor trainable. The values are copied, to fp32, onto the engine's device. */
  public static Parameter of(String name, Tensor initial, Engine engine) {
    Tensor owned =
        Scope.own(
            () ->
                engine
                    .place(initial.detach(), Dtype.F32)
                    .clone()
                    .contiguous()
                    .set_requires_grad(true));
    return new Parameter(name, owned, true);
  }

  /**
   * The parameters of saved tensors: exactly those of the shapes, no more and no fewer.
   *
   * @param shapes the shape of each, by name, in the order of the result
   * @param saved the tensors
   * @throws InvalidInputException if one is missing, of another shape, or none of these
   */
  public static Map<String, Parameter> restored(
      Map<String, long[]> shapes, Map<String, Tensor> saved, Engine engine) {
    Set<String> unexpected = new TreeSet<>(saved.keySet());
    unexpected.removeAll(shapes.keySet());
    if (!unexpected.isEmpty()) {
      throw InvalidInputException.of(
          "unexpected tensors: %s; expected are %s",
          String.join(", ", unexpected), String.join(", ", shapes.keySet()));
    }
    shapes.forEach(
        (name, shape) -> {
          Tensor value = saved.get(name);
          if (value == null || !Arrays.equals(Tensors.shape(value), shape)) {
            throw InvalidInputException.of(
                "tensor %s of shape %s is needed, found %s",
                name,
                Arrays.toString(shape),
                value == null ? "none" : Arrays.toString(Tensors.shape(value)));
          }
        });
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    shapes.keySet().forEach(name -> parameters.put(name, of(name, saved.get(name), engine)));
    return parameters;
  }

  /** The number of trained values. */
  public long count() {
    return tensor.numel();
  }

  /** Gives the memory back. */
  public void release() {
    Scope.release(tensor);
  }
}
