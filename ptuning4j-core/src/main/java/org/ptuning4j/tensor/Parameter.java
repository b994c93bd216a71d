package org.ptuning4j.tensor;

import org.bytedeco.pytorch.Tensor;
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

  /** The number of trained values. */
  public long count() {
    return tensor.numel();
  }

  /** Gives the memory back. */
  public void release() {
    Scope.release(tensor);
  }
}
