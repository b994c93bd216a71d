package org.ptuning4j.study.chart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.ptuning4j.study.cell.Sample;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * A study as one HTML file that needs nothing else: charts, a table under each, where the numbers
 * come from and with which settings. It opens without a network; its own policy forbids every
 * request.
 *
 * @param title of the page
 * @param provenance facts such as versions, machine and fingerprints, in order
 * @param settings those that all runs share, in order
 * @param charts in order
 */
public record CurvePage(
    String title,
    Map<String, String> provenance,
    Map<String, String> settings,
    List<Chart> charts) {

  /** Copies the facts, keeping their order. */
  public CurvePage {
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    charts = List.copyOf(charts);
  }

  /**
   * Writes the page, whole or not at all.
   *
   * @throws org.ptuning4j.InvalidInputException if the file's folder is missing
   * @throws UncheckedIOException if writing fails
   */
  public void write(Path file) {
    byte[] bytes = html().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /** What the page's charts are drawn from, as JSON. */
  public String dataJson() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("title", title);
    data.put("provenance", provenance);
    data.put("settings", settings);
    data.put("charts", charts.stream().map(CurvePage::data).toList());
    try {
      return JsonMapper.builder().build().writeValueAsString(data);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("charts of numbers and text are always JSON", e);
    }
  }

  private static Map<String, Object> data(Chart chart) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("kind", chart instanceof Chart.Lines ? "lines" : "bars");
    data.put("title", chart.title());
    data.put("xLabel", chart.xLabel());
    data.put("yLabel", chart.yLabel());
    data.put("scale", chart.scale().key());
    if (chart instanceof Chart.Lines lines) {
      data.put("spread", lines.spread().key());
      data.put("series", lines.series().stream().map(CurvePage::data).toList());
    } else if (chart instanceof Chart.Bars bars) {
      data.put("spread", Chart.Spread.BARS.key());
      data.put("categories", bars.categories());
      data.put("series", bars.groups().stream().map(group -> data(group, bars)).toList());
    }
    return data;
  }

  private static Map<String, Object> data(Chart.Series series) {
    List<Object> points = new ArrayList<>();
    for (Chart.Point point : series.points()) {
      Map<String, Object> place = new LinkedHashMap<>();
      place.put("x", point.x());
      place.putAll(data(point.sample()));
      points.add(place);
    }
    return named(series.name(), points);
  }

  private static Map<String, Object> data(Chart.Group group, Chart.Bars bars) {
    List<Object> points = new ArrayList<>();
    for (String category : bars.categories()) {
      Sample sample = group.samples().get(category);
      if (sample != null) {
        Map<String, Object> place = new LinkedHashMap<>();
        place.put("x", category);
        place.putAll(data(sample));
        points.add(place);
      }
    }
    return named(group.name(), points);
  }

  private static Map<String, Object> named(String name, List<Object> points) {
    Map<String, Object> series = new LinkedHashMap<>();
    series.put("name", name);
    series.put("points", points);
    return series;
  }

  private static Map<String, Object> data(Sample sample) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("mean", sample.mean());
    data.put("sd", sample.sd());
    data.put("seeds", sample.values());
    return data;
  }

  /**
   * The page.
   *
   * @throws IllegalStateException if Chart.js is not on the class path
   */
  public String html() {
    ChartLibrary library = ChartLibrary.load();
    StringBuilder out = new StringBuilder();
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<!--\nContains Chart.js ").append(library.version()).append(":\n\n");
    out.append(library.licence().strip()).append("\n-->\n");
    out.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';");
    out.append(" script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
    out.append("<title>").append(escape(title)).append("</title>\n");
    out.append("<style>\n").append(resource("curves.css")).append("</style>\n</head>\n<body>\n");
    out.append("<main>\n<h1>").append(escape(title)).append("</h1>\n");
    for (int i = 0; i < charts.size(); i++) {
      appendFigure(out, i, charts.get(i));
    }
    appendFacts(out, "Settings", settings);
    appendFacts(out, "Provenance", provenance);
    out.append("</main>\n<script type=\"application/json\" id=\"data\">");
    out.append(withinScript(dataJson())).append("</script>\n");
    out.append("<script>\n").append(library.script()).append("</script>\n");
    out.append("<script>\n").append(resource("curves.js")).append("</script>\n");
    return out.append("</body>\n</html>\n").toString();
  }

  private static void appendFigure(StringBuilder out, int number, Chart chart) {
    out.append("<section>\n<h2 id=\"title-").append(number).append("\">");
    out.append(escape(chart.title())).append("</h2>\n");
    out.append("<div class=\"chart\"><canvas id=\"chart-").append(number);
    out.append("\" role=\"img\" aria-labelledby=\"title-").append(number);
    out.append("\" aria-describedby=\"table-").append(number).append("\"></canvas></div>\n");
    out.append("<div class=\"scroll\"><table id=\"table-").append(number).append("\">\n<caption>");
    out.append(escape(chart.title() + ": " + chart.yLabel() + " by " + chart.xLabel()));
    out.append("; mean ± standard deviation</caption>\n<thead><tr>");
    for (String column : List.of("series", chart.xLabel(), chart.yLabel(), "seeds", "each seed")) {
      out.append("<th scope=\"col\">").append(escape(column)).append("</th>");
    }
    out.append("</tr></thead>\n<tbody>\n");
    if (chart instanceof Chart.Lines lines) {
      lines
          .series()
          .forEach(
              series ->
                  series
                      .points()
                      .forEach(
                          p -> appendRow(out, chart, series.name(), plain(p.x()), p.sample())));
    } else if (chart instanceof Chart.Bars bars) {
      for (Chart.Group group : bars.groups()) {
        bars.categories().stream()
            .filter(group.samples()::containsKey)
            .forEach(c -> appendRow(out, chart, group.name(), c, group.samples().get(c)));
      }
    }
    out.append("</tbody>\n</table></div>\n</section>\n");
  }

  private static void appendRow(
      StringBuilder out, Chart chart, String series, String x, Sample sample) {
    String spread = sample.size() > 1 ? " ± " + shown(chart, sample.sd()) : "";
    String each =
        sample.values().entrySet().stream()
            .map(seed -> seed.getKey() + ": " + shown(chart, seed.getValue()))
            .collect(Collectors.joining(", "));
    out.append("<tr><th scope=\"row\">").append(escape(series)).append("</th>");
    for (String field :
        List.of(x, shown(chart, sample.mean()) + spread, Integer.toString(sample.size()), each)) {
      out.append("<td>").append(escape(field)).append("</td>");
    }
    out.append("</tr>\n");
  }

  private static String shown(Chart chart, double value) {
    return switch (chart.scale()) {
      case PERCENT -> String.format(Locale.ROOT, "%.1f", 100 * value);
      case PLAIN -> String.format(Locale.ROOT, "%.4f", value);
    };
  }

  private static String plain(double x) {
    return x == Math.rint(x) && Math.abs(x) < 1e15 ? Long.toString((long) x) : Double.toString(x);
  }

  private static void appendFacts(StringBuilder out, String name, Map<String, String> facts) {
    if (facts.isEmpty()) {
      return;
    }
    out.append("<section>\n<h2>").append(name).append("</h2>\n<dl>\n");
    facts.forEach(
        (key, value) -> {
          out.append("<dt>").append(escape(key)).append("</dt>");
          out.append("<dd>").append(escape(value)).append("</dd>\n");
        });
    out.append("</dl>\n</section>\n");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** JSON without anything that could end a script element or begin a comment in it. */
  private static String withinScript(String json) {
    return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
  }

  private static String resource(String name) {
    try (InputStream in = CurvePage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the library");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be read from the library", e);
    }
  }
}
