package org.ptuning4j.task.standard;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.ptuning4j.Fields;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.task.TableExamples;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.template.LikelyColumns;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.task.text.TextClassification;
import org.ptuning4j.text.Truncation;

/**
 * WSC of SuperGLUE: whether a pronoun (span 2) stands for a noun (span 1). The model reads
 * ("pronoun: text", noun), or one text in which both are marked, {@code #noun#} and {@code
 * *pronoun*}. A row whose spans are not where it says is a bad row.
 *
 * @param base the classification of the texts so made
 * @param marked whether the spans are marked in the text
 */
public record WscTask(SequenceClassificationTask base, boolean marked)
    implements TextClassification {

  /** Its kind in packs. */
  public static final String KIND = "wsc";

  private static final String MARKED_TEXT = "marked_text";

  /** Checks that there is a task. */
  public WscTask {
    Objects.requireNonNull(base, "base");
  }

  /** The task in one of its two forms. */
  static WscTask named(String name, boolean marked, Truncation truncation) {
    return new WscTask(
        new SequenceClassificationTask(
            new TaskInfo(
                name,
                "SuperGLUE WSC: does the pronoun stand for the noun?"
                    + (marked ? " (both marked in the text)" : ""),
                Metric.keys(Metric.ACCURACY, Metric.MACRO_F1, Metric.MCC),
                truncation,
                SuperGlueTasks.wscPresets(name)),
            new TextColumns(
                Template.parse(marked ? "{" + MARKED_TEXT + "}" : "{span2_text}: {text}"),
                marked ? null : Template.column("span1_text")),
            "label",
            List.of("false", "true"),
            Map.of("false", "no", "true", "yes")),
        marked);
  }

  /** The task of a definition. */
  public static WscTask of(Fields fields) {
    boolean marked = fields.flag("marked", false);
    TaskInfo usual = named(marked ? "wsc-marked" : "wsc", marked, SuperGlueTasks.SENTENCES).info();
    TaskInfo info = TaskInfo.readFixed(fields, usual, "marked");
    return named(info.name(), marked, info.truncation());
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = info().fixedDefinition(KIND);
    definition.put("marked", marked);
    return definition;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public TaskInputs inputs() {
    return TaskInputs.of(
            TaskInputs.Field.text("text", "text"),
            TaskInputs.Field.text("noun", "{target|span1_text}"),
            TaskInputs.Field.text("pronoun", "{target|span2_text}"))
        .reading(List.of("span1_index", "span2_index"));
  }

  @Override
  public Set<String> ownFields() {
    Set<String> own = new LinkedHashSet<>(base.ownFields());
    own.add(MARKED_TEXT);
    return own;
  }

  @Override
  public Examples<TextExample> read(InputFile file) {
    return examples(new TableReader().read(file));
  }

  Examples<TextExample> examples(Table table) {
    requireColumns(table, true);
    TableExamples.Reading<TextExample> labelled = base.labelledRows();
    return TableExamples.of(table, row -> labelled.read(flat(row)));
  }

  @Override
  public Examples<TextExample> readUnlabelled(InputFile file) {
    Table table = new TableReader().read(file);
    requireColumns(table, false);
    return TableExamples.of(table, this::readRow);
  }

  /** Reads {@code text} and the spans, within {@code target} or beside the text. */
  @Override
  public TextExample readRow(Row row) throws UnusableRowException {
    return base.readRow(flat(row));
  }

  private static void requireColumns(Table table, boolean labelled) {
    Template.column("text").requireColumns(table);
    if (!table.columnNames().contains("target")) {
      Template.column("span1_text").requireColumns(table);
      Template.column("span2_text").requireColumns(table);
    }
    if (labelled && !table.columnNames().contains("label")) {
      throw LikelyColumns.missing(table, "'label' (the label)", "label", false);
    }
  }

  /** The row with its spans as columns, checked against the text. */
  private static Row flat(Row row) throws UnusableRowException {
    Map<String, Object> columns = new LinkedHashMap<>(row.columns());
    if (columns.remove("target") instanceof Map<?, ?> target) {
      target.forEach((name, value) -> columns.put(String.valueOf(name), value));
    }
    Row flat = new Row(row.line(), row.record(), columns);
    String text = Template.column("text").render(flat);
    WordSpan noun = WordSpan.in(text, flat, "span1");
    WordSpan pronoun = WordSpan.in(text, flat, "span2");
    columns.put(MARKED_TEXT, WordSpan.marked(text, noun, '#', pronoun, '*'));
    return new Row(row.line(), row.record(), columns);
  }
}
