package org.ptuning4j.task.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.value.ListValue;
import org.ptuning4j.data.value.NormalLabel;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.template.ColumnValues;
import org.ptuning4j.task.template.LikelyColumns;
import org.ptuning4j.task.template.Template;

/**
 * Where a row has its candidates: each in a column of its own, or all in one column that holds a
 * list, or an object with lists {@code text} and {@code label}, as the Hub's copies of ARC and
 * CommonsenseQA have it. Exactly one of the two is given.
 *
 * @param templates one for each candidate; empty where a column holds a list
 * @param column the column that holds a list of texts; {@code null} where there are templates
 */
public record CandidateColumns(List<Template> templates, String column) {

  private static final String TEXTS = "text";
  private static final String NAMES = "label";

  /** Checks that there are two templates, or a column. */
  public CandidateColumns {
    templates = List.copyOf(templates);
    column = column == null ? null : NormalText.of(column);
    if (templates.isEmpty() == (column == null)) {
      throw new InvalidInputException(
          "task.candidates: give either 'candidates' (a column or template for each) or"
              + " 'candidates_column' (one column that holds a list)");
    }
    if (templates.size() == 1) {
      throw InvalidInputException.of(
          "task.candidates: '%s' is the only one; a choice needs two (a column that holds a list"
              + " goes under 'candidates_column')",
          templates.get(0));
    }
  }

  public static CandidateColumns of(Fields fields) {
    return new CandidateColumns(
        fields.textsOrNone("candidates").stream().map(Template::of).toList(),
        fields.optionalText("candidates_column").orElse(null));
  }

  void write(Map<String, Object> definition) {
    if (column == null) {
      definition.put("candidates", templates.stream().map(Template::source).toList());
    } else {
      definition.put("candidates_column", column);
    }
  }

  List<TaskInputs.Field> inputs() {
    if (column != null) {
      return List.of(
          new TaskInputs.Field("candidates", TaskInputs.Kind.TEXTS, Template.column(column)));
    }
    return IntStream.range(0, templates.size())
        .mapToObj(
            i ->
                new TaskInputs.Field(
                    "candidate " + (i + 1), TaskInputs.Kind.TEXT, templates.get(i)))
        .toList();
  }

  void requireIn(Table table) {
    templates.forEach(template -> template.requireColumns(table));
    if (column != null && !table.columnNames().contains(column)) {
      throw LikelyColumns.missing(table, "'" + column + "' (the candidates)", column, true);
    }
  }

  List<String> of(Row row) throws UnusableRowException {
    List<String> candidates = new ArrayList<>();
    if (column == null) {
      for (Template template : templates) {
        candidates.add(template.render(row));
      }
      return candidates;
    }
    Object found = row.get(column);
    Object texts = found instanceof Map<?, ?> object ? object.get(TEXTS) : found;
    List<?> list = ListValue.of(texts).orElse(List.of());
    if (list.size() < 2) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "column '%s' is %s, must be a list of two texts or more, or an object with such a"
                  + " list under 'text'",
              column,
              found == null ? "missing" : ColumnValues.shown(found)));
    }
    for (Object each : list) {
      if (!(each instanceof String text) || !NormalText.isVisible(text)) {
        throw new UnusableRowException(
            String.format(
                Locale.ROOT,
                "column '%s': candidate %d is %s, must be a text",
                column,
                candidates.size() + 1,
                each == null ? "null" : "'" + ColumnValues.shown(each) + "'"));
      }
      candidates.add(text);
    }
    return candidates;
  }

  /**
   * What the candidates are called in the row, by which the right one is named.
   *
   * @return one for each candidate; empty where they have no names
   */
  List<String> names(Row row) throws UnusableRowException {
    if (column == null
        || !(row.get(column) instanceof Map<?, ?> object)
        || object.get(NAMES) == null) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (Object name : ListValue.of(object.get(NAMES)).orElse(List.of())) {
      names.add(NormalLabel.of(name));
    }
    int candidates = ListValue.of(object.get(TEXTS)).map(List::size).orElse(0);
    if (names.size() != candidates || Set.copyOf(names).size() != candidates) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "column '%s' has %d candidates under '%s' and %s under '%s'; each must have a name of"
                  + " its own",
              column,
              candidates,
              TEXTS,
              names,
              NAMES));
    }
    return names;
  }
}
