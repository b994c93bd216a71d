package org.ptuning4j.task.text;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.data.value.LabelSet;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.data.value.NumberedLabels;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SequenceHeadSpec;
import org.ptuning4j.metric.ClassificationMetrics;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.Submissions;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.UsableRows;
import org.ptuning4j.task.cloze.Clozes;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.LabelColumn;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.text.Truncation;

/**
 * One label for a text or for a pair of texts.
 *
 * @param name its name: letters, digits, {@code -} and {@code _}
 * @param description one line on what it asks
 * @param text makes the text, or the first of two, from a row
 * @param pair makes the second text, or {@code null} for a task on single texts
 * @param labelColumn the column that holds the label
 * @param labels the labels as the files write them, in the order of the head's outputs; empty until
 *     they are known, see {@link #inferLabels}
 * @param labelNames what to call a label where its own text says little ({@code "1"} → {@code
 *     "positive"}); labels without an entry are called by their text
 * @param metrics what is reported; the first decides which epoch is the best
 * @param truncation how many tokens are kept and which of two texts gives way
 * @param presets published settings
 */
public record SequenceClassificationTask(
    String name,
    String description,
    Template text,
    Template pair,
    String labelColumn,
    List<String> labels,
    Map<String, String> labelNames,
    List<Metric> metrics,
    Truncation truncation,
    List<Preset> presets)
    implements LabelledTask<TextExample> {

  /** Its kind in packs. */
  public static final String KIND = "sequence-classification";

  /** The length that the published SuperGLUE settings use. */
  private static final int DEFAULT_MAX_LENGTH = 128;

  /** With more different labels than this, half of them seen once, the column is no label. */
  private static final int MANY_LABELS = 20;

  private static final List<String> FIELDS =
      List.of(
          "kind",
          "name",
          "description",
          "text",
          "pair",
          "label_column",
          "labels",
          "label_names",
          "metrics",
          "truncation",
          "max_length",
          "stride");

  /** Checks every field and copies the collections. */
  public SequenceClassificationTask {
    TaskName.require(name);
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(truncation, "truncation");
    if (labelColumn.isBlank()) {
      throw InvalidInputException.of("task '%s': the label column has no name", name);
    }
    labels = labels.stream().map(NormalText::of).toList();
    labelNames = Collections.unmodifiableMap(new LinkedHashMap<>(labelNames));
    metrics = List.copyOf(metrics);
    presets = List.copyOf(presets);
    checkLabels(name, labels, labelNames);
    checkMetrics(name, metrics, labels);
  }

  /** A task on single texts, with labels to be inferred, judged by accuracy. */
  public static SequenceClassificationTask onText(String name, Template text, String labelColumn) {
    return onPair(name, text, null, labelColumn);
  }

  /** A task on pairs of texts, with labels to be inferred, judged by accuracy. */
  public static SequenceClassificationTask onPair(
      String name, Template text, Template pair, String labelColumn) {
    return new SequenceClassificationTask(
        name,
        pair == null ? "one label for a text" : "one label for a pair of texts",
        text,
        pair,
        labelColumn,
        List.of(),
        Map.of(),
        List.of(Metric.ACCURACY, Metric.MACRO_F1, Metric.MCC),
        Truncation.to(DEFAULT_MAX_LENGTH),
        List.of());
  }

  /** The same task with these labels, in the order of the head's outputs. */
  public SequenceClassificationTask withLabels(List<String> newLabels) {
    return new SequenceClassificationTask(
        name,
        description,
        text,
        pair,
        labelColumn,
        newLabels,
        labelNames,
        metrics,
        truncation,
        presets);
  }

  /** The same task reporting these metrics, the first of which decides. */
  public SequenceClassificationTask withMetrics(Metric... newMetrics) {
    return new SequenceClassificationTask(
        name,
        description,
        text,
        pair,
        labelColumn,
        labels,
        labelNames,
        List.of(newMetrics),
        truncation,
        presets);
  }

  /** The same task reading its texts from elsewhere; {@code newPair} is null for single texts. */
  public SequenceClassificationTask withTexts(Template newText, Template newPair) {
    return new SequenceClassificationTask(
        name,
        description,
        newText,
        newPair,
        labelColumn,
        labels,
        labelNames,
        metrics,
        truncation,
        presets);
  }

  /** The same task cutting long texts in another way. */
  public SequenceClassificationTask withTruncation(Truncation newTruncation) {
    return new SequenceClassificationTask(
        name,
        description,
        text,
        pair,
        labelColumn,
        labels,
        labelNames,
        metrics,
        newTruncation,
        presets);
  }

  /** The task of a definition, which may leave out what has a usual value. */
  public static SequenceClassificationTask of(Fields fields) {
    fields.requireOnly(FIELDS);
    TextColumns columns = TextColumns.of(fields);
    SequenceClassificationTask usual =
        onPair(
            fields.text("name"),
            columns.text(),
            columns.pair(),
            fields.optionalText("label_column").orElse("label"));
    return new SequenceClassificationTask(
        usual.name(),
        fields.optionalText("description").orElse(usual.description()),
        usual.text(),
        usual.pair(),
        usual.labelColumn(),
        fields.textsOrNone("labels"),
        fields.textMap("label_names"),
        fields.has("metrics")
            ? fields.texts("metrics").stream().map(Metric::of).toList()
            : usual.metrics(),
        Truncations.read(fields, usual.truncation()),
        List.of());
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    definition.put("name", name);
    definition.put("description", description);
    definition.put("text", text.source());
    definition.put("pair", pair == null ? null : pair.source());
    definition.put("label_column", labelColumn);
    definition.put("labels", labels);
    definition.put("label_names", labelNames);
    definition.put("metrics", metricNames());
    definition.putAll(Truncations.write(truncation));
    return definition;
  }

  @Override
  public TextExample ofTexts(int line, String first, String pairOrNull)
      throws UnusableRowException {
    if (hasPair() != (pairOrNull != null)) {
      throw new UnusableRowException(
          hasPair()
              ? "it compares two texts, and there is only one"
              : "it takes one text, and there are two");
    }
    return new TextExample(line, first, pairOrNull, null);
  }

  @Override
  public Optional<String> answerColumn() {
    return Optional.of(labelColumn);
  }

  @Override
  public List<String> answersInTexts() {
    return new TextColumns(text, pair).read(labelColumn) ? List.of(labelColumn) : List.of();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<String> metricNames() {
    return metrics.stream().map(Metric::key).toList();
  }

  @Override
  public Examples<TextExample> read(Path file) {
    return readExamples(new TableReader().read(file));
  }

  @Override
  public Examples<TextExample> readUnlabelled(Path file) {
    return readUnlabelled(new TableReader().read(file));
  }

  @Override
  public TextExample readRow(Row row) throws UnusableRowException {
    return readUnlabelled(row);
  }

  @Override
  public SequenceClassificationTask learn(Examples<TextExample> training) {
    return inferLabels(training);
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return new SequenceHeadSpec(labels.size(), options.inputOrDefault(), options.dropout());
  }

  @Override
  public List<Item> items(TextExample example, ItemEncoder encoder) {
    TokenRow row = encoder.row(example.text(), example.pair(), truncation.strategy());
    return List.of(example.hasLabel() ? Item.of(row, labelIndex(example.label())) : Item.of(row));
  }

  @Override
  public Answer answer(TextExample example, List<Item> items, List<float[]> scores) {
    return answer(example, Softmax.of(scores.get(0)));
  }

  @Override
  public LabelAnswer answer(TextExample example, double[] probabilities) {
    return LabelAnswer.of(labels, labelNames, probabilities);
  }

  @Override
  public Scores score(List<TextExample> examples, List<Answer> answers) {
    int[] truth = examples.stream().mapToInt(e -> labelIndex(e.label())).toArray();
    int[] predicted =
        answers.stream().mapToInt(a -> labelIndex(((LabelAnswer) a).label())).toArray();
    return LabelScores.of(
        ClassificationMetrics.of(truth, predicted, labels.size()),
        labels.stream().map(this::labelName).toList(),
        metrics);
  }

  @Override
  public Map<String, String> fields(TextExample example) {
    Map<String, String> fields = new LinkedHashMap<>();
    example.columns().forEach((column, value) -> fields.put(column, value.toString()));
    fields.put("text_a", example.text());
    text.singleColumn().forEach(column -> fields.putIfAbsent(column, example.text()));
    if (example.hasPair()) {
      fields.put("text_b", example.pair());
      pair.singleColumn().forEach(column -> fields.putIfAbsent(column, example.pair()));
    }
    return fields;
  }

  @Override
  public OptionalInt labelIndex(TextExample example) {
    return example.hasLabel() ? OptionalInt.of(labelIndex(example.label())) : OptionalInt.empty();
  }

  @Override
  public Optional<Cloze> cloze() {
    return Clozes.of(name);
  }

  @Override
  public Optional<String> submissionFile() {
    return Submissions.file(name);
  }

  @Override
  public String submission(List<TextExample> examples, List<Answer> answers) {
    return Submissions.labels(name, examples, answers);
  }

  /** Whether the task is on pairs of texts. */
  public boolean hasPair() {
    return pair != null;
  }

  /** Whether the labels are known, given or inferred. */
  public boolean hasLabels() {
    return !labels.isEmpty();
  }

  /** What to call a label when showing it to a person. */
  public String labelName(String label) {
    return labelNames.getOrDefault(label, label);
  }

  /**
   * The index of a label among the head's outputs.
   *
   * @throws IllegalArgumentException for a label that the task does not have
   */
  public int labelIndex(String label) {
    int index = labels.indexOf(label);
    if (index < 0) {
      throw new IllegalArgumentException("'" + label + "' is none of " + labels);
    }
    return index;
  }

  /**
   * Reads labelled examples, for training and evaluation. Rows that cannot be used become bad rows:
   * a text missing, blank or not text; a label missing or none of the task's labels.
   *
   * @throws InvalidInputException where the file lacks a column altogether
   */
  public Examples<TextExample> readExamples(Table table) {
    requireTextColumns(table);
    label().requireIn(table);
    LabelSet known = new LabelSet(labels);
    return UsableRows.of(table, row -> readExample(row, known));
  }

  /**
   * Reads examples to predict on; a label column may be there or not and is not looked at.
   *
   * @throws InvalidInputException where the file lacks a text column altogether
   */
  public Examples<TextExample> readUnlabelled(Table table) {
    requireTextColumns(table);
    return UsableRows.of(table, this::readUnlabelled);
  }

  /**
   * Reads one labelled row.
   *
   * @throws UnusableRowException with what is wrong with it
   */
  public TextExample readExample(Row row) throws UnusableRowException {
    return readExample(row, new LabelSet(labels));
  }

  private TextExample readExample(Row row, LabelSet known) throws UnusableRowException {
    TextExample unlabelled = readUnlabelled(row);
    String label =
        hasLabels()
            ? label().label(row, known, NumberedLabels.areOf(name, labels))
            : label().label(row);
    return new TextExample(
        row.line(), unlabelled.text(), unlabelled.pair(), label, unlabelled.columns());
  }

  /**
   * Reads one row to predict on; a label is not looked at.
   *
   * @throws UnusableRowException with what is wrong with it
   */
  public TextExample readUnlabelled(Row row) throws UnusableRowException {
    return new TextExample(
        row.line(), text.render(row), pair == null ? null : pair.render(row), null, row.columns());
  }

  /**
   * The same task with the labels that occur in training data, sorted; or this task where it has
   * labels already.
   *
   * @throws InvalidInputException where there are fewer than two labels, or so many that the column
   *     can be no label
   */
  public SequenceClassificationTask inferLabels(Examples<TextExample> train) {
    if (hasLabels()) {
      return this;
    }
    List<String> found = List.copyOf(TextExample.labelCounts(train.examples()).keySet());
    int rows = train.examples().size();
    if (found.size() < 2) {
      throw InvalidInputException.of(
          "%s has %s in column '%s'; a classification needs two at least",
          train.file(),
          found.isEmpty() ? "no label" : "only the label '" + found.get(0) + "'",
          labelColumn);
    }
    if (found.size() > MANY_LABELS && found.size() * 2 > rows) {
      throw InvalidInputException.of(
          "%s: column '%s' has %d different values in %d rows, so it cannot be the label",
          train.file(), labelColumn, found.size(), rows);
    }
    return withLabels(found);
  }

  private void requireTextColumns(Table table) {
    text.requireColumns(table);
    if (pair != null) {
      pair.requireColumns(table);
    }
  }

  private LabelColumn label() {
    return new LabelColumn(labelColumn);
  }

  private static void checkLabels(String name, List<String> labels, Map<String, String> names) {
    if (labels.size() == 1) {
      throw InvalidInputException.of("task '%s': '%s' is its only label", name, labels.get(0));
    }
    new LabelSet(labels); // which refuses empty labels and the same one twice
    for (String named : names.keySet()) {
      if (!labels.isEmpty() && !labels.contains(named)) {
        throw InvalidInputException.of(
            "task '%s': there is a name for label '%s', which is none of %s", name, named, labels);
      }
    }
  }

  private static void checkMetrics(String name, List<Metric> metrics, List<String> labels) {
    if (metrics.isEmpty()) {
      throw InvalidInputException.of("task '%s': it reports no metric", name);
    }
    if (metrics.contains(Metric.BINARY_F1) && !labels.isEmpty() && labels.size() != 2) {
      throw InvalidInputException.of(
          "task '%s': binary_f1 is for two labels, there are %d; use macro_f1",
          name, labels.size());
    }
  }
}
