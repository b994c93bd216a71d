package org.ptuning4j.backbone.weight;

import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.PackedMatrix;

/**
 * One weight of a backbone. A frozen one is held in the type that it computes in; a trained one in
 * fp32, so that small steps are not lost to rounding, and cast once after each step.
 */
public final class BackboneWeight implements WeightValue, AutoCloseable {

  private final String name;
  private final WeightRole role;
  private final SavedLayout layout;
  private final Tensor stored; // null where it is only declared, or packed
  private final Optional<PackedMatrix> packed;
  private final Dtype computed;
  private final Optional<CastWeight> cast; // where it computes in another type than it is held in
  private boolean shared;

  private BackboneWeight(
      String name,
      WeightRole role,
      SavedLayout layout,
      Tensor stored,
      Optional<PackedMatrix> packed,
      Dtype computed,
      Optional<CastWeight> cast) {
    this.name = name;
    this.role = role;
    this.layout = layout;
    this.stored = stored;
    this.packed = packed;
    this.computed = computed;
    this.cast = cast;
  }

  /** A weight that is declared and not loaded. */
  static BackboneWeight declared(String name, WeightRole role, SavedLayout layout) {
    return new BackboneWeight(
        name, role, layout, null, Optional.empty(), Dtype.F32, Optional.empty());
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
        Optional.empty(),
        computed,
        held == computed ? Optional.empty() : Optional.of(new CastWeight(stored, computed)));
  }

  /**
   * A frozen matrix that is nothing but multiplied by: packed where the engine packs, else as it
   * is.
   */
  static BackboneWeight forProducts(
      String name,
      WeightRole role,
      SavedLayout layout,
      Tensor loaded,
      Dtype computed,
      Engine engine) {
    Optional<PackedMatrix> packed = Scope.run(() -> engine.packed(engine.place(loaded, computed)));
    return packed.isPresent()
        ? new BackboneWeight(name, role, layout, null, packed, computed, Optional.empty())
        : of(name, role, layout, loaded, computed, engine, false);
  }

  /** Its name among the backbone's weights. */
  public String name() {
    return name;
  }

  /** What it is for. */
  public WeightRole role() {
    return role;
  }

  /**
   * What is held: the trained tensor itself where it is trained. A packed matrix is unpacked into a
   * copy.
   */
  public Tensor stored() {
    return packed.map(PackedMatrix::plain).orElse(stored);
  }

  /** The number of its values. */
  long count() {
    return layout.shape().stream().reduce(1L, Math::multiplyExact);
  }

  /**
   * x Wᵀ + b.
   *
   * @param x {@code [..., in]}
   * @param bias {@code [out]}
   * @return {@code [..., out]}
   */
  public Tensor product(Engine engine, Tensor x, Optional<Tensor> bias) {
    return packed.isPresent() ? packed.get().product(x, bias) : engine.linear(x, value(), bias);
  }

  /**
   * The same for a part of the outputs, {@code [..., count]}.
   *
   * @param bias {@code [count]}
   */
  public Tensor product(Engine engine, Tensor x, Optional<Tensor> bias, long first, long count) {
    return packed.isPresent()
        ? packed.get().product(x, bias, first, count)
        : engine.linear(x, value().narrow(0, first, count), bias);
  }

  @Override
  public Tensor value() {
    if (cast.isEmpty()) {
      return stored();
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
    return layout.split(stored().detach());
  }

  @Override
  public void close() {
    cast.ifPresent(CastWeight::close);
    packed.ifPresent(PackedMatrix::close);
    Scope.release(stored);
  }
}
