package org.ptuning4j.backbone.layer;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/**
 * One tensor of a backbone. A frozen one is held in the backbone's type; a trained one in fp32, and
 * cast for each pass, so that small steps are not lost to rounding.
 */
public final class BackboneWeight implements AutoCloseable {

  private final String name;
  private final Tensor stored;
  private final Dtype held;
  private final Dtype computed;

  private BackboneWeight(String name, Tensor stored, Dtype held, Dtype computed) {
    this.name = name;
    this.stored = stored;
    this.held = held;
    this.computed = computed;
  }

  /** Places a tensor on the engine's device, frozen or trainable. */
  public static BackboneWeight of(String name, Tensor loaded, Engine engine, boolean trainable) {
    Dtype computed = engine.precision().dtype();
    Dtype held = trainable ? Dtype.F32 : computed;
    Tensor stored =
        Scope.own(
            () -> {
              Tensor placed = engine.place(loaded, held).contiguous();
              return trainable ? placed.clone().set_requires_grad(true) : placed;
            });
    return new BackboneWeight(name, stored, held, computed);
  }

  /** Its name among the backbone's weights. */
  public String name() {
    return name;
  }

  /** What is held: the trained tensor itself where it is trained. */
  public Tensor stored() {
    return stored;
  }

  /** What a pass computes with, in the backbone's type. */
  public Tensor value() {
    return held == computed ? stored : stored.to(computed.scalarType());
  }

  @Override
  public void close() {
    Scope.release(stored);
  }

  /** Closes several. */
  public static void closeAll(List<BackboneWeight> weights) {
    weights.forEach(BackboneWeight::close);
  }
}
