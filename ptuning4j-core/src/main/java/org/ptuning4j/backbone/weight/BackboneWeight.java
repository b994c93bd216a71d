package org.ptuning4j.backbone.weight;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/**
 * One weight of a backbone. A frozen one is held in the type that it computes in; a trained one in
 * fp32, and cast for each pass, so that small steps are not lost to rounding.
 */
public final class BackboneWeight implements WeightValue, AutoCloseable {

  private final String name;
  private final WeightRole role;
  private final SavedLayout layout;
  private final Tensor stored; // null where it is only declared
  private final Dtype held;
  private final Dtype computed;

  private BackboneWeight(
      String name, WeightRole role, SavedLayout layout, Tensor stored, Dtype held, Dtype computed) {
    this.name = name;
    this.role = role;
    this.layout = layout;
    this.stored = stored;
    this.held = held;
    this.computed = computed;
  }

  /** A weight of which it is known only what it is. */
  static BackboneWeight declared(String name, WeightRole role, SavedLayout layout) {
    return new BackboneWeight(name, role, layout, null, Dtype.F32, Dtype.F32);
  }

  /** Places a tensor on the engine's device, frozen or trainable. */
  static BackboneWeight of(
      String name,
      WeightRole role,
      SavedLayout layout,
      Tensor loaded,
      Dtype computed,
      Engine engine,
      boolean trainable) {
    Dtype held = trainable ? Dtype.F32 : computed;
    Tensor stored =
        Scope.own(
            () -> {
              Tensor placed = engine.place(loaded, held).contiguous();
              return trainable ? placed.clone().set_requires_grad(true) : placed;
            });
    return new BackboneWeight(name, role, layout, stored, held, computed);
  }

  /** Its name among the backbone's weights. */
  public String name() {
    return name;
  }

  /** What it is for. */
  public WeightRole role() {
    return role;
  }

  /** What is held: the trained tensor itself where it is trained. */
  public Tensor stored() {
    return stored;
  }

  @Override
  public Tensor value() {
    return held == computed ? stored : stored.to(computed.scalarType());
  }

  /** The tensors of a checkpoint that it is, detached. */
  Map<String, Tensor> saved() {
    return layout.split(stored.detach());
  }

  @Override
  public void close() {
    Scope.release(stored);
  }
}
