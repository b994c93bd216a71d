package org.ptuning4j.train.config;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.Values;

/**
 * For how long the learning rate first rises: so many steps, or a share of all steps of the run.
 *
 * @param steps their number; 0 where it is a share
 * @param share of all steps, in [0, 1); 0 where they are counted
 */
public record Warmup(int steps, double share) {

  /** None. */
  public static final Warmup NONE = ofSteps(0);

  /** The setting. */
  public static final Setting<Warmup> SETTING =
      Setting.of(
          "warmup",
          new Forms(),
          NONE,
          "Steps in which the learning rate first rises: their number, or a share of all steps.");

  /** Checks the ranges. */
  public Warmup {
    if (steps < 0) {
      throw new InvalidSettingException("warmup", steps + " must be 0 or more");
    }
    if (!(share >= 0 && share < 1)) {
      throw new InvalidSettingException(
          "warmup", share + " as a share of all steps must lie in [0, 1)");
    }
    if (steps > 0 && share > 0) {
      throw new InvalidSettingException(
          "warmup", steps + " steps and a share of " + share + "; it is one or the other");
    }
  }

  /** So many steps. */
  public static Warmup ofSteps(int steps) {
    return new Warmup(steps, 0);
  }

  /** A share of all steps. */
  public static Warmup ofShare(double share) {
    return new Warmup(0, share);
  }

  /** The steps of a run of so many; a fraction of one counts as a whole one. */
  public int stepsOf(int totalSteps) {
    return share == 0 ? steps : (int) Math.ceil(share * totalSteps - 1e-9);
  }

  /** {@code 20}, {@code 10%} or {@code 0.1}. */
  private record Forms() implements Values<Warmup> {

    private static final Pattern WHOLE = Pattern.compile("[-+]?\\d{1,9}");
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)");

    @Override
    public String placeholder() {
      return "N";
    }

    @Override
    public String kind() {
      return "a number of steps such as 20, or a share of them such as 10% or 0.1";
    }

    @Override
    public String range() {
      return "0 or more, or a share such as 10% or 0.1";
    }

    @Override
    public Optional<Warmup> parse(String text) {
      String plain = text.strip();
      if (WHOLE.matcher(plain).matches()) {
        return Optional.of(ofSteps(Integer.parseInt(plain)));
      }
      boolean percent = plain.endsWith("%");
      String number = percent ? plain.substring(0, plain.length() - 1).strip() : plain;
      if (!NUMBER.matcher(number).matches()) {
        return Optional.empty();
      }
      BigDecimal value = new BigDecimal(number);
      return Optional.of(ofShare((percent ? value.movePointLeft(2) : value).doubleValue()));
    }

    @Override
    public boolean allows(Warmup value) {
      return true;
    }

    @Override
    public Object plain(Warmup value) {
      return value.share == 0
          ? (Object) value.steps
          : BigDecimal.valueOf(value.share).movePointRight(2).stripTrailingZeros().toPlainString()
              + "%";
    }
  }
}
