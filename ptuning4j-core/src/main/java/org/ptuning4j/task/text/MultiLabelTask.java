package org.ptuning4j.task.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.data.value.LabelSet;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.MultiLabelHeadSpec;
import org.ptuning4j.metric.MultiLabelMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleFacts;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.UsableRows;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.LabelColumn;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.text.Truncation;

/**
 * Any number of labels for a text or for a pair of texts. The label column holds a list, or a text
 * with the labels between separators; where it is empty, no label applies.
 *
 * @param name its name: letters, digits, {@code -} and {@code _}
 * @param description one line on what it asks
 * @param columns what is read
 * @param labelColumn the column that holds the labels
 * @param separator what stands between labels in a text
 * @param labels all labels in the order of the head's outputs; empty until the training data tell
 * @param threshold the probability above which a label applies, itself above 0 and below 1
 * @param metricNames what is reported, of {@code micro_f1}, {@code macro_f1} and {@code
 *     exact_match}; the first decides
 * @param truncation how many tokens are kept
 */
public record MultiLabelTask(
    String name,
    String description,
    TextColumns columns,
    String labelColumn,
    String separator,
    List<String> labels,
    double threshold,
    List<String> metricNames,
    Truncation truncation)
    implements Task<MultiLabelExample> {

  /** Its kind in packs. */
  public static final String KIND = "multi-label";

  private static final List<String> METRICS = List.of("micro_f1", "macro_f1", "exact_match");
  private static final List<String> FIELDS =
      List.of(
          "kind",
          "name",
          "description",
          "text",
          "pair",
          "label_column",
          "separator",
          "labels",
          "threshold",
          "metrics",
          "truncation",
          "max_length",
          "stride");

  /** Checks every field. */
  public MultiLabelTask {
    TaskName.require(name);
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(columns, "columns");
    Objects.requireNonNull(truncation, "truncation");
    labels = labels.stream().map(NormalText::of).toList();
    metricNames = List.copyOf(metricNames);
    if (labelColumn.isBlank() || separator.isEmpty()) {
      throw InvalidInputException.of(
          "task '%s': label_column is '%s' and separator '%s'; neither may be empty",
          name, labelColumn, separator);
    }
    if (!(threshold > 0 && threshold < 1)) {
      throw InvalidInputException.of(
          "task '%s': threshold is %s, must be above 0 and below 1", name, threshold);
    }
    if (metricNames.isEmpty() || !METRICS.containsAll(metricNames)) {
      throw InvalidInputException.of(
          "task '%s': metrics are %s, must be one or more of %s",
          name, metricNames, String.join(", ", METRICS));
    }
    new LabelSet(labels); // which refuses empty labels and the same one twice
  }

  /** The task of a definition, which may leave out what has a usual value. */
  public static MultiLabelTask of(Fields fields) {
    fields.requireOnly(FIELDS);
    return new MultiLabelTask(
        fields.text("name"),
        fields.optionalText("description").orElse("any number of labels for a text"),
        TextColumns.of(fields),
        fields.optionalText("label_column").orElse("label"),
        fields.optionalText("separator").orElse("|"),
        fields.textsOrNone("labels"),
        fields.number("threshold", 0.5),
        fields.has("metrics") ? fields.texts("metrics") : METRICS,
        Truncations.read(fields));
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    definition.put("name", name);
    definition.put("description", description);
    columns.write(definition);
    definition.put("label_column", labelColumn);
    definition.put("separator", separator);
    definition.put("labels", labels);
    definition.put("threshold", threshold);
    definition.put("metrics", metricNames);
    definition.putAll(Truncations.write(truncation));
    return definition;
  }

  @Override
  public ExampleFacts facts(MultiLabelExample example) {
    return ExampleFacts.of(
        example.text(),
        example.pair(),
        example.hasLabels() ? example.labels() : List.of(),
        example.hasLabels());
  }

  @Override
  public List<String> answersInTexts() {
    return columns.read(labelColumn) ? List.of(labelColumn) : List.of();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<Preset> presets() {
    return List.of();
  }

  @Override
  public Examples<MultiLabelExample> read(Path file) {
    Table table = new TableReader().read(file);
    columns.requireIn(table, labelColumn);
    LabelLists lists =
        new LabelLists(new LabelColumn(labelColumn), separator, new LabelSet(labels));
    return UsableRows.of(table, row -> example(row, lists.of(row)));
  }

  @Override
  public Examples<MultiLabelExample> readUnlabelled(Path file) {
    Table table = new TableReader().read(file);
    columns.requireIn(table, null);
    return UsableRows.of(table, this::readRow);
  }

  @Override
  public MultiLabelExample readRow(Row row) throws UnusableRowException {
    return example(row, null);
  }

  private MultiLabelExample example(Row row, List<String> found) throws UnusableRowException {
    return new MultiLabelExample(
        row.line(), columns.text(row), columns.pairOrNull(row), found, row.columns());
  }

  /**
   * The task with the labels that occur in training data, sorted, unless it has labels already.
   *
   * @throws InvalidInputException where no label occurs
   */
  @Override
  public MultiLabelTask learn(Examples<MultiLabelExample> training) {
    if (!labels.isEmpty()) {
      return this;
    }
    TreeSet<String> found = new TreeSet<>();
    training.examples().stream()
        .filter(MultiLabelExample::hasLabels)
        .forEach(example -> found.addAll(example.labels()));
    if (found.isEmpty()) {
      throw InvalidInputException.of(
          "%s has no label in column '%s'", training.file(), labelColumn);
    }
    if (LabelLists.areMarks(found)) {
      throw InvalidInputException.of(
          "%s: column '%s' holds only 0 and 1, which look like a mark for each label; name the"
              + " labels in their order",
          training.file(), labelColumn);
    }
    return new MultiLabelTask(
        name,
        description,
        columns,
        labelColumn,
        separator,
        List.copyOf(found),
        threshold,
        metricNames,
        truncation);
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return new MultiLabelHeadSpec(labels.size(), options.inputOrDefault(), options.dropout());
  }

  @Override
  public List<Item> items(MultiLabelExample example, ItemEncoder encoder) {
    TokenRow row = encoder.row(example.text(), example.pair(), truncation.strategy());
    if (!example.hasLabels()) {
      return List.of(Item.of(row));
    }
    float[] targets = new float[labels.size()];
    for (String label : example.labels()) {
      targets[index(label)] = 1;
    }
    return List.of(Item.of(row, targets));
  }

  private int index(String label) {
    int index = labels.indexOf(label);
    if (index < 0) {
      throw new IllegalArgumentException("'" + label + "' is none of " + labels);
    }
    return index;
  }

  @Override
  public LabelsAnswer answer(MultiLabelExample example, List<Item> items, List<float[]> scores) {
    Map<String, Double> probabilities = new LinkedHashMap<>();
    List<String> applying = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      double probability = 1 / (1 + Math.exp(-scores.get(0)[i]));
      probabilities.put(labels.get(i), probability);
      if (probability > threshold) {
        applying.add(labels.get(i));
      }
    }
    return new LabelsAnswer(applying, probabilities);
  }

  @Override
  public Scores score(List<MultiLabelExample> examples, List<Answer> answers) {
    MultiLabelMetrics scores =
        MultiLabelMetrics.of(
            examples.stream().map(example -> marks(example.labels())).toArray(boolean[][]::new),
            answers.stream()
                .map(answer -> marks(((LabelsAnswer) answer).labels()))
                .toArray(boolean[][]::new));
    Scores.Builder metrics = Scores.builder();
    for (String metric : metricNames) {
      metrics.metric(
          metric,
          switch (metric) {
            case "micro_f1" -> scores.total().definedF1();
            case "macro_f1" -> OptionalDouble.of(scores.macroF1());
            case "exact_match" -> OptionalDouble.of(scores.subsetAccuracy());
            default -> throw new IllegalStateException(metric);
          });
    }
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      rows.add(LabelScores.row(labels.get(i), scores.labels().get(i)));
    }
    return metrics.table(new Scores.Table("labels", LabelScores.HEADER, rows)).build();
  }

  private boolean[] marks(List<String> applying) {
    boolean[] marks = new boolean[labels.size()];
    applying.forEach(label -> marks[index(label)] = true);
    return marks;
  }
}
