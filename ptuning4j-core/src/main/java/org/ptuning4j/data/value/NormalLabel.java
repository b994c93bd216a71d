package org.ptuning4j.data.value;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The normal form of a label, whatever kind of value a file writes it as: 1, 1.0 and {@code "1"}
 * are {@code 1}; true, {@code "True"} and {@code "TRUE"} are {@code true}; texts are as {@link
 * NormalText} says. A number that counts nothing, such as {@code "007"} or {@code "1.50"}, stays a
 * text as it is written.
 */
public final class NormalLabel {

  /** A whole number with a point, as pandas writes a column with gaps. */
  private static final Pattern POINTLESS = Pattern.compile("(-?(?:0|[1-9][0-9]*))\\.0+");

  /** Longer numbers are no labels, and would cost time to write out. */
  private static final int MOST_DIGITS = 1000;

  private NormalLabel() {}

  /**
   * The normal form of a text, a number or a boolean.
   *
   * @throws IllegalArgumentException for other kinds of values
   */
  public static String of(Object value) {
    if (value instanceof Boolean flag) {
      return flag.toString();
    }
    if (value instanceof Number number) {
      return ofNumber(number);
    }
    if (value instanceof String text) {
      return ofText(text);
    }
    throw new IllegalArgumentException(value + " is no text, number or boolean");
  }

  private static String ofNumber(Number number) {
    BigDecimal decimal;
    try {
      decimal = new BigDecimal(number.toString()).stripTrailingZeros();
    } catch (NumberFormatException notFinite) {
      return number.toString();
    }
    boolean writable = Math.abs((long) decimal.scale()) + decimal.precision() < MOST_DIGITS;
    return writable ? decimal.toPlainString() : decimal.toString();
  }

  private static String ofText(String written) {
    String text = NormalText.of(written);
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return text.toLowerCase(Locale.ROOT);
    }
    Matcher number = POINTLESS.matcher(text);
    if (!number.matches()) {
      return text;
    }
    return number.group(1).equals("-0") ? "0" : number.group(1);
  }
}
