package org.ptuning4j.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Charts as inline SVG, in the page's colours, each with a description. */
final class Svg {

  private static final int WIDTH = 560;
  private static final int HEIGHT = 260;
  private static final int LEFT = 56;
  private static final int RIGHT = 12;
  private static final int TOP = 12;
  private static final int BOTTOM = 40;
  private static final int TICKS = 5;
  private static final int COLOURS = 6;
  private static final int CELL = 34;

  private final StringBuilder out = new StringBuilder();

  /**
   * A line.
   *
   * @param name for people
   * @param x in ascending order
   * @param y NaN where there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Line(String name, double[] x, double[] y) {}

  private static String n(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String shown(double value) {
    double size = Math.abs(value);
    return size >= 1000
        ? String.format(Locale.ROOT, "%.0f", value)
        : size >= 10
            ? String.format(Locale.ROOT, "%.1f", value)
            : String.format(Locale.ROOT, "%.3g", value);
  }

  private Svg begin(String description, int width, int height) {
    out.append("<svg role=\"img\" viewBox=\"0 0 ").append(width).append(' ').append(height);
    out.append("\" width=\"").append(width).append("\" height=\"").append(height);
    out.append("\" aria-label=\"").append(Html.escaped(description)).append("\">\n");
    return this;
  }

  private void text(double x, double y, String anchor, String text) {
    out.append("<text x=\"").append(n(x)).append("\" y=\"").append(n(y));
    out.append("\" text-anchor=\"").append(anchor).append("\">");
    out.append(Html.escaped(text)).append("</text>\n");
  }

  /** Lines over one axis. */
  static String lines(String description, String xLabel, String yLabel, List<Line> lines) {
    Svg svg = new Svg().begin(description, WIDTH, HEIGHT);
    double[] xs = range(lines, true);
    double[] ys = range(lines, false);
    svg.axes(xs, ys, xLabel, yLabel);
    for (int i = 0; i < lines.size(); i++) {
      svg.line(lines.get(i), xs, ys, i);
    }
    return svg.end();
  }

  private static double[] range(List<Line> lines, boolean x) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Line line : lines) {
      for (double value : x ? line.x() : line.y()) {
        if (Double.isFinite(value)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    if (low > high) {
      return new double[] {0, 1};
    }
    return low == high ? new double[] {low - 0.5, high + 0.5} : new double[] {low, high};
  }

  private static double x(double value, double[] range) {
    return LEFT + (value - range[0]) / (range[1] - range[0]) * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double value, double[] range) {
    return HEIGHT - BOTTOM - (value - range[0]) / (range[1] - range[0]) * (HEIGHT - TOP - BOTTOM);
  }

  private void axes(double[] xs, double[] ys, String xLabel, String yLabel) {
    for (int i = 0; i <= TICKS; i++) {
      double value = ys[0] + (ys[1] - ys[0]) * i / TICKS;
      out.append("<line class=\"grid\" x1=\"").append(LEFT).append("\" x2=\"");
      out.append(WIDTH - RIGHT).append("\" y1=\"").append(n(y(value, ys)));
      out.append("\" y2=\"").append(n(y(value, ys))).append("\"/>\n");
      text(LEFT - 6, y(value, ys) + 4, "end", shown(value));
      double step = xs[0] + (xs[1] - xs[0]) * i / TICKS;
      text(x(step, xs), HEIGHT - BOTTOM + 16, "middle", shown(step));
    }
    text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, "middle", xLabel);
    out.append("<text x=\"12\" y=\"").append(HEIGHT / 2).append("\" text-anchor=\"middle\"");
    out.append(" transform=\"rotate(-90 12 ").append(HEIGHT / 2).append(")\">");
    out.append(Html.escaped(yLabel)).append("</text>\n");
  }

  private void line(Line line, double[] xs, double[] ys, int number) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < line.x().length; i++) {
      if (Double.isFinite(line.y()[i])) {
        String at = n(x(line.x()[i], xs)) + "," + n(y(line.y()[i], ys));
        points.append(at).append(' ');
        String[] place = at.split(",", -1);
        out.append("<circle class=\"f").append(number % COLOURS).append("\" cx=\"");
        out.append(place[0]).append("\" cy=\"").append(place[1]).append("\" r=\"3\"/>\n");
      }
    }
    out.append("<polyline class=\"s").append(number % COLOURS).append("\" points=\"");
    out.append(points.toString().strip()).append("\"/>\n");
  }

  /** Accuracy by probability, beside the diagonal on which both are the same. */
  static String reliability(String description, Calibration calibration) {
    double[] unit = {0, 1};
    Svg svg = new Svg().begin(description, WIDTH, HEIGHT);
    svg.axes(unit, unit, "probability", "accuracy");
    for (Calibration.Bin bin : calibration.bins()) {
      if (bin.answers() > 0) {
        double top = y(bin.accuracy(), unit);
        svg.out.append("<rect class=\"f0\" x=\"").append(n(x(bin.low(), unit) + 1));
        svg.out.append("\" y=\"").append(n(top)).append("\" width=\"");
        svg.out.append(n(x(bin.high(), unit) - x(bin.low(), unit) - 2)).append("\" height=\"");
        svg.out.append(n(y(0, unit) - top)).append("\"/>\n");
      }
    }
    svg.out.append("<line class=\"diagonal\" x1=\"").append(n(x(0, unit))).append("\" y1=\"");
    svg.out.append(n(y(0, unit))).append("\" x2=\"").append(n(x(1, unit))).append("\" y2=\"");
    svg.out.append(n(y(1, unit))).append("\"/>\n");
    return svg.end();
  }

  /** A cell for each layer and head, the darker the more of what it gives is the prompt's. */
  static String heatmap(String description, Map<Integer, double[]> rows) {
    int columns = rows.values().stream().mapToInt(row -> row.length).max().orElse(0);
    int width = LEFT + columns * CELL + RIGHT;
    int height = TOP + rows.size() * CELL + BOTTOM;
    Svg svg = new Svg().begin(description, width, height);
    int line = 0;
    for (int layer : new TreeSet<>(rows.keySet()).descendingSet()) {
      svg.text(LEFT - 6, TOP + line * CELL + CELL / 2.0 + 4, "end", Integer.toString(layer));
      for (int head = 0; head < rows.get(layer).length; head++) {
        double value = rows.get(layer)[head];
        svg.out.append("<rect class=\"cell\" x=\"").append(LEFT + head * CELL).append("\" y=\"");
        svg.out.append(TOP + line * CELL).append("\" width=\"").append(CELL - 1);
        svg.out.append("\" height=\"").append(CELL - 1).append("\" fill-opacity=\"");
        svg.out.append(String.format(Locale.ROOT, "%.3f", 0.45 * value)).append("\"/>\n");
        svg.text(
            LEFT + head * CELL + CELL / 2.0,
            TOP + line * CELL + CELL / 2.0 + 4,
            "middle",
            Long.toString(Math.round(100 * value)));
      }
      line++;
    }
    for (int head = 0; head < columns; head++) {
      svg.text(
          LEFT + head * CELL + CELL / 2.0,
          TOP + rows.size() * CELL + 16,
          "middle",
          Integer.toString(head + 1));
    }
    svg.text(LEFT + columns * CELL / 2.0, height - 6, "middle", "head");
    svg.text(8, TOP + 10, "start", "layer");
    return svg.end();
  }

  private String end() {
    return out.append("</svg>\n").toString();
  }
}
