package org.ptuning4j.train.config;

import java.util.Optional;
import java.util.regex.Pattern;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.Values;

/**
 * Whether an exponential moving average of the trained values is kept and evaluated beside them.
 *
 * @param decay how much of the average is kept at each step, in [0, 1); 0 for no average; empty to
 *     fit it to the number of steps
 */
public record Averaging(Optional<Double> decay) {

  /** No average. */
  public static final Averaging NONE = of(0);

  /** With a decay that is fitted to the run. */
  public static final Averaging AUTO = new Averaging(Optional.empty());

  /** The setting. */
  public static final Setting<Averaging> SETTING =
      Setting.of(
              "ema",
              new Forms(),
              NONE,
              "Keep an exponential moving average of prompt and head too, of which each step leaves"
                  + " this much (auto: fitted to the number of steps). Each evaluation is made of"
                  + " both, and the better one is saved.")
          .defaultTold("0, none");

  /** The share of the steps that the average looks back over where it is fitted to the run. */
  private static final double WINDOW = 0.05;

  /** Checks the range. */
  public Averaging {
    decay.ifPresent(
        given -> {
          if (!(given >= 0 && given < 1)) {
            throw new InvalidSettingException("ema", given + " must lie in [0, 1)");
          }
        });
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

  /** {@code 0.99} or {@code auto}. */
  private record Forms() implements Values<Averaging> {

    private static final String AUTO_WORD = "auto";
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)");

    @Override
    public String placeholder() {
      return "X";
    }

    @Override
    public String kind() {
      return "a number, or auto";
    }

    @Override
    public String range() {
      return "in [0, 1), or auto";
    }

    @Override
    public Optional<Averaging> parse(String text) {
      String plain = text.strip();
      if (plain.equals(AUTO_WORD)) {
        return Optional.of(AUTO);
      }
      return NUMBER.matcher(plain).matches()
          ? Optional.of(Averaging.of(Double.parseDouble(plain)))
          : Optional.empty();
    }

    @Override
    public boolean allows(Averaging value) {
      return true;
    }

    @Override
    public String shown(Averaging value) {
      return value.equals(NONE) ? "0" : String.valueOf(plain(value));
    }

    @Override
    public Object plain(Averaging value) {
      return value.decay.<Object>map(decay -> decay).orElse(AUTO_WORD);
    }
  }
}
