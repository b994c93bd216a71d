package org.ptuning4j.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.ptuning4j.report.RunFindings.Neighbour;
import org.ptuning4j.task.Scores;

/** The part of a page that is about one run. */
final class RunSection {

  private static final int WORST = 20;
  private static final int BANDS = 5;
  private static final int LONGEST_TEXT = 600;

  private RunSection() {}

  /** Writes it. */
  static void write(Html page, RunFindings found) {
    page.heading(2, found.run().name());
    List<List<String>> metrics = new ArrayList<>();
    found.scores().metrics().forEach((name, value) -> metrics.add(List.of(name, score(value))));
    page.table("Metrics", List.of("metric", "value"), metrics);
    for (Scores.Table table : found.scores().tables()) {
      page.heading(3, table.title());
      page.table(table.title(), table.header(), table.rows());
    }
    if (found.isAsked()) {
      confusion(page, found);
      calibration(page, found);
      lengths(page, found);
    }
    prompt(page, found);
    if (found.isAsked()) {
      errors(page, found);
    }
  }

  /** Where answers are labels: which are taken for which. */
  private static void confusion(Html page, RunFindings found) {
    if (found.rows().stream().anyMatch(row -> Double.isNaN(row.probability()))) {
      return;
    }
    Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
    List<String> labels =
        found.rows().stream()
            .flatMap(row -> Stream.of(row.wanted(), row.answered()))
            .distinct()
            .sorted()
            .toList();
    labels.forEach(label -> counts.put(label, new LinkedHashMap<>()));
    found.rows().forEach(row -> counts.get(row.wanted()).merge(row.answered(), 1, Integer::sum));
    List<String> header = new ArrayList<>(List.of("right \\ answered"));
    header.addAll(labels);
    List<List<String>> rows = new ArrayList<>();
    for (String label : labels) {
      List<String> row = new ArrayList<>(List.of(label));
      labels.forEach(other -> row.add(Integer.toString(counts.get(label).getOrDefault(other, 0))));
      rows.add(row);
    }
    page.heading(3, "Confusion matrix");
    page.table("Rows by the right label and the answer", header, rows);
  }

  private static void calibration(Html page, RunFindings found) {
    found
        .calibration()
        .ifPresent(
            calibration -> {
              page.heading(3, "Calibration");
              page.paragraph(
                  String.format(
                      Locale.ROOT,
                      "Expected calibration error %.4f over %d answers.",
                      calibration.error(),
                      calibration.answers()));
              page.markup(
                  Svg.reliability(
                      "Accuracy by probability; on the dashed line both are the same",
                      calibration));
              List<List<String>> rows = new ArrayList<>();
              calibration.bins().stream()
                  .filter(bin -> bin.answers() > 0)
                  .forEach(
                      bin ->
                          rows.add(
                              List.of(
                                  String.format(Locale.ROOT, "%.1f to %.1f", bin.low(), bin.high()),
                                  Integer.toString(bin.answers()),
                                  score(bin.confidence()),
                                  score(bin.accuracy()))));
              page.table(
                  "Answers by their probability",
                  List.of("probability", "answers", "mean probability", "accuracy"),
                  rows);
            });
  }

  private static void lengths(Html page, RunFindings found) {
    List<List<String>> rows = new ArrayList<>();
    found
        .byLength(BANDS)
        .forEach(
            band ->
                rows.add(
                    List.of(
                        band.from() + " to " + band.to(),
                        Integer.toString(band.rows()),
                        score(band.right()))));
    page.heading(3, "Length");
    page.table("Mean score of rows by their length", List.of("words", "rows", "score"), rows);
  }

  private static void prompt(Html page, RunFindings found) {
    if (!found.attention().isEmpty()) {
      page.heading(3, "The prompt in the layers");
      double mean =
          found.attention().values().stream().flatMapToDouble(Arrays::stream).average().orElse(0);
      page.paragraph(
          String.format(
              Locale.ROOT,
              "How much of what each head gives comes from the prompt, in percent; %.1f on average:"
                  + " how much of its attention is on the prompt where there is one softmax, and"
                  + " how much is added where the prompt has its own.",
              100 * mean));
      page.markup(
          Svg.heatmap(
              "Percent of what each head of each layer gives that comes from the prompt",
              found.attention()));
    }
    if (!found.nearest().isEmpty()) {
      page.heading(3, "Nearest words of soft tokens");
      List<List<String>> rows = new ArrayList<>();
      for (int i = 0; i < found.nearest().size(); i++) {
        List<String> words = new ArrayList<>();
        for (Neighbour near : found.nearest().get(i)) {
          words.add(String.format(Locale.ROOT, "%s (%.2f)", near.word(), near.cosine()));
        }
        rows.add(List.of(Integer.toString(i + 1), String.join(", ", words)));
      }
      page.table("Words by the cosine of their embeddings", List.of("token", "words"), rows);
    }
  }

  private static void errors(Html page, RunFindings found) {
    List<List<String>> rows = new ArrayList<>();
    for (AnsweredRow row : found.worst(WORST)) {
      rows.add(
          List.of(
              row.place(),
              row.wanted(),
              row.answered(),
              Double.isNaN(row.probability()) ? score(row.score()) : score(row.probability()),
              shortened(String.join(" | ", row.texts()))));
    }
    page.heading(3, "Worst errors");
    if (rows.isEmpty()) {
      page.paragraph("None.");
      return;
    }
    page.table(
        "Errors of which it was surest, or with the lowest score",
        List.of("row", "right", "answered", "probability or score", "text"),
        rows);
  }

  private static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST_TEXT
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST_TEXT)) + " …";
  }

  /** A figure as tables have it. */
  static String score(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "–";
  }
}
