package org.ptuning4j.cli.terminal;

import java.util.Locale;

/** Numbers as people read them. */
public final class Figures {

  /** What is shown in place of a figure that is not defined. */
  public static final String UNDEFINED = "–";

  private Figures() {}

  /** A whole number with separators: {@code 370,178}. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A count with its noun: {@code 1 row}, {@code 2 rows}. */
  public static String count(long value, String noun) {
    return count(value) + " " + noun + (value == 1 ? "" : "s");
  }

  /** A share of 1 in percent: {@code 84.3 %}. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** A small share in percent, with a digit that says something: {@code 0.034 %}. */
  public static String smallPercent(double share) {
    double percent = 100 * share;
    String pattern = percent >= 1 ? "%.1f %%" : percent >= 0.1 ? "%.2f %%" : "%.3f %%";
    return String.format(Locale.ROOT, pattern, percent);
  }

  /** A score or a loss: {@code 0.8432}; {@value #UNDEFINED} where it is not defined. */
  public static String score(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : UNDEFINED;
  }

  /** A duration: {@code 8.4 s}, {@code 3 min 20 s}. */
  public static String seconds(double seconds) {
    if (seconds < 100) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole >= 3600
        ? whole / 3600 + " h " + whole % 3600 / 60 + " min"
        : whole / 60 + " min " + whole % 60 + " s";
  }

  /** A size: {@code 82.4 kB}, {@code 1.3 GB}. */
  public static String bytes(long bytes) {
    String[] units = {"bytes", "kB", "MB", "GB", "TB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0
        ? count(bytes, "byte")
        : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
