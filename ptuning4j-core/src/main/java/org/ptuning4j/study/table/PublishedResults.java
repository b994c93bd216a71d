package org.ptuning4j.study.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.ptuning4j.InvalidInputException;

/**
 * Published numbers that a study is compared with: tables 2, 3 and 4 of P-Tuning v2 (arXiv
 * 2110.07602), in percent, on the development sets.
 *
 * <p>Models are {@code bert-large}, {@code roberta-large}, {@code glm-2b} and {@code
 * deberta-xlarge}; metrics {@code accuracy}, {@code f1} and {@code em} (exact match).
 */
public final class PublishedResults {

  /**
   * One published number.
   *
   * @param source the paper
   * @param table the number of its table
   * @param model the class of models
   * @param task the key of the task
   * @param metric {@code accuracy}, {@code f1} or {@code em}
   * @param method the table's column
   * @param value in percent, as printed
   */
  public record Entry(
      String source,
      int table,
      String model,
      String task,
      String metric,
      PublishedMethod method,
      double value) {}

  private static final String HEADER = "source,table,model,task,metric,method,value";

  /** Other names of the three metrics. */
  /** Tasks of this library under the names of the papers' tables. */
  private static final Map<String, String> SAME_TASK =
      Map.of("srl-conll12", "conll12", "srl-conll05", "conll05-wsj");

  private static final Map<String, String> SAME_METRIC =
      Map.of(
          "acc", "accuracy",
          "exact_match", "em",
          "f1a", "f1",
          "span_f1", "f1",
          "entity_f1", "f1");

  private final List<Entry> entries;

  private PublishedResults(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** Reads the numbers that come with the library. */
  public static PublishedResults load() {
    try (InputStream in = PublishedResults.class.getResourceAsStream("published.csv")) {
      if (in == null) {
        throw new IllegalStateException("published.csv is missing from the library");
      }
      return parse("published.csv", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("published.csv cannot be read from the library", e);
    }
  }

  /** Reads numbers from text; fields are not quoted. */
  static PublishedResults parse(String name, String csv) {
    List<String> lines = csv.lines().toList();
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw InvalidInputException.of("%s: the first line must be %s", name, HEADER);
    }
    List<Entry> entries = new ArrayList<>();
    TreeSet<String> seen = new TreeSet<>();
    for (int i = 1; i < lines.size(); i++) {
      String where = name + ":" + (i + 1);
      Entry entry = entry(where, lines.get(i).split(",", -1));
      String key =
          entry.model() + "/" + entry.task() + "/" + entry.metric() + "/" + entry.method().key();
      if (!seen.add(key)) {
        throw InvalidInputException.of("%s: %s is there twice", where, key);
      }
      entries.add(entry);
    }
    return new PublishedResults(entries);
  }

  private static Entry entry(String where, String[] fields) {
    if (fields.length != 7) {
      throw InvalidInputException.of("%s: %d fields instead of 7", where, fields.length);
    }
    PublishedMethod method =
        PublishedMethod.of(fields[5])
            .orElseThrow(
                () -> InvalidInputException.of("%s: method '%s' is unknown", where, fields[5]));
    try {
      double value = Double.parseDouble(fields[6]);
      if (!(value >= 0 && value <= 100)) {
        throw InvalidInputException.of("%s: value %s is not within 0 … 100", where, fields[6]);
      }
      return new Entry(
          fields[0], Integer.parseInt(fields[1]), fields[2], fields[3], fields[4], method, value);
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          where + ": table '" + fields[1] + "' or value '" + fields[6] + "' is no number", e);
    }
  }

  /** Every number, in the order of the papers' tables. */
  public List<Entry> entries() {
    return entries;
  }

  /**
   * A number in percent, as printed.
   *
   * @param modelClass such as {@code roberta-large}; case does not matter
   * @param task such as {@code rte}, {@code squad1}, {@code conll05-wsj}; case does not matter
   * @param metric {@code accuracy}, {@code f1} or {@code em}; also {@code acc}, {@code f1a}, {@code
   *     span_f1}, {@code entity_f1}, {@code exact_match}
   * @param method the table's column
   * @return empty where nothing was published
   */
  public Optional<Double> find(
      String modelClass, String task, String metric, PublishedMethod method) {
    return entry(modelClass, task, metric, method).map(Entry::value);
  }

  /** The same number with its source and table. */
  public Optional<Entry> entry(
      String modelClass, String task, String metric, PublishedMethod method) {
    String name = metric.toLowerCase(Locale.ROOT);
    String key = task.toLowerCase(Locale.ROOT);
    String sameTask = SAME_TASK.getOrDefault(key, key);
    String sameMetric = SAME_METRIC.getOrDefault(name, name);
    return entries.stream()
        .filter(entry -> entry.method() == method)
        .filter(entry -> entry.model().equals(modelClass.toLowerCase(Locale.ROOT)))
        .filter(entry -> entry.task().equals(sameTask))
        .filter(entry -> entry.metric().equals(sameMetric))
        .findFirst();
  }
}
