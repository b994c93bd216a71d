package org.ptuning4j.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.ptuning4j.InvalidInputException;

/**
 * How good answers are. A metric that these answers leave undefined, such as the correlation with a
 * constant, has no value: it is not 0, which would be better than a bad one, and not NaN.
 *
 * @param metrics the value of each metric that has one, by its name; 0 to 1, correlations from −1
 * @param undefined the names of the metrics without a value
 * @param tables what else there is to look at: scores of each label, what was taken for what
 */
public record Scores(Map<String, Double> metrics, Set<String> undefined, List<Table> tables) {

  /**
   * A table.
   *
   * @param title what it shows
   * @param header the columns
   * @param rows the cells, row by row
   */
  public record Table(String title, List<String> header, List<List<String>> rows) {

    /** Copies the lists. */
    public Table {
      header = List.copyOf(header);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /** Copies the collections, and requires finite values. */
  public Scores {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    undefined = Collections.unmodifiableSet(new LinkedHashSet<>(undefined));
    tables = List.copyOf(tables);
    metrics.forEach(
        (name, value) -> {
          if (!Double.isFinite(value)) {
            throw InvalidInputException.of(
                "metric %s is %s; without a finite value it is undefined", name, value);
          }
        });
    if (undefined.stream().anyMatch(metrics::containsKey)) {
      throw InvalidInputException.of(
          "metrics %s: some have a value and are undefined (%s)", metrics.keySet(), undefined);
    }
  }

  /** Metrics that all have a value, with tables. */
  public Scores(Map<String, Double> metrics, List<Table> tables) {
    this(metrics, Set.of(), tables);
  }

  /** Metrics alone, which all have a value. */
  public static Scores of(Map<String, Double> metrics) {
    return new Scores(metrics, List.of());
  }

  /**
   * All metrics in an order, such as that of {@link Task#metricNames}; what the order does not name
   * comes last.
   *
   * @return the value of each, null where it is undefined
   */
  public Map<String, Double> inOrder(List<String> names) {
    Map<String, Double> ordered = new LinkedHashMap<>();
    for (String name : names) {
      if (metrics.containsKey(name) || undefined.contains(name)) {
        ordered.put(name, metrics.get(name));
      }
    }
    metrics.forEach(ordered::putIfAbsent);
    undefined.forEach(name -> ordered.putIfAbsent(name, null));
    return ordered;
  }

  /** Collects metrics one by one. */
  public static Builder builder() {
    return new Builder();
  }

  /** Metrics and tables in their order. */
  public static final class Builder {

    private final Map<String, Double> metrics = new LinkedHashMap<>();
    private final Set<String> undefined = new LinkedHashSet<>();
    private final List<Table> tables = new ArrayList<>();

    private Builder() {}

    /** A metric that has a value. */
    public Builder metric(String name, double value) {
      metrics.put(name, value);
      return this;
    }

    /** A metric that may be undefined. */
    public Builder metric(String name, OptionalDouble value) {
      value.ifPresentOrElse(present -> metrics.put(name, present), () -> undefined.add(name));
      return this;
    }

    /** A table. */
    public Builder table(Table table) {
      tables.add(table);
      return this;
    }

    /** The scores. */
    public Scores build() {
      return new Scores(metrics, undefined, tables);
    }
  }
}
