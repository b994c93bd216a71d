package org.ptuning4j.prompt.module;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.prompt.form.PrefixSoftmax;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * How texts attend to virtual tokens.
 *
 * @param softmax whether with the softmax of the text or one of their own; empty for what has done
 *     best ({@link #softmaxFor})
 * @param gate where the biases start that are trained, one for each virtual token and layer; empty
 *     for none
 * @param dropout the share of virtual tokens that a row does not see in a training step, drawn anew
 *     for each row and layer
 */
public record PrefixAttention(
    Optional<PrefixSoftmax> softmax, Optional<Double> gate, double dropout) {

  /** What hides a virtual token: e to this is 0 in every type, and it still is a number. */
  private static final double HIDDEN = -1e4;

  /** Checks the ranges, and that a gate has something to open. */
  public PrefixAttention {
    MethodSettings.GATE.require(gate);
    MethodSettings.PREFIX_ATTENTION_DROPOUT.require(dropout);
    if (gate.isPresent() && softmax.equals(Optional.of(PrefixSoftmax.SEPARATE))) {
      throw new InvalidSettingException(
          MethodSettings.GATE.name(),
          "%s with prefix-softmax separate: a bias on all scores of a softmax of its own changes"
                  .formatted(gate.get())
              + " nothing, and the prompt fades in without one; set prefix-softmax joint or leave"
              + " the gate out");
    }
  }

  /** With the softmax of the text. */
  public PrefixAttention(Optional<Double> gate, double dropout) {
    this(Optional.of(PrefixSoftmax.JOINT), gate, dropout);
  }

  /** With the softmax of the text, and nothing added to its scores: as the papers have it. */
  public static PrefixAttention plain() {
    return new PrefixAttention(Optional.empty(), 0);
  }

  /** With a softmax of their own. */
  public static PrefixAttention separate() {
    return new PrefixAttention(Optional.of(PrefixSoftmax.SEPARATE), Optional.empty(), 0);
  }

  /**
   * As a method's settings say.
   *
   * @param softmax the method's {@link MethodSettings#PREFIX_SOFTMAX}, with its own default
   */
  public static PrefixAttention of(SettingValues values, Setting<PrefixSoftmax> softmax) {
    return new PrefixAttention(
        values.find(softmax),
        values.find(MethodSettings.GATE),
        values.get(MethodSettings.PREFIX_ATTENTION_DROPOUT));
  }

  /** The same, written into a method's settings. */
  public SettingValues in(SettingValues values, Setting<PrefixSoftmax> ofMethod) {
    return values
        .with(ofMethod, softmax)
        .with(MethodSettings.GATE, gate)
        .with(MethodSettings.PREFIX_ATTENTION_DROPOUT, dropout);
  }

  /**
   * The softmax in a model: as it is set, and otherwise {@code separate} in encoders, where it was
   * measured, and {@code joint} in others and with a gate.
   */
  public PrefixSoftmax softmaxFor(BackboneSpec spec) {
    boolean separate = spec.direction() == Direction.BIDIRECTIONAL && gate.isEmpty();
    return softmax.orElse(separate ? PrefixSoftmax.SEPARATE : PrefixSoftmax.JOINT);
  }

  /** The same with the softmax decided for a model. */
  public PrefixAttention settledFor(BackboneSpec spec) {
    return new PrefixAttention(Optional.of(softmaxFor(spec)), gate, dropout);
  }

  /** How the softmax is decided, in words; empty where it is. */
  public String openRules() {
    Setting<PrefixSoftmax> setting = MethodSettings.PREFIX_SOFTMAX;
    return softmax.isPresent() ? "" : setting.key() + ": " + setting.defaultInWords();
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
