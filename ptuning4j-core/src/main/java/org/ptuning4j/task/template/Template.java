package org.ptuning4j.task.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.text.TextTokenizer;

/**
 * Makes a text from the columns of a row. {@code {premise}} stands for a column, {@code
 * {sentence|content}} for the first of several that the row has (files of one data set do not
 * always agree), <code>{{</code> and <code>}}</code> for the braces themselves. Everything else is
 * taken as it is: {@code "{word}: {sentence1}"}. Immutable; equal where the source is equal.
 */
public final class Template {

  private final String source;
  private final List<Part> parts;

  private Template(String source, List<Part> parts) {
    this.source = source;
    this.parts = List.copyOf(parts);
  }

  private sealed interface Part permits Words, Field {}

  private record Words(String text) implements Part {}

  /** A place for a column: at a character of the source counted from 1, one name or several. */
  private record Field(int position, List<String> names) implements Part {

    String quoted() {
      return "'" + String.join("' or '", names) + "'";
    }
  }

  /**
   * Reads a template.
   *
   * @throws InvalidInputException naming the character where a brace or a name is wrong, or where
   *     there is no column in it
   */
  public static Template parse(String source) {
    return new Template(source, new Parser(source).parts());
  }

  /**
   * The template that is one column and nothing else.
   *
   * @throws InvalidInputException where the name has a brace or a bar in it
   */
  public static Template column(String name) {
    if (name.matches("(?s).*[{}|].*")) {
      throw InvalidInputException.of("column '%s': a name with {, } or | cannot be used", name);
    }
    return parse("{" + NormalText.of(name) + "}");
  }

  /** Reads what a person gives: a template where there is a brace in it, else a column's name. */
  public static Template of(String columnOrTemplate) {
    return columnOrTemplate.contains("{") ? parse(columnOrTemplate) : column(columnOrTemplate);
  }

  /** The template as it was written. */
  public String source() {
    return source;
  }

  /** All column names in it, in order, alternatives included. */
  public List<String> columns() {
    return fields().stream().flatMap(field -> field.names().stream()).distinct().toList();
  }

  /** The names of its only part, if that is a column; else none. */
  public List<String> singleColumn() {
    return parts.size() == 1 && parts.get(0) instanceof Field field ? field.names() : List.of();
  }

  /**
   * The text that it makes of a plain text: with its own words around it where there is one place
   * for a column; where there are several, the plain text itself.
   */
  public String fill(String plain) {
    if (fields().size() != 1) {
      return plain;
    }
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(part instanceof Words words ? words.text() : plain);
    }
    return text.toString();
  }

  /**
   * Makes the text of a row.
   *
   * @throws UnusableRowException where a column is missing, blank or not text
   */
  public String render(Row row) throws UnusableRowException {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      if (part instanceof Words words) {
        text.append(words.text());
      } else if (part instanceof Field field) {
        text.append(value(row, field));
      }
    }
    return text.toString();
  }

  /** Whether the row has something in every column that the template needs. */
  public boolean isFilled(Row row) {
    return fields().stream()
        .allMatch(field -> present(row, field).filter(row::isFilled).isPresent());
  }

  /**
   * Checks that a file has the columns.
   *
   * @throws InvalidInputException naming the missing column, the character of the template, and the
   *     columns that there are
   */
  public void requireColumns(Table table) {
    for (Field field : fields()) {
      if (field.names().stream().noneMatch(table.columnNames()::contains)) {
        String where =
            parts.size() > 1
                ? " (template \"" + source + "\", character " + field.position() + ")"
                : "";
        throw LikelyColumns.missing(table, field.quoted() + where, field.names().get(0), true);
      }
    }
  }

  /**
   * Makes sure that its words spell no special token, which would be read as any other text.
   *
   * @throws InvalidInputException naming the token
   */
  public void requireNoSpecialTokens(TextTokenizer tokenizer) {
    for (Part part : parts) {
      if (part instanceof Words words) {
        for (String token : tokenizer.specialTokensIn(words.text())) {
          throw InvalidInputException.of(
              "template \"%s\" spells the special token '%s', which would be read as any other"
                  + " text; a second text is given as 'pair'",
              source, token);
        }
      }
    }
  }

  private List<Field> fields() {
    return parts.stream().filter(Field.class::isInstance).map(Field.class::cast).toList();
  }

  private static String value(Row row, Field field) throws UnusableRowException {
    String column =
        present(row, field)
            .orElseThrow(
                () -> UnusableRowException.withoutText("column " + field.quoted() + " is missing"));
    Object value = row.get(column);
    if (!(value instanceof String text)) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "column '%s' holds a %s (%s) where text is needed",
              column,
              ColumnValues.kind(value),
              ColumnValues.shown(value)));
    }
    if (!NormalText.isVisible(text)) {
      throw UnusableRowException.withoutText(
          "column '" + column + (text.isBlank() ? "' is empty" : "' holds nothing visible"));
    }
    return text;
  }

  private static Optional<String> present(Row row, Field field) {
    return field.names().stream().filter(name -> row.get(name) != null).findFirst();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Template template && template.source.equals(source);
  }

  @Override
  public int hashCode() {
    return Objects.hash(source);
  }

  @Override
  public String toString() {
    return source;
  }

  private static final class Parser {

    private final String source;
    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder words = new StringBuilder();
    private int at;

    Parser(String source) {
      this.source = source;
    }

    List<Part> parts() {
      while (at < source.length()) {
        char c = source.charAt(at);
        if (c != '{' && c != '}') {
          words.append(c);
          at++;
        } else if (at + 1 < source.length() && source.charAt(at + 1) == c) {
          words.append(c);
          at += 2;
        } else if (c == '{') {
          endWords();
          parts.add(field());
        } else {
          throw error("a closing brace without an opening one (}} writes a brace itself)");
        }
      }
      endWords();
      if (parts.stream().noneMatch(Field.class::isInstance)) {
        at = 0;
        throw error("no column in it; write a column's name in braces, such as {sentence}");
      }
      return parts;
    }

    private Field field() {
      int end = source.indexOf('}', at);
      if (end < 0) {
        throw error("an opening brace that is never closed ({{ writes a brace itself)");
      }
      List<String> names = new ArrayList<>();
      for (String name : source.substring(at + 1, end).split("\\|", -1)) {
        if (NormalText.of(name).isEmpty() || name.contains("{")) {
          throw error("'" + name.strip() + "' is no column's name");
        }
        names.add(NormalText.of(name));
      }
      Field field = new Field(at + 1, List.copyOf(names));
      at = end + 1;
      return field;
    }

    private void endWords() {
      if (words.length() > 0) {
        parts.add(new Words(words.toString()));
        words.setLength(0);
      }
    }

    private InvalidInputException error(String problem) {
      return InvalidInputException.of("template \"%s\", character %d: %s", source, at + 1, problem);
    }
  }
}
