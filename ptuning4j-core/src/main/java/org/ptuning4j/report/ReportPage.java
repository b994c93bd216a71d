package org.ptuning4j.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.Version;

/**
 * What was found of some runs as one page that needs no network and runs no script.
 *
 * @param findings of each run, with different names
 * @param data what the rows are called; empty if the runs were not asked about any
 * @param similarities of the runs' prompts, by their names
 * @param resamples of the comparison of runs
 * @param seed of what is drawn for it
 */
public record ReportPage(
    List<RunFindings> findings,
    Optional<String> data,
    Map<String, Map<String, Optional<Double>>> similarities,
    int resamples,
    long seed) {

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1b1b1f; --paper: #ffffff; --soft: #5a5a66;
        --line: #d5d5dd; --c0: #2f5fb3; --c1: #b3472f; --c2: #2f7d4f; --c3: #7a4fb0;
        --c4: #8a6d12; --c5: #3f7b86; }
      @media (prefers-color-scheme: dark) { :root { --ink: #ececf1; --paper: #17171c;
        --soft: #b4b4c0; --line: #3c3c48; --c0: #7ea6f0; --c1: #ee9079; --c2: #7fcf9f;
        --c3: #bd9aec; --c4: #d8b95c; --c5: #86c5d1; } }
      body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        margin: 0 auto; padding: 1.5rem; max-width: 68rem; }
      h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
      table { border-collapse: collapse; margin: 0.5rem 0 1rem; }
      caption { text-align: left; color: var(--soft); padding: 0.25rem 0; }
      th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.75rem 0.25rem 0;
        text-align: left; vertical-align: top; overflow-wrap: anywhere; }
      th { font-weight: 600; } td.n { text-align: right; font-variant-numeric: tabular-nums; }
      .wide { overflow-x: auto; } svg { max-width: 100%; height: auto; display: block; }
      svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
      .grid { stroke: var(--line); } .diagonal { stroke: var(--soft); stroke-dasharray: 4 4; }
      polyline { fill: none; stroke-width: 2; } .cell { fill: var(--c0); }
      .s0 { stroke: var(--c0); } .s1 { stroke: var(--c1); } .s2 { stroke: var(--c2); }
      .s3 { stroke: var(--c3); } .s4 { stroke: var(--c4); } .s5 { stroke: var(--c5); }
      .f0 { fill: var(--c0); } .f1 { fill: var(--c1); } .f2 { fill: var(--c2); }
      .f3 { fill: var(--c3); } .f4 { fill: var(--c4); } .f5 { fill: var(--c5); }
      .key { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.4em; }
      ul.keys { list-style: none; padding: 0; } ul.keys li { display: inline; margin-right: 1em; }
      .k0 { background: var(--c0); } .k1 { background: var(--c1); } .k2 { background: var(--c2); }
      .k3 { background: var(--c3); } .k4 { background: var(--c4); } .k5 { background: var(--c5); }
      """;

  /** Copies the list. */
  public ReportPage {
    findings = List.copyOf(findings);
  }

  /** The page. */
  public String html() {
    Html page = new Html();
    String title =
        "Report: " + String.join(", ", findings.stream().map(each -> each.run().name()).toList());
    page.markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    page.markup("style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n");
    page.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.markup("<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    page.markup(Html.escaped(title)).markup("</title>\n<style>\n" + STYLE + "</style>\n");
    page.markup("</head>\n<body>\n<main>\n");
    page.heading(1, title);
    String by = "by ptuning4j " + Version.current() + ".";
    page.paragraph(
        data.map(rows -> "Evaluated on " + rows + " " + by)
            .orElse(
                "What training left behind, read "
                    + by
                    + " Differences, confusions, calibration, lengths and errors need labelled"
                    + " rows: ptune report … --model MODEL --data FILE."));
    summary(page);
    significance(page);
    curves(page);
    findings.forEach(each -> RunSection.write(page, each));
    similarity(page);
    return page.markup("</main>\n</body>\n</html>\n").toString();
  }

  private void summary(Html page) {
    page.heading(2, "Results and cost");
    List<List<String>> rows = new ArrayList<>();
    for (RunFindings each : findings) {
      var result = each.run().result();
      rows.add(
          List.of(
              each.run().name(),
              result.method(),
              result.task(),
              each.isAsked()
                  ? RunSection.score(
                      each.scores().metrics().getOrDefault(each.metric(), Double.NaN))
                  : "–",
              RunSection.score(result.best().getOrDefault(each.metric(), Double.NaN)),
              String.format(Locale.ROOT, "%,d", result.trainableParameters()),
              String.format(Locale.ROOT, "%.3f %%", 100 * result.trainableShare()),
              String.format(Locale.ROOT, "%.1f", result.trainSeconds()),
              result.peakMemoryBytes() == 0
                  ? "–"
                  : String.format(Locale.ROOT, "%.0f", result.peakMemoryBytes() / 1e6),
              String.format(Locale.ROOT, "%.1f", each.run().packBytes() / 1e3)));
    }
    page.table(
        "What each run reached and cost",
        List.of(
            "run",
            "method",
            "task",
            findings.get(0).metric() + " here",
            "in training",
            "trained",
            "of all",
            "seconds",
            "peak MB",
            "pack kB"),
        rows);
  }

  private void significance(Html page) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < findings.size(); i++) {
      for (int j = i + 1; j < findings.size(); j++) {
        compared(findings.get(i), findings.get(j)).ifPresent(rows::add);
      }
    }
    if (!rows.isEmpty()) {
      page.heading(2, "Differences");
      page.paragraph(
          "Both runs scored on the same rows, drawn "
              + resamples
              + " times with replacement (paired bootstrap, seed "
              + seed
              + "). An interval around 0 says that these rows cannot tell the runs apart.");
      page.table(
          "Differences of runs",
          List.of("runs", "metric", "difference", "95 % interval", "p"),
          rows);
    }
  }

  private Optional<List<String>> compared(RunFindings one, RunFindings other) {
    boolean sameRows = one.isAsked() && one.rows().size() == other.rows().size();
    if (!one.metric().equals(other.metric()) || !sameRows) {
      return Optional.empty();
    }
    PairedBootstrap found =
        PairedBootstrap.of(one.rows().size(), one.metricOf(), other.metricOf(), resamples, seed);
    return Optional.of(
        List.of(
            one.run().name() + " less " + other.run().name(),
            one.metric(),
            String.format(Locale.ROOT, "%+.4f", found.difference()),
            String.format(Locale.ROOT, "%+.4f to %+.4f", found.low(), found.high()),
            String.format(Locale.ROOT, "%.4f", found.p())));
  }

  private void curves(Html page) {
    page.heading(2, "Learning curves");
    keys(page);
    page.markup(
        Svg.lines(
            "The deciding metric of each run by the steps made",
            "steps",
            findings.get(0).metric(),
            findings.stream().map(each -> line(each, Curve.VALUE)).toList()));
    page.markup(
        Svg.lines(
            "The training loss of each run by the steps made",
            "steps",
            "training loss",
            findings.stream().map(each -> line(each, Curve.TRAIN_LOSS)).toList()));
    page.markup(
        Svg.lines(
            "The loss of each run on the evaluation data by the steps made",
            "steps",
            "evaluation loss",
            findings.stream().map(each -> line(each, Curve.DEV_LOSS)).toList()));
  }

  private enum Curve {
    VALUE,
    TRAIN_LOSS,
    DEV_LOSS
  }

  private static Svg.Line line(RunFindings each, Curve what) {
    List<ReportedRun.Point> points = each.run().curve();
    return new Svg.Line(
        each.run().name(),
        points.stream().mapToDouble(ReportedRun.Point::step).toArray(),
        points.stream()
            .mapToDouble(
                point ->
                    switch (what) {
                      case VALUE -> point.value();
                      case TRAIN_LOSS -> point.trainLoss();
                      case DEV_LOSS -> point.devLoss();
                    })
            .toArray());
  }

  private void keys(Html page) {
    page.markup("<ul class=\"keys\">");
    for (int i = 0; i < findings.size(); i++) {
      page.markup("<li><span class=\"key k" + i % 6 + "\"></span>");
      page.markup(Html.escaped(findings.get(i).run().name())).markup("</li>");
    }
    page.markup("</ul>\n");
  }

  private void similarity(Html page) {
    if (similarities.size() < 2) {
      return;
    }
    List<String> names = List.copyOf(similarities.keySet());
    List<String> header = new ArrayList<>(List.of(""));
    header.addAll(names);
    List<List<String>> rows = new ArrayList<>();
    for (String name : names) {
      List<String> row = new ArrayList<>(List.of(name));
      names.forEach(
          other ->
              row.add(
                  similarities
                      .get(name)
                      .get(other)
                      .map(value -> String.format(Locale.ROOT, "%.3f", value))
                      .orElse("–")));
      rows.add(row);
    }
    page.heading(2, "How alike the prompts are");
    page.paragraph(
        "The cosine of the mean keys and values of two prompts, averaged over the layers that both"
            + " have. A prompt that is like another's is a likely start: --start-from.");
    page.table("Similarity of prompts", header, rows);
  }
}
