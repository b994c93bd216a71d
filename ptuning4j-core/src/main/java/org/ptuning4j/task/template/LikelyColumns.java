package org.ptuning4j.task.template;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.table.Table;

/** Guesses, from a file's first rows, which column holds the text and which the label. */
public final class LikelyColumns {

  private static final int SAMPLE = 1000;
  private static final int MOST_LABELS = 50;
  private static final List<String> LABEL_NAMES =
      List.of("label", "labels", "class", "category", "target", "answer");

  private LikelyColumns() {}

  /** The error for a column that a file lacks, with the likeliest one that it has. */
  public static InvalidInputException missing(Table table, String what, String name, boolean text) {
    String guess =
        Spelling.closest(name, table.columnNames())
            .or(() -> text ? textColumn(table) : labelColumn(table))
            .map(column -> "; did you mean '" + column + "'?")
            .orElse("");
    return InvalidInputException.of(
        "%s has no column %s; its columns are: %s%s",
        table.file(), what, String.join(", ", table.columnNames()), guess);
  }

  /** The column with the longest texts. */
  public static Optional<String> textColumn(Table table) {
    return table.columnNames().stream()
        .filter(column -> characters(table, column) > 0)
        .max(Comparator.comparingLong(column -> characters(table, column)));
  }

  /** The column with the fewest different values, at least two; a telling name comes first. */
  public static Optional<String> labelColumn(Table table) {
    Optional<String> text = textColumn(table);
    return table.columnNames().stream()
        .filter(column -> !text.equals(Optional.of(column)))
        .filter(column -> isLabelLike(table, column))
        .min(
            Comparator.<String, Boolean>comparing(
                    column -> !LABEL_NAMES.contains(column.toLowerCase(Locale.ROOT)))
                .thenComparing(column -> distinct(table, column).size()));
  }

  /** A column that is called as labels are, and has the same value in every row. */
  public static Optional<String> columnOfOneLabel(Table table) {
    return table.columnNames().stream()
        .filter(column -> LABEL_NAMES.contains(column.toLowerCase(Locale.ROOT)))
        .filter(column -> distinct(table, column).size() == 1)
        .findFirst();
  }

  private static boolean isLabelLike(Table table, String column) {
    int values = distinct(table, column).size();
    return values >= 2
        && values <= MOST_LABELS
        && values * 2 <= Math.min(SAMPLE, table.rows().size());
  }

  private static Set<Object> distinct(Table table, String column) {
    return table.rows().stream()
        .limit(SAMPLE)
        .filter(row -> row.isFilled(column))
        .map(row -> row.get(column))
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static long characters(Table table, String column) {
    return table.rows().stream()
        .limit(SAMPLE)
        .map((Row row) -> row.get(column))
        .filter(String.class::isInstance)
        .mapToLong(value -> ((String) value).length())
        .sum();
  }
}
