package org.ptuning4j.task.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.value.LabelSet;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.data.value.NumberedLabels;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Submissions;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.cloze.StandardClozes;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.LabelColumn;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.text.Truncation;

/**
 * One label for a text or for a pair of texts.
 *
 * @param info its name, metrics and the like
 * @param columns what is read
 * @param labelColumn the column that holds the label
 * @param labels the labels as the files write them, in the order of the head's outputs; empty where
 *     the training data will tell them, see {@link #learnt}
 * @param labelNames what to call a label where its own text says little ({@code "1"} → {@code
 *     "positive"}); labels without an entry are called by their text
 */
public record SequenceClassificationTask(
    TaskInfo info,
    TextColumns columns,
    String labelColumn,
    List<String> labels,
    Map<String, String> labelNames)
    implements TextTask<TextExample>, LabelledTask<TextExample> {

  /** Its kind in packs. */
  public static final String KIND = "sequence-classification";

  /** With more different labels than this, half of them seen once, the column is no label. */
  private static final int MANY_LABELS = 20;

  /** Checks every field and copies the collections. */
  public SequenceClassificationTask {
    Objects.requireNonNull(info, "info");
    Objects.requireNonNull(columns, "columns");
    LabelColumn.requireNamed(info.name(), labelColumn);
    labels = labels.stream().map(NormalText::of).toList();
    labelNames = Collections.unmodifiableMap(new TreeMap<>(labelNames));
    checkLabels(info.name(), labels, labelNames);
    checkMetrics(info, labels);
  }

  /** A task on single texts, with labels to be inferred, judged by accuracy. */
  public static SequenceClassificationTask onText(String name, Template text, String labelColumn) {
    return onPair(name, text, null, labelColumn);
  }

  /** A task on pairs of texts, with labels to be inferred, judged by accuracy. */
  public static SequenceClassificationTask onPair(
      String name, Template text, Template pair, String labelColumn) {
    return new SequenceClassificationTask(
        usual(name, pair != null), new TextColumns(text, pair), labelColumn, List.of(), Map.of());
  }

  private static TaskInfo usual(String name, boolean pair) {
    return TaskInfo.of(
        name,
        pair ? "one label for a pair of texts" : "one label for a text",
        Metric.keys(Metric.ACCURACY, Metric.MACRO_F1, Metric.MCC),
        Truncations.SENTENCES);
  }

  /** The same task with these labels, in the order of the head's outputs. */
  public SequenceClassificationTask withLabels(List<String> newLabels) {
    return new SequenceClassificationTask(info, columns, labelColumn, newLabels, labelNames);
  }

  /** The same task reporting these metrics, the first of which decides. */
  public SequenceClassificationTask withMetrics(Metric... newMetrics) {
    return withInfo(info.withMetrics(Metric.keys(newMetrics)));
  }

  /** The same task reading its texts from elsewhere; {@code newPair} is null for single texts. */
  public SequenceClassificationTask withTexts(Template newText, Template newPair) {
    return new SequenceClassificationTask(
        info, new TextColumns(newText, newPair), labelColumn, labels, labelNames);
  }

  /** The same task cutting long texts in another way. */
  public SequenceClassificationTask withTruncation(Truncation newTruncation) {
    return withInfo(info.withTruncation(newTruncation));
  }

  private SequenceClassificationTask withInfo(TaskInfo newInfo) {
    return new SequenceClassificationTask(newInfo, columns, labelColumn, labels, labelNames);
  }

  /** The task of a definition, which may leave out what has a usual value. */
  public static SequenceClassificationTask of(Fields fields) {
    fields.requireOnly(TextTask.definitionFields("labels", "label_names"));
    TextColumns columns = TextColumns.of(fields);
    return new SequenceClassificationTask(
        TaskInfo.read(fields, usual(fields.text("name"), columns.hasPair())),
        columns,
        fields.optionalText("label_column").orElse("label"),
        fields.textsOrNone("labels"),
        fields.textMap("label_names"));
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    info.writeNames(definition);
    columns.write(definition);
    definition.put("label_column", labelColumn);
    definition.put("labels", labels);
    definition.put("label_names", labelNames);
    info.writeMeasures(definition);
    return definition;
  }

  @Override
  public AnswerSchema answerSchema() {
    return LabelAnswer.SCHEMA;
  }

  @Override
  public ExampleContent content(TextExample example) {
    List<String> label = example.hasLabel() ? List.of(example.label()) : List.of();
    ExampleContent content =
        ExampleContent.of(example.text(), example.pair(), label, example.hasLabel());
    return example.hasLabel()
        ? content.withWritten(example.columns().get(label().name()))
        : content;
  }

  @Override
  public Optional<String> answerColumn() {
    return Optional.of(labelColumn);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public TextExample example(
      Source source, String text, String pairOrNull, Map<String, Object> row) {
    return new TextExample(source, text, pairOrNull, null, row);
  }

  @Override
  public AnswerReader<TextExample> answerReader() {
    LabelSet known = new LabelSet(labels);
    boolean numbered = NumberedLabels.areOf(name(), labels);
    return row -> {
      String label = hasLabels() ? label().label(row, known, numbered) : label().label(row);
      return unlabelled ->
          new TextExample(
              unlabelled.source(),
              unlabelled.text(),
              unlabelled.pair(),
              label,
              unlabelled.columns());
    };
  }

  /**
   * The same task with the labels that occur in training data, sorted; or this task where it has
   * labels already.
   *
   * @throws InvalidInputException where there are fewer than two labels, or so many that the column
   *     can be no label
   */
  @Override
  public SequenceClassificationTask learnt(Examples<TextExample> training) {
    if (hasLabels()) {
      return this;
    }
    List<String> found = List.copyOf(TextExample.labelCounts(training.examples()).keySet());
    int rows = training.examples().size();
    if (found.size() < 2) {
      throw InvalidInputException.of(
          "%s has %s in column '%s'; a classification needs two at least",
          training.file(),
          found.isEmpty() ? "no label" : "only the label '" + found.get(0) + "'",
          labelColumn);
    }
    if (found.size() > MANY_LABELS && found.size() * 2 > rows) {
      throw InvalidInputException.of(
          "%s: column '%s' has %d different values in %d rows, so it cannot be the label",
          training.file(), labelColumn, found.size(), rows);
    }
    return withLabels(found);
  }

  @Override
  public PreparedClassification prepare(Preparation<TextExample> by) {
    columns.requireNoSpecialTokens(by.tokenizer());
    SequenceClassificationTask learnt = by.training().map(this::learnt).orElse(this);
    return new PreparedClassification(learnt, learnt, PreparedClassification.Scoring.PLAIN);
  }

  @Override
  public Optional<Cloze> cloze() {
    return StandardClozes.of(name());
  }

  @Override
  public Optional<String> submissionFile() {
    return Submissions.file(name());
  }

  @Override
  public void requireSubmittable(List<TextExample> examples) {
    Submissions.requireNumbers(name(), examples);
  }

  @Override
  public String submission(List<TextExample> examples, List<Answer> answers) {
    return Submissions.labels(name(), examples, answers);
  }

  /** Whether the task is on pairs of texts. */
  public boolean hasPair() {
    return columns.hasPair();
  }

  /** What makes the text, or the first of two. */
  public Template text() {
    return columns.text();
  }

  /** What makes the second text; null for a task on single texts. */
  public Template pair() {
    return columns.pair();
  }

  /** Whether the labels are known, given or inferred. */
  public boolean hasLabels() {
    return !labels.isEmpty();
  }

  @Override
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

  private static void checkMetrics(TaskInfo info, List<String> labels) {
    List<Metric> metrics = info.metrics().stream().map(Metric::of).toList();
    if (metrics.contains(Metric.BINARY_F1) && !labels.isEmpty() && labels.size() != 2) {
      throw InvalidInputException.of(
          "task '%s': binary_f1 is for two labels, there are %d; use macro_f1",
          info.name(), labels.size());
    }
  }
}
