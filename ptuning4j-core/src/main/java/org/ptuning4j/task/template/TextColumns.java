package org.ptuning4j.task.template;

import java.util.Map;
import java.util.Objects;
import org.ptuning4j.Fields;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.text.TextTokenizer;

/**
 * The columns that make what a model reads of a row: a text, or two.
 *
 * @param text makes the text, or the first of two
 * @param pair makes the second, or {@code null} where there is one text only
 */
public record TextColumns(Template text, Template pair) {

  /** Checks that there is a text. */
  public TextColumns {
    Objects.requireNonNull(text, "text");
  }

  /** Reads {@code text} and {@code pair}, each a column's name or a template. */
  public static TextColumns of(Fields fields) {
    return new TextColumns(
        Template.of(fields.text("text")),
        fields.optionalText("pair").map(Template::of).orElse(null));
  }

  /** Whether there are two texts. */
  public boolean hasPair() {
    return pair != null;
  }

  /**
   * The same texts, some of them made of other columns.
   *
   * @param sources what makes {@code text} or {@code pair}
   */
  public TextColumns from(Map<String, Template> sources) {
    return new TextColumns(
        sources.getOrDefault("text", text),
        pair == null ? null : sources.getOrDefault("pair", pair));
  }

  public void write(Map<String, Object> definition) {
    definition.put("text", text.source());
    definition.put("pair", pair == null ? null : pair.source());
  }

  /** Makes sure that a file has the columns, and the label's where there has to be one. */
  public void requireIn(Table table, String labelColumnOrNull) {
    text.requireColumns(table);
    if (pair != null) {
      pair.requireColumns(table);
    }
    if (labelColumnOrNull != null) {
      new LabelColumn(labelColumnOrNull).requireIn(table);
    }
  }

  /**
   * Makes sure that the templates' own words spell no special token.
   *
   * @throws org.ptuning4j.InvalidInputException naming the token
   */
  public void requireNoSpecialTokens(TextTokenizer tokenizer) {
    text.requireNoSpecialTokens(tokenizer);
    if (pair != null) {
      pair.requireNoSpecialTokens(tokenizer);
    }
  }

  /** Whether a column is part of a text. */
  public boolean read(String column) {
    return text.columns().contains(column) || (pair != null && pair.columns().contains(column));
  }

  public String text(Row row) throws UnusableRowException {
    return text.render(row);
  }

  public String pairOrNull(Row row) throws UnusableRowException {
    return pair == null ? null : pair.render(row);
  }
}
