package org.ptuning4j.backbone.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.SavedLayout;
import org.ptuning4j.backbone.weight.WeightRole;
import org.ptuning4j.backbone.weight.WeightValue;
import org.ptuning4j.backbone.weight.Weights;
import org.ptuning4j.backbone.weight.Weights.Held;
import org.ptuning4j.tensor.engine.Engine;

/**
 * x Wᵀ + b.
 *
 * @param weight {@code [out, in]}
 * @param bias {@code [out]}; empty for none
 */
public record Linear(BackboneWeight weight, Optional<? extends WeightValue> bias) {

  /** The layer of a name, {@code NAME.weight} and, if it has one, {@code NAME.bias}. */
  public static Linear of(Weights weights, String name, long out, long in, boolean biased) {
    return of(weights, name, out, in, biased, Held.FOR_PRODUCTS, Held.AS_BACKBONE);
  }

  /** The same, held in fp32 whatever the backbone's type. */
  public static Linear inFp32(Weights weights, String name, long out, long in, boolean biased) {
    return of(weights, name, out, in, biased, Held.FP32, Held.FP32);
  }

  private static Linear of(
      Weights weights, String name, long out, long in, boolean biased, Held matrix, Held vector) {
    String bias = name + ".bias";
    return new Linear(
        weights.get(
            name + ".weight",
            WeightRole.MATRIX,
            Weights.plainLayout(name + ".weight", out, in),
            matrix),
        biased
            ? Optional.of(
                weights.get(bias, WeightRole.BIAS, Weights.plainLayout(bias, out), vector))
            : Optional.empty());
  }

  /** A layer whose matrix is saved transposed, {@code [in, out]}, as GPT-2's are. */
  public static Linear transposed(Weights weights, String name, long out, long in) {
    return new Linear(
        weights.get(
            name + ".weight",
            WeightRole.MATRIX,
            new SavedLayout.Transposed(name + ".weight", out, in),
            Held.FOR_PRODUCTS),
        Optional.of(weights.plain(name + ".bias", WeightRole.BIAS, out)));
  }

  /**
   * One layer of several that are saved apart, one below the other.
   *
   * @param name the whole's name
   * @param parts the names of the parts
   * @param outs the outputs of each part
   */
  public static Linear stacked(
      Weights weights, String name, List<String> parts, List<Long> outs, long in, boolean biased) {
    BackboneWeight weight =
        weights.get(
            name + ".weight",
            WeightRole.MATRIX,
            Weights.stacked(ended(parts, ".weight"), outs, in),
            Held.FOR_PRODUCTS);
    return new Linear(
        weight,
        biased
            ? Optional.of(
                weights.get(
                    name + ".bias",
                    WeightRole.BIAS,
                    Weights.stacked(ended(parts, ".bias"), outs),
                    Held.AS_BACKBONE))
            : Optional.empty());
  }

  private static List<String> ended(List<String> names, String ending) {
    List<String> ended = new ArrayList<>();
    names.forEach(name -> ended.add(name + ending));
    return ended;
  }

  /** {@code [..., in] → [..., out]}. */
  public Tensor apply(Engine engine, Tensor x) {
    return weight.product(engine, x, bias.map(WeightValue::value));
  }

  /**
   * The same for a part of the outputs, {@code [..., in] → [..., count]}: some of several fused
   * matrices.
   */
  public Tensor apply(Engine engine, Tensor x, long firstOutput, long count) {
    return weight.product(
        engine,
        x,
        bias.map(each -> each.value().narrow(0, firstOutput, count)),
        firstOutput,
        count);
  }
}
