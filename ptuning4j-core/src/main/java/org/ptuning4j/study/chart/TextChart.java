package org.ptuning4j.study.chart;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.cell.CurvePoint;

/**
 * Learning curves drawn with characters, for a terminal.
 *
 * @param glyphs what the terminal can show
 */
public record TextChart(Glyphs glyphs) {

  /** The characters to draw with. */
  public enum Glyphs {
    /** Block elements and box drawing. */
    UNICODE("▁▂▃▄▅▆▇█", '●', '·', '┤', '└', '─', " → "),
    /** For terminals and logs without Unicode. */
    ASCII("_.-=+*%#", '*', '.', '|', '+', '-', " -> ");

    private final String levels;
    private final char point;
    private final char between;
    private final char axis;
    private final char corner;
    private final char floor;
    private final String arrow;

    Glyphs(
        String levels, char point, char between, char axis, char corner, char floor, String arrow) {
      this.levels = levels;
      this.point = point;
      this.between = between;
      this.axis = axis;
      this.corner = corner;
      this.floor = floor;
      this.arrow = arrow;
    }
  }

  /**
   * One character per value, from the lowest to the highest of them; equal values are in the
   * middle, and what is not finite is a blank.
   */
  public String sparkline(List<Double> values) {
    double[] finite =
        values.stream().mapToDouble(Double::doubleValue).filter(Double::isFinite).toArray();
    double low = Arrays.stream(finite).min().orElse(0);
    double high = Arrays.stream(finite).max().orElse(0);
    StringBuilder line = new StringBuilder();
    for (double value : values) {
      if (!Double.isFinite(value)) {
        line.append(' ');
        continue;
      }
      int last = glyphs.levels.length() - 1;
      long level = high > low ? Math.round((value - low) / (high - low) * last) : last / 2;
      line.append(glyphs.levels.charAt((int) level));
    }
    return line.toString();
  }

  /**
   * A curve on one line: {@code ▁▄█▇ 52.0 → 78.0 (best 79.1 at epoch 3)}.
   *
   * @return empty for an empty curve
   */
  public String summary(List<CurvePoint> curve) {
    Optional<CurvePoint> best = curve.stream().max(Comparator.comparingDouble(CurvePoint::value));
    if (best.isEmpty()) {
      return "";
    }
    return sparkline(curve.stream().map(CurvePoint::value).toList())
        + " "
        + percent(curve.get(0).value())
        + glyphs.arrow
        + percent(curve.get(curve.size() - 1).value())
        + " (best "
        + percent(first(curve, best.get().value()).value())
        + " at epoch "
        + first(curve, best.get().value()).epoch()
        + ")";
  }

  private static CurvePoint first(List<CurvePoint> curve, double value) {
    return curve.stream().filter(point -> point.value() >= value).findFirst().orElseThrow();
  }

  /**
   * A curve over its steps, in percent, with the lowest and highest value at the axis.
   *
   * @param width columns of the drawing, 2 or more, without the axis
   * @param height lines of the drawing, 2 or more, without the axis
   * @return empty for an empty curve
   * @throws InvalidInputException if width or height is too small
   */
  public String plot(List<CurvePoint> curve, int width, int height) {
    if (width < 2 || height < 2) {
      throw InvalidInputException.of(
          "chart: width %d and height %d must be at least 2", width, height);
    }
    if (curve.isEmpty()) {
      return "";
    }
    double low = curve.stream().mapToDouble(CurvePoint::value).min().orElseThrow();
    double high = curve.stream().mapToDouble(CurvePoint::value).max().orElseThrow();
    char[][] drawing = draw(curve, width, height, low, high);
    StringBuilder out = new StringBuilder();
    for (int row = 0; row < height; row++) {
      String label = row == 0 ? percent(high) : row == height - 1 ? percent(low) : "";
      out.append(String.format(Locale.ROOT, "%5s %c", label, glyphs.axis));
      out.append(new String(drawing[row]).stripTrailing()).append('\n');
    }
    out.append("      ").append(glyphs.corner);
    out.append(String.valueOf(glyphs.floor).repeat(width)).append('\n');
    String first = Long.toString(curve.get(0).step());
    String last = Long.toString(curve.get(curve.size() - 1).step());
    int gap = Math.max(1, width - first.length() - last.length());
    return out.append("       step ")
        .append(first)
        .append(" ".repeat(Math.max(1, gap - 5)))
        .append(last)
        .append('\n')
        .toString();
  }

  private char[][] draw(List<CurvePoint> curve, int width, int height, double low, double high) {
    char[][] drawing = new char[height][width];
    for (char[] row : drawing) {
      Arrays.fill(row, ' ');
    }
    for (int i = 1; i < curve.size(); i++) {
      int from = column(curve, i - 1, width);
      int to = column(curve, i, width);
      for (int c = from + 1; c < to; c++) {
        double part = (double) (c - from) / (to - from);
        double value = curve.get(i - 1).value() * (1 - part) + curve.get(i).value() * part;
        drawing[row(value, height, low, high)][c] = glyphs.between;
      }
    }
    for (int i = 0; i < curve.size(); i++) {
      int row = row(curve.get(i).value(), height, low, high);
      drawing[row][column(curve, i, width)] = glyphs.point;
    }
    return drawing;
  }

  private static int column(List<CurvePoint> curve, int index, int width) {
    long first = curve.get(0).step();
    long last = curve.get(curve.size() - 1).step();
    double part = last > first ? (double) (curve.get(index).step() - first) / (last - first) : 0;
    return (int) Math.round(Math.max(0, Math.min(1, part)) * (width - 1));
  }

  private static int row(double value, int height, double low, double high) {
    double part = high > low ? (value - low) / (high - low) : 0;
    return (int) Math.round((1 - part) * (height - 1));
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.1f", 100 * value);
  }
}
