package org.ptuning4j.task.text;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.value.LabelSet;
import org.ptuning4j.data.value.ListValue;
import org.ptuning4j.data.value.NormalLabel;
import org.ptuning4j.task.template.ColumnValues;
import org.ptuning4j.task.template.LabelColumn;

/**
 * Reads the labels that apply to a text. They are written as a list, as a text that spells a list
 * ({@code "['a', 'b']"}), as a text with separators, or, where the labels are known, as a 0 or 1
 * for each of them. An empty one means that none applies; one that is missing makes a bad row.
 *
 * @param column where they are
 * @param separator what stands between them in a text
 * @param known all labels; empty until the training data tell
 */
record LabelLists(LabelColumn column, String separator, LabelSet known) {

  private static final Set<String> MARKS = Set.of("0", "1");

  /** The labels of a row, each once. */
  List<String> of(Row row) throws UnusableRowException {
    if (row.get(column.name()) == null) {
      throw UnusableRowException.withoutAnswer(
          "label column '"
              + column.name()
              + "' is missing; where no label applies, write [] or \"\"");
    }
    if (!row.isFilled(column.name())) {
      return List.of();
    }
    List<?> written = written(row.get(column.name()));
    for (Object each : written) {
      requireLabel(each);
    }
    return areMarks(written) ? marked(written) : named(written);
  }

  /** Whether labels are zeros and ones only, which are no names for labels. */
  static boolean areMarks(Set<String> labels) {
    return MARKS.containsAll(labels);
  }

  private List<?> written(Object value) throws UnusableRowException {
    Optional<List<?>> list = ListValue.of(value);
    if (list.isPresent()) {
      return list.get();
    }
    if (value instanceof Map<?, ?>) {
      throw new UnusableRowException(
          "label column '" + column.name() + "' holds an object, must be a list or a text");
    }
    if (!(value instanceof String text)) {
      return List.of(value);
    }
    if (text.strip().startsWith("[")) {
      throw new UnusableRowException(
          "label column '"
              + column.name()
              + "' is '"
              + ColumnValues.shown(text)
              + "', which begins like a list and is none; write [\"a\", \"b\"] or a"
              + separator
              + "b");
    }
    return List.of(text.split(Pattern.quote(separator), -1));
  }

  private void requireLabel(Object each) throws UnusableRowException {
    boolean kind = each instanceof String || each instanceof Number || each instanceof Boolean;
    if (!kind || NormalLabel.of(each).isEmpty()) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "label column '%s' holds %s where a label is needed",
              column.name(),
              each == null ? "null" : "'" + ColumnValues.shown(each) + "'"));
    }
  }

  /** Zeros and ones are marks where they are no labels themselves. */
  private boolean areMarks(List<?> written) {
    return !known.all().isEmpty()
        && known.all().stream().map(NormalLabel::of).noneMatch(MARKS::contains)
        && written.stream().map(NormalLabel::of).allMatch(MARKS::contains)
        && !written.isEmpty();
  }

  private List<String> marked(List<?> marks) throws UnusableRowException {
    List<String> labels = known.all();
    if (marks.size() != labels.size()) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "label column '%s' holds %d marks (0 or 1) for %d labels (%s); there must be as many",
              column.name(),
              marks.size(),
              labels.size(),
              String.join(", ", labels)));
    }
    List<String> applying = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      if (NormalLabel.of(marks.get(i)).equals("1")) {
        applying.add(labels.get(i));
      }
    }
    return applying;
  }

  private List<String> named(List<?> written) throws UnusableRowException {
    Set<String> found = new LinkedHashSet<>();
    for (Object each : written) {
      String label = known.all().isEmpty() ? NormalLabel.of(each) : label(each);
      if (!found.add(label)) {
        throw new UnusableRowException("label '" + ColumnValues.shown(label) + "' is given twice");
      }
    }
    return List.copyOf(found);
  }

  private String label(Object written) throws UnusableRowException {
    return known.find(written).orElseThrow(() -> new UnusableRowException(known.problem(written)));
  }
}
