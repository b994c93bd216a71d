package org.ptuning4j.prompt.module;

import java.util.Optional;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.DeepInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.prompt.setting.LayerRange;

/**
 * A method that trains keys and values which layers attend to before those of the text: what {@link
 * PTuningV2} and {@link PrefixTuning} have in common, and all that {@link PrefixEncoder} asks.
 *
 * <p>Trained values over the k layers that carry the prompt: {@code k·2·K·d·P}; with projection
 * {@code P·H + (H+1)·M + (M+1)·k·2·K·d}; with a gate {@code P·k} more.
 */
public interface PrefixMethod extends PromptMethod {

  /** P, the number of virtual tokens; 0 adds nothing. */
  int length();

  /** Which layers carry them. */
  LayerRange layers();

  /** M, the width of the MLP that produces the prompt in training; empty for none. */
  Optional<Integer> projection();

  /** The dropout rate on the prompt, drawn anew for each row. */
  double dropout();

  /** Where the text's positions begin. */
  PositionConvention positions();

  /** How the prompt starts; with projection, how its embedding starts. */
  DeepInitialisation initialisation();

  /** How texts attend to virtual tokens. */
  PrefixAttention attention();

  @Override
  default long parameterCount(BackboneSpec spec) {
    long carrying = layers().indices(spec.layers()).size();
    long width = spec.prefixWidth() * carrying;
    long biases = attention().parameterCount(length(), carrying);
    if (projection().isEmpty()) {
      return width * length() + biases;
    }
    long middle = projection().get();
    return (long) length() * spec.hidden()
        + (spec.hidden() + 1) * middle
        + (middle + 1) * width
        + biases;
  }

  @Override
  default PromptModule create(PromptContext context) {
    return PrefixEncoder.initialised(this, context);
  }

  @Override
  default int positionShift() {
    return positions().shift(length());
  }
}
