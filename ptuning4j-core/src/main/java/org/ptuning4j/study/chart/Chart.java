package org.ptuning4j.study.chart;

import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.cell.Sample;

/** A chart of samples: their means, how they spread, and every seed. */
public sealed interface Chart {

  /** What the chart shows. */
  String title();

  /** What is on the horizontal axis. */
  String xLabel();

  /** What is on the vertical axis. */
  String yLabel();

  /** In which unit values are shown. */
  Scale scale();

  /** Units of the vertical axis. */
  enum Scale {
    /** Values from 0 to 1, shown in percent. */
    PERCENT("percent"),
    /** Values as they are. */
    PLAIN("plain");

    private final String key;

    Scale(String key) {
      this.key = key;
    }

    String key() {
      return key;
    }
  }

  /** How the standard deviation is drawn. */
  enum Spread {
    /** A bar at each point: for few points. */
    BARS("bars"),
    /** A band along the line: for many. */
    BAND("band");

    private final String key;

    Spread(String key) {
      this.key = key;
    }

    String key() {
      return key;
    }
  }

  /** A place on a line. */
  record Point(double x, Sample sample) {

    /** Checks the place. */
    public Point {
      if (!Double.isFinite(x)) {
        throw InvalidInputException.of("chart: x of %s is not finite", x);
      }
    }
  }

  /**
   * A line.
   *
   * @param points in ascending order of x
   */
  record Series(String name, List<Point> points) {

    /** Checks the order and copies the points. */
    public Series {
      points = List.copyOf(points);
      for (int i = 1; i < points.size(); i++) {
        if (!(points.get(i - 1).x() < points.get(i).x())) {
          throw InvalidInputException.of(
              "chart: points of %s are not in ascending order at x = %s", name, points.get(i).x());
        }
      }
    }
  }

  /** Lines over a numeric axis. */
  record Lines(
      String title, String xLabel, String yLabel, Scale scale, Spread spread, List<Series> series)
      implements Chart {

    /** Copies the series. */
    public Lines {
      series = List.copyOf(series);
    }
  }

  /**
   * Bars of one colour.
   *
   * @param samples by category; a category without a sample has no bar
   */
  record Group(String name, Map<String, Sample> samples) {

    /** Copies the samples. */
    public Group {
      samples = Map.copyOf(samples);
    }
  }

  /** Bars side by side in each category. */
  record Bars(
      String title,
      String xLabel,
      String yLabel,
      Scale scale,
      List<String> categories,
      List<Group> groups)
      implements Chart {

    /** Copies the lists and checks that every sample has its category. */
    public Bars {
      categories = List.copyOf(categories);
      groups = List.copyOf(groups);
      for (Group group : groups) {
        if (!categories.containsAll(group.samples().keySet())) {
          throw InvalidInputException.of(
              "chart: bars of %s are in %s, categories are %s",
              group.name(), group.samples().keySet(), categories);
        }
      }
    }
  }
}
