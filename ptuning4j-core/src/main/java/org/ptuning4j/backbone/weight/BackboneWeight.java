package org.ptuning4j.backbone.weight;

import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/**
 * One weight of a backbone. A frozen one is held in the type that it computes in; a trained one in
 * fp32, so that small steps are not lost to rounding, and cast once after each step.
 */
public final class BackboneWeight implements WeightValue, AutoCloseable {

  private final String name;
  private final WeightRole role;
  private final SavedLayout layout;
  private final Tensor stored; // null where it is only declared
  private final Dtype computed;
  private final Optional<CastWeight> cast; // where it computes in another type than it is held in
  private boolean shared;

  private BackboneWeight(
      String name,
      WeightRole role,
      SavedLayout layout,
      Tensor stored,
      Dtype computed,
      Optional<CastWeight> cast) {
    this.name = name;
    this.role = role;
    this.layout = layout;
    this.stored = stored;
    this.computed = computed;
    this.cast = cast;
  }

  /** A weight that is declared and not loaded. */
  static BackboneWeight declared(String name, WeightRole role, SavedLayout layout) {
    return new BackboneWeight(name, role, layout, null, Dtype.F32, Optional.empty());
  }

  /**
   * Places a tensor on the engine's device, frozen or trainable.
   *
   * @param loaded a tensor that is used nowhere else: it becomes the weight unless it is changed
   */
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
              return trainable ? placed.set_requires_grad(true) : placed;
            });
    return new BackboneWeight(
        name,
        role,
        layout,
        stored,
        computed,
        held == computed ? Optional.empty() : Optional.of(new CastWeight(stored, computed)));
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
    if (cast.isEmpty()) {
      return stored;
    }
    // Gradients of several uses would be added up in the narrower type if they shared a cast.
    boolean apart = shared && GradMode.is_enabled();
    return apart ? stored.to(computed.scalarType()) : cast.get().value();
  }

  /**
   * Rows of a table, {@code [..., width]}, in the type that a pass computes in; only they are cast.
   *
   * @param index {@code [...]}
   */
  public Tensor rows(Tensor index) {
    Tensor found = torch.embedding(stored, index);
    return cast.isEmpty() ? found : found.to(computed.scalarType());
  }

  /** Notes that several parts use it, as where layers share their weights. */
  void share() {
    shared = true;
  }

  /** The tensors of a checkpoint that it is, detached. */
  Map<String, Tensor> saved() {
    return layout.split(stored.detach());
  }

  @Override
  public void close() {
    cast.ifPresent(CastWeight::close);
    Scope.release(stored);
  }
}
