package org.ptuning4j.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ptuning4j.metric.ClassificationMetrics;
import org.ptuning4j.metric.LabelScore;
import org.ptuning4j.metric.Metric;

/** A classification's scores, with a table of labels and one of what was taken for what. */
public final class LabelScores {

  private LabelScores() {}

  public static Scores of(ClassificationMetrics scores, List<String> names, List<Metric> metrics) {
    Scores.Builder built = Scores.builder();
    metrics.forEach(metric -> built.metric(metric.key(), scores.value(metric)));
    return built.table(labels(scores, names)).table(confusion(scores, names)).build();
  }

  private static Scores.Table labels(ClassificationMetrics scores, List<String> names) {
    List<List<String>> rows = new ArrayList<>();
    for (int label = 0; label < names.size(); label++) {
      rows.add(row(names.get(label), scores.labels().get(label)));
    }
    return new Scores.Table("labels", HEADER, rows);
  }

  public static final List<String> HEADER = List.of("", "precision", "recall", "f1", "rows");

  public static List<String> row(String name, LabelScore score) {
    return List.of(
        name,
        percent(score.precision()),
        percent(score.recall()),
        percent(score.f1()),
        String.valueOf(score.support()));
  }

  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  private static Scores.Table confusion(ClassificationMetrics scores, List<String> names) {
    List<String> header = new ArrayList<>(List.of("true \\ predicted"));
    header.addAll(names);
    List<List<String>> rows = new ArrayList<>();
    int[][] counts = scores.confusion();
    for (int truth = 0; truth < counts.length; truth++) {
      List<String> row = new ArrayList<>(List.of(names.get(truth)));
      for (int count : counts[truth]) {
        row.add(String.valueOf(count));
      }
      rows.add(row);
    }
    return new Scores.Table("what was taken for what", header, rows);
  }
}
