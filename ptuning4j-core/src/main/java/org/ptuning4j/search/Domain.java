package org.ptuning4j.search;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.settings.Setting;

/**
 * Which values of a setting are searched, as they are written. Numbers between two are drawn
 * logarithmically where one is ten times the other or more, else evenly.
 */
public sealed interface Domain {

  /** The value that leaves a setting out, so that its default holds. */
  String UNSET = "default";

  /** What is written between the ends of an interval. */
  String TO = "..";

  /**
   * A value.
   *
   * @param place in [0, 1): 0 is the first or lowest
   */
  String at(double place);

  /**
   * A value not far from another.
   *
   * @param place in [0, 1): 0.5 is the other value itself, where values have an order
   */
  String near(String value, double place);

  /** Whether a value is one of these. */
  boolean contains(String value);

  /** As it is written. */
  String text();

  /**
   * Values that are listed; one that is listed twice is drawn twice as often.
   *
   * @param values one or more
   */
  record Listed(List<String> values) implements Domain {

    /** Copies the values. */
    public Listed {
      values = List.copyOf(values);
      if (values.isEmpty()) {
        throw InvalidInputException.of("values: there must be one at least");
      }
    }

    @Override
    public String at(double place) {
      return values.get((int) (place * values.size()));
    }

    @Override
    public String near(String value, double place) {
      return at(place);
    }

    @Override
    public boolean contains(String value) {
      return values.contains(value);
    }

    @Override
    public String text() {
      return String.join(",", values);
    }
  }

  /**
   * Numbers between two, both included, written with three significant digits.
   *
   * @param low the lowest
   * @param high the highest, above it
   * @param whole whether only whole numbers are meant
   */
  record Interval(double low, double high, boolean whole) implements Domain {

    /** From here on the ratio of the ends decides, not their difference. */
    private static final double WIDE = 10;

    /**
     * How much of the whole interval lies around a value that is varied, on both sides together.
     */
    private static final double NEIGHBOURHOOD = 0.4;

    /** Checks the order. */
    public Interval {
      if (!(low < high && Double.isFinite(low) && Double.isFinite(high))) {
        throw InvalidInputException.of("%s%s%s: the first number must be the lower", low, TO, high);
      }
    }

    /** Whether it is drawn from logarithmically. */
    boolean isWide() {
      return low > 0 && high / low >= WIDE;
    }

    @Override
    public String at(double place) {
      if (whole && !isWide()) {
        return written(Math.min(high, Math.floor(low + place * (high - low + 1))));
      }
      return written(isWide() ? low * Math.pow(high / low, place) : low + place * (high - low));
    }

    @Override
    public String near(String value, double place) {
      double moved = placeOf(value) + (place - 0.5) * NEIGHBOURHOOD;
      return at(Math.max(0, Math.min(Math.nextDown(1.0), moved)));
    }

    private double placeOf(String value) {
      double number = number(value);
      if (Double.isNaN(number)) {
        return 0.5;
      }
      double inside = Math.max(low, Math.min(high, number));
      return isWide()
          ? Math.log(inside / low) / Math.log(high / low)
          : (inside - low) / (high - low);
    }

    private static double number(String value) {
      try {
        return Double.parseDouble(value);
      } catch (NumberFormatException e) {
        return Double.NaN;
      }
    }

    private String written(double value) {
      double inside = Math.max(low, Math.min(high, value));
      return whole
          ? Long.toString(Math.round(inside))
          : Double.toString(Double.parseDouble(String.format(Locale.ROOT, "%.2e", inside)));
    }

    @Override
    public boolean contains(String value) {
      double number = number(value);
      return number >= low && number <= high;
    }

    @Override
    public String text() {
      return (whole ? (long) low + TO + (long) high : low + TO + high);
    }
  }

  /**
   * Learning rates around the usual one and the one that a range test of the method finds in its
   * first trial, which is often too low.
   *
   * @param usual the default of each method that is searched; of a method that it does not name the
   *     rate that was found alone counts
   * @param beyond how many times lower than the lower of both the lowest is, and how many times
   *     higher than the higher the highest
   */
  record AroundFound(Map<String, Double> usual, double beyond) implements Domain {

    /** How it is written. */
    static final String TEXT = "auto";

    /** Copies the rates. */
    public AroundFound {
      usual = Map.copyOf(usual);
    }

    /** The interval around a rate that was found for a method and the usual one. */
    Interval around(String method, double rate) {
      double other = usual.getOrDefault(method, rate);
      return new Interval(Math.min(rate, other) / beyond, Math.max(rate, other) * beyond, false);
    }

    @Override
    public String at(double place) {
      return TEXT;
    }

    @Override
    public String near(String value, double place) {
      return TEXT;
    }

    @Override
    public boolean contains(String value) {
      return value.equals(TEXT);
    }

    @Override
    public String text() {
      return TEXT;
    }
  }

  /**
   * Reads a domain: values of a setting, or two numbers with {@code ..} between them.
   *
   * @param setting of which the values are
   * @param values what was written between commas
   * @throws InvalidInputException if a value is none of the setting's
   */
  static Domain parse(Setting<?> setting, List<String> values) {
    if (values.size() == 1) {
      Matcher ends = ENDS.matcher(values.get(0));
      if (ends.matches()) {
        return interval(setting, ends.group(1), ends.group(2));
      }
    }
    values.stream().filter(value -> !value.equals(UNSET)).forEach(setting::read);
    return new Listed(values);
  }

  /** Two texts with {@link #TO} between them. */
  Pattern ENDS = Pattern.compile("([0-9.eE+-]+?)\\.\\.([0-9.eE+-]+)");

  private static <T> Interval interval(Setting<T> setting, String low, String high) {
    Object lowest = setting.values().plain(setting.read(low));
    Object highest = setting.values().plain(setting.read(high));
    if (!(lowest instanceof Number from && highest instanceof Number to)) {
      throw new InvalidSettingException(
          setting.name(), low + TO + high + " are no numbers; list the values: A,B");
    }
    boolean whole = lowest instanceof Integer || lowest instanceof Long;
    if (from.doubleValue() >= to.doubleValue()) {
      throw new InvalidSettingException(
          setting.name(), low + TO + high + ": the first number must be the lower");
    }
    return new Interval(from.doubleValue(), to.doubleValue(), whole);
  }
}
