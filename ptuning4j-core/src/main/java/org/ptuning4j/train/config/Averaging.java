package org.ptuning4j.train.config;

import java.util.Optional;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.Values;

/**
 * Whether an exponential moving average of the trained values is kept and evaluated beside them.
 *
 * @param decay how much of the average is kept at each step, in [0, 1); 0 for no average; empty to
 *     fit it to the number of steps
 */
public record Averaging(Optional<Double> decay) {

  /** The setting: a decay, or auto. */
  public static final Setting<Optional<Double>> DECAY =
      Setting.of(
              "ema",
              Values.orAuto(Values.shares()),
              Optional.of(0d),
              "Keep an exponential moving average of prompt and head too, of which each step leaves"
                  + " this much (auto: fitted to the number of steps). Each evaluation is made of"
                  + " both, and the better one is saved.")
          .defaultTold("0, none");

  /** No average. */
  public static final Averaging NONE = of(0);

  /** With a decay that is fitted to the run. */
  public static final Averaging AUTO = new Averaging(Optional.empty());

  /** The share of the steps that the average looks back over where it is fitted to the run. */
  private static final double WINDOW = 0.05;

  /** Checks the range. */
  public Averaging {
    DECAY.require(decay);
  }

  /** With a decay, in [0, 1). */
  public static Averaging of(double decay) {
    return new Averaging(Optional.of(decay));
  }

  /** Whether there is an average. */
  public boolean isOn() {
    return decay.isEmpty() || decay.get() > 0;
  }

  /** The decay in a run of so many steps. */
  public double decayOver(int totalSteps) {
    return decay.orElseGet(() -> 1 - 1 / Math.max(2, WINDOW * totalSteps));
  }
}
