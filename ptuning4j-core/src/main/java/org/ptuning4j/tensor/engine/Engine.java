package org.ptuning4j.tensor.engine;

import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.KernelPlan.Attention;
import org.ptuning4j.tensor.engine.PlanDecision.Origin;

/**
 * Where the computing happens: the device, the backbone's precision, and the kernels that this
 * machine runs fastest. Immutable and shared by everything that computes.
 */
public final class Engine {

  private final Machine machine;
  private final String device;
  private final Precision precision;
  private final String reason;
  private final PlanDecision decision;
  private final KernelPlan plan;
  private final Optional<Packing> packing;

  private Engine(
      Machine machine, String device, Precision precision, String reason, PlanDecision decision) {
    this(machine, device, precision, reason, decision, Optional.empty());
  }

  private Engine(
      Machine machine,
      String device,
      Precision precision,
      String reason,
      PlanDecision decision,
      Optional<Packing> packing) {
    this.machine = machine;
    this.device = device;
    this.precision = precision;
    this.reason = reason;
    this.decision = decision;
    this.plan = decision.plan();
    this.packing = packing;
  }

  /**
   * Starts libtorch if need be and decides what {@code auto} leaves open, at once: with the kernels
   * that were measured here earlier, else those that are known to be fast. For short work.
   *
   * @param precision the backbone's precision; {@code AUTO} is resolved from the machine
   */
  public static Engine open(Precision precision) {
    return open(precision, KernelPlanner::known);
  }

  /**
   * The same for work that takes longer: where nothing was measured here yet, the kernels are
   * measured, which takes a second, once per machine.
   */
  public static Engine measured(Precision precision) {
    return open(precision, KernelPlanner::measured);
  }

  /** The same with kernels that are measured anew, whatever was measured earlier. */
  public static Engine measuredAnew(Precision precision) {
    return open(precision, KernelPlanner::anew);
  }

  /** The same with kernels chosen earlier, to repeat a run. */
  public static Engine recorded(Precision precision, KernelPlan plan) {
    return open(precision, planner -> PlanDecision.unmeasured(plan, Origin.RECORDED));
  }

  private static Engine open(Precision precision, Function<KernelPlanner, PlanDecision> plan) {
    return on(Machine.detect(), precision, plan);
  }

  /** The same on a machine of which it is known what it can do. */
  static Engine on(
      Machine machine, Precision precision, Function<KernelPlanner, PlanDecision> plan) {
    String device = machine.cuda() ? "cuda" : "cpu";
    Precision resolved = precision;
    String reason = "as asked";
    if (precision == Precision.AUTO) {
      resolved = machine.hasFastBf16() ? Precision.BF16 : Precision.FP32;
      reason =
          resolved == Precision.BF16
              ? "auto: bf16 matrix instructions found ("
                  + String.join(" ", machine.featureList())
                  + ")"
              : "auto: no bf16 matrix instructions found";
    }
    KernelPlanner planner =
        new KernelPlanner(PlanStore.inCache(), machine, device, resolved.dtype());
    return new Engine(machine, device, resolved, reason, plan.apply(planner));
  }

  /** fp32 on the CPU with plain kernels: the reference that the others are tested against. */
  public static Engine reference() {
    return new Engine(
        Machine.detect(), "cpu", Precision.FP32, "reference", given(KernelPlan.plain()));
  }

  /** The given kernels, unmeasured, on the CPU in fp32: for timing and for comparing them. */
  public static Engine withPlan(KernelPlan plan) {
    return new Engine(null, "cpu", Precision.FP32, "comparison", given(plan));
  }

  private static PlanDecision given(KernelPlan plan) {
    return PlanDecision.unmeasured(plan, Origin.GIVEN);
  }

  /**
   * The same for what is only asked and never trained: matrices of backbones are held in the order
   * in which the processor multiplies by them, where it has one.
   *
   * @throws org.ptuning4j.InvalidInputException if the precision is int8 and there are no kernels
   *     for it
   */
  public Engine forInference() {
    return new Engine(
        machine, device, precision, reason, decision, packing(machine, device, precision));
  }

  private static Optional<Packing> packing(Machine machine, String device, Precision precision) {
    if (precision == Precision.INT8) {
      return Optional.of(Int8Packing.open(machine.processor(), device));
    }
    return device.equals("cpu") ? OneDnnPacking.of(precision.dtype()) : Optional.empty();
  }

  /**
   * A frozen matrix in the order in which the processor multiplies by it; empty where this engine
   * is not {@link #forInference} only, or has no such order.
   *
   * @param plain {@code [out, in]}, in the backbone's type; not needed afterwards
   */
  public Optional<PackedMatrix> packed(Tensor plain) {
    return packing.map(order -> new PackedMatrix(order, plain));
  }

  /** The machine. */
  public Machine machine() {
    return machine;
  }

  /** {@code cpu} or {@code cuda}. */
  public String device() {
    return device;
  }

  /** The backbone's precision, never {@code AUTO}. */
  public Precision precision() {
    return precision;
  }

  /** Why this precision. */
  public String reason() {
    return reason;
  }

  /** The kernels in use. */
  public KernelPlan plan() {
    return plan;
  }

  /** How the kernels were decided. */
  public PlanDecision decision() {
    return decision;
  }

  /**
   * The tensor on this engine's device in the given type; the same tensor where nothing changes.
   */
  public Tensor place(Tensor tensor, Dtype dtype) {
    return tensor.to(new Device(device), dtype.scalarType());
  }

  /**
   * x Wᵀ + b.
   *
   * @param x [..., in]
   * @param weight [out, in]
   * @param bias [out]
   * @return [..., out]
   */
  public Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    return linear(x, weight, Optional.of(bias));
  }

  /** The same with a bias or without. */
  public Tensor linear(Tensor x, Tensor weight, Optional<Tensor> bias) {
    TensorOptional added = bias.map(TensorOptional::new).orElseGet(TensorOptional::new);
    return Products.linear(plan.linear(), x, weight, added);
  }

  /**
   * Many products of two matrices.
   *
   * @param left [B, A, m, k]
   * @param right [B, A, k, n]
   * @return [B, A, m, n]
   */
  public Tensor products(Tensor left, Tensor right) {
    return Products.batched(left, right);
  }

  /**
   * softmax(Q Kᵀ · scale + mask) V.
   *
   * @param query [B, A, m, d]
   * @param key [B, A, N, d]
   * @param value [B, A, N, d]
   * @param mask added to the scores, broadcastable to [B, A, m, N], of the backbone's type; or
   *     empty. It may carry a gradient
   * @param scale usually 1/√d
   * @param dropout the rate for the probabilities, and where its masks come from
   * @return [B, A, m, d]
   */
  public Tensor attention(
      Tensor query,
      Tensor key,
      Tensor value,
      Optional<Tensor> mask,
      double scale,
      Dropout dropout,
      double dropoutRate) {
    if (kernel(query, key, mask) == Attention.FUSED && !dropout.active(dropoutRate)) {
      return torch.scaled_dot_product_attention(
          query,
          key,
          value,
          mask.map(TensorOptional::new).orElseGet(TensorOptional::new),
          0.0,
          false,
          new DoubleOptional(scale),
          false);
    }
    return Scope.keep(
        () -> {
          Tensor scores =
              Products.batched(query, key.transpose(-2, -1)).mul_(new Scalar(scale)); // [B,A,m,N]
          Tensor masked = mask.isPresent() ? scores.add_(mask.get()) : scores;
          Tensor probabilities = dropout.apply(torch.softmax(masked, -1), dropoutRate);
          return Products.batched(probabilities, value);
        });
  }

  /** No fused kernel gives a gradient to what is added to the scores. */
  private Attention kernel(Tensor query, Tensor key, Optional<Tensor> mask) {
    if (!GradMode.is_enabled()) {
      return plan.inferenceAttention();
    }
    if (mask.isPresent() && mask.get().requires_grad()) {
      return Attention.MATMUL;
    }
    return key.requires_grad() || query.requires_grad()
        ? plan.trainingAttention()
        : plan.inferenceAttention();
  }
}
