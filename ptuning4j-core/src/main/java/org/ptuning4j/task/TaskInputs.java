package org.ptuning4j.task;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;

/**
 * What an example of a task is made of, in the order in which a person gives it, and the columns
 * that it is read from.
 *
 * @param fields one at least, with different names
 * @param further names of other columns that are read where they are there, such as those that a
 *     template for words has beside the texts
 */
public record TaskInputs(List<Field> fields, List<String> further) {

  /** What a field holds. */
  public enum Kind {
    /** A text. */
    TEXT(true),
    /** Words: a list of them, or a text that is split. */
    WORDS(true),
    /** A list of texts, such as candidates. */
    TEXTS(false),
    /** A whole number, such as the index of a word. */
    WHOLE_NUMBER(false);

    private final boolean isText;

    Kind(boolean isText) {
      this.isText = isText;
    }
  }

  /**
   * One part of an example.
   *
   * @param name what it is, such as {@code question}
   * @param kind what it holds
   * @param source the columns that make it; of alternatives the last one takes a plain text
   */
  public record Field(String name, Kind kind, Template source) {

    /** A text in a column, or made by a template. */
    public static Field text(String name, String source) {
      return new Field(name, Kind.TEXT, Template.of(source));
    }

    /** Whether it is read from the column that is called as it is, and from no other. */
    private boolean isItsOwnColumn() {
      return source.columns().equals(List.of(name));
    }

    private String column() {
      List<String> columns = source.columns();
      return columns.get(columns.size() - 1);
    }
  }

  /** Copies the lists; checks that there is something to read. */
  public TaskInputs {
    fields = List.copyOf(fields);
    further = List.copyOf(further);
    if (fields.isEmpty()) {
      throw new IllegalArgumentException("a task takes something");
    }
  }

  /** Inputs of these fields alone. */
  public TaskInputs(List<Field> fields) {
    this(fields, List.of());
  }

  /** The same with other columns that are read where they are there; those of fields are known. */
  public TaskInputs reading(List<String> columns) {
    Set<String> more = new LinkedHashSet<>(further);
    more.addAll(columns);
    fields.forEach(field -> more.removeAll(field.source().columns()));
    return new TaskInputs(fields, List.copyOf(more));
  }

  /** Inputs of these fields. */
  public static TaskInputs of(Field... fields) {
    return new TaskInputs(List.of(fields));
  }

  /** A text, or two: {@code text} and {@code pair}. */
  public static TaskInputs of(TextColumns columns) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("text", Kind.TEXT, columns.text()));
    if (columns.pair() != null) {
      fields.add(new Field("pair", Kind.TEXT, columns.pair()));
    }
    return new TaskInputs(fields);
  }

  /** The names of the fields that are texts. */
  public List<String> texts() {
    return fields.stream().filter(field -> field.kind().isText).map(Field::name).toList();
  }

  /** Whether so many texts are all that an example needs. */
  public boolean areTexts(int count) {
    return fields.size() == count && texts().size() == count;
  }

  /**
   * Makes sure that texts are all that an example needs.
   *
   * @throws UnusableRowException saying what is missing, or too much
   */
  public void requireTexts(int given) throws UnusableRowException {
    if (!areTexts(given)) {
      throw new UnusableRowException(
          texts().size() == fields.size()
              ? "it takes " + count(fields.size()) + names() + ", and there " + areOnly(given)
              : "it takes rows with columns of its own ("
                  + String.join(", ", fields.stream().map(Field::name).toList())
                  + "), not "
                  + count(given));
    }
  }

  private static String count(int texts) {
    return switch (texts) {
      case 1 -> "one text";
      case 2 -> "two texts";
      default -> texts + " texts";
    };
  }

  private String names() {
    return fields.size() == 1 ? "" : " (" + String.join(", ", texts()) + ")";
  }

  private String areOnly(int given) {
    String only = given < fields.size() ? "only " : "";
    return given == 1 ? "is " + only + "one" : "are " + only + (given == 2 ? "two" : given);
  }

  /**
   * Makes sure that there is something in each of the texts.
   *
   * @throws UnusableRowException with the name of one that shows nothing
   */
  public void requireVisible(List<String> texts) throws UnusableRowException {
    for (int i = 0; i < texts.size(); i++) {
      if (!NormalText.isVisible(texts.get(i))) {
        throw UnusableRowException.withoutText(
            "'"
                + fields.get(i).name()
                + (texts.get(i).isBlank() ? "' is empty" : "' holds nothing visible"));
      }
    }
  }

  /** A row of plain texts, each in the column of its field. */
  public Row row(int line, List<String> texts) throws UnusableRowException {
    requireTexts(texts.size());
    requireVisible(texts);
    Map<String, Object> columns = new LinkedHashMap<>();
    for (int i = 0; i < texts.size(); i++) {
      columns.put(fields.get(i).column(), texts.get(i));
    }
    return new Row(line, columns);
  }

  /**
   * Whether values are a row of the task's data, with what else there is beside them: each field
   * has columns of its own among them, and those are what is read.
   */
  private boolean isRow(Map<String, ?> values) {
    List<String> names = fields.stream().map(Field::name).toList();
    return fields.stream()
        .allMatch(
            field -> {
              List<String> columns = field.source().columns();
              return columns.stream()
                      .anyMatch(column -> values.get(column) != null && !names.contains(column))
                  || (names.containsAll(columns)
                      && columns.stream().anyMatch(column -> values.get(column) != null));
            });
  }

  /**
   * The texts of named values, in the order of the fields; empty unless texts are all that an
   * example needs and each is there under its name, and not in the columns of the task's data.
   */
  public Optional<List<String>> namedTexts(Map<String, Object> values) {
    List<String> found = new ArrayList<>();
    if (isRow(values) && !fields.stream().allMatch(Field::isItsOwnColumn)) {
      return Optional.empty();
    }
    for (Field field : fields) {
      if (!field.kind().isText || !(values.get(field.name()) instanceof String text)) {
        return Optional.empty();
      }
      found.add(text);
    }
    return Optional.of(found);
  }

  /**
   * A row of named values: each by the name of its field, or by the columns that the field is read
   * from. Where all fields have columns of theirs, as in a row of the task's data, those are read.
   * Further values are left as they are; {@link #unread} tells them.
   *
   * @throws UnusableRowException naming what is missing, and what an example is made of
   */
  public Row row(int line, Map<String, Object> values) throws UnusableRowException {
    Map<String, Object> columns = new LinkedHashMap<>(values);
    for (Field field : fields) {
      if (!isInColumns(field, values)) {
        Object value = values.get(field.name());
        if (value == null) {
          throw missing(field);
        }
        field.source().columns().forEach(columns::remove);
        columns.put(field.column(), value);
      }
    }
    return new Row(line, columns);
  }

  private boolean isInColumns(Field field, Map<String, ?> values) {
    boolean allNamed = fields.stream().allMatch(each -> values.get(each.name()) != null);
    return isRow(values)
        || (!allNamed
            && field.source().columns().stream().anyMatch(name -> values.get(name) != null));
  }

  /** The names of those values that {@link #row(int, Map)} reads into no field, nor beside them. */
  public List<String> unread(Map<String, ?> values) {
    Set<String> read = new HashSet<>(further);
    for (Field field : fields) {
      read.addAll(isInColumns(field, values) ? field.source().columns() : List.of(field.name()));
    }
    return values.entrySet().stream()
        .filter(value -> value.getValue() != null && !read.contains(value.getKey()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toList());
  }

  private UnusableRowException missing(Field field) {
    String message =
        String.format(
            Locale.ROOT,
            "'%s' is missing; it takes: %s",
            field.name(),
            String.join(", ", fields.stream().map(Field::name).toList()));
    return field.kind().isText
        ? UnusableRowException.withoutText(message)
        : new UnusableRowException(message);
  }

  /**
   * A row as if some of the texts stood in the task's own columns.
   *
   * @param sources what makes a text, by the name of its field
   */
  public Row row(Row row, Map<String, Template> sources) throws UnusableRowException {
    Map<String, Object> columns = new LinkedHashMap<>(row.columns());
    for (Field field : fields) {
      if (sources.containsKey(field.name())) {
        field.source().columns().forEach(columns::remove);
        columns.put(field.column(), sources.get(field.name()).render(row));
      }
    }
    return new Row(row.line(), row.record(), columns);
  }

  /**
   * The same inputs with some of the texts made of other columns.
   *
   * @param sources what makes a text, by the name of its field
   * @throws InvalidInputException if there is no such text
   */
  public TaskInputs from(Map<String, Template> sources) {
    for (String name : sources.keySet()) {
      if (!texts().contains(name)) {
        throw InvalidInputException.of(
            "there is no text '%s'; the texts are: %s", name, String.join(", ", texts()));
      }
    }
    return new TaskInputs(
        fields.stream()
            .map(
                field ->
                    new Field(
                        field.name(),
                        field.kind(),
                        sources.getOrDefault(field.name(), field.source())))
            .toList(),
        further);
  }

  /**
   * Makes sure that a file has the columns.
   *
   * @throws InvalidInputException naming the one that is missing and those that there are
   */
  public void requireIn(Table table) {
    fields.forEach(field -> field.source().requireColumns(table));
  }

  /** Whether a line of these names is a header: each field has one of its columns among them. */
  public boolean isHeader(List<String> names) {
    return fields.stream()
        .allMatch(field -> field.source().columns().stream().anyMatch(names::contains));
  }
}
