package org.ptuning4j.prompt.module;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * What is added to the scores of virtual tokens, besides what their keys give.
 *
 * @param gate where the biases start that are trained, one for each virtual token and layer; empty
 *     for none
 * @param dropout the share of virtual tokens that a row does not see in a training step, drawn anew
 *     for each row and layer
 */
public record PrefixAttention(Optional<Double> gate, double dropout) {

  /** What hides a virtual token: e to this is 0 in every type, and it still is a number. */
  private static final double HIDDEN = -1e4;

  /** Checks the ranges. */
  public PrefixAttention {
    MethodSettings.GATE.require(gate);
    MethodSettings.PREFIX_ATTENTION_DROPOUT.require(dropout);
  }

  /** Nothing is added. */
  public static PrefixAttention plain() {
    return new PrefixAttention(Optional.empty(), 0);
  }

  /** As a method's settings say. */
  public static PrefixAttention of(SettingValues values) {
    return new PrefixAttention(
        values.find(MethodSettings.GATE), values.get(MethodSettings.PREFIX_ATTENTION_DROPOUT));
  }

  /** The same, written into a method's settings. */
  public SettingValues in(SettingValues values) {
    return values
        .with(MethodSettings.GATE, gate)
        .with(MethodSettings.PREFIX_ATTENTION_DROPOUT, dropout);
  }

  /** The number of trained biases of P virtual tokens in k layers. */
  public long parameterCount(long length, long layers) {
    return gate.isPresent() ? length * layers : 0;
  }

  /**
   * What is added to the scores of k layers in one pass, {@code [B, P]} each, in the backbone's
   * type; empty for nothing. A hidden token gets the logarithm of 0, all others that of 1/(1−rate),
   * so that the expectation of e to the score is what it is without dropout.
   *
   * @param biases {@code [P, k]}, fp32; empty where nothing is trained
   */
  Optional<List<Tensor>> masks(
      Optional<Tensor> biases, long rows, long length, long layers, Dropout drawn, Engine engine) {
    if (biases.isEmpty() && !drawn.active(dropout)) {
      return Optional.empty();
    }
    Tensor added =
        biases
            .map(each -> each.t().unsqueeze(1).expand(layers, rows, length))
            .orElseGet(() -> placed(torch.zeros(layers, rows, length), engine)); // [k, B, P]
    if (drawn.active(dropout)) {
      Tensor seen = drawn.apply(placed(torch.ones(layers, rows, length), engine), dropout);
      added = added.add(seen.log().clamp_min(new Scalar(HIDDEN)));
    }
    Tensor cast = added.to(engine.precision().dtype().scalarType());
    return Optional.of(Tensors.list(cast.unbind(0)));
  }

  private static Tensor placed(Tensor tensor, Engine engine) {
    return engine.place(tensor, Dtype.F32);
  }
}
