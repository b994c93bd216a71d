package org.ptuning4j.task.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.value.LabelSet;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.template.LabelColumn;
import org.ptuning4j.task.template.TextColumns;

/**
 * Any number of labels for a text or for a pair of texts. The label column holds a list, or a text
 * with the labels between separators; where it is empty, no label applies.
 *
 * @param info its name, metrics and the like; the metrics are of {@code micro_f1}, {@code macro_f1}
 *     and {@code exact_match}
 * @param columns what is read
 * @param labelColumn the column that holds the labels
 * @param separator what stands between labels in a text
 * @param labels all labels in the order of the head's outputs; empty where the training data will
 *     tell them
 * @param threshold the probability above which a label applies, itself above 0 and below 1
 */
public record MultiLabelTask(
    TaskInfo info,
    TextColumns columns,
    String labelColumn,
    String separator,
    List<String> labels,
    double threshold)
    implements TextTask<MultiLabelExample> {

  /** Its kind in packs. */
  public static final String KIND = "multi-label";

  private static final List<String> METRICS = List.of("micro_f1", "macro_f1", "exact_match");

  /** Checks every field. */
  public MultiLabelTask {
    Objects.requireNonNull(columns, "columns");
    String name = info.name();
    labels = labels.stream().map(NormalText::of).toList();
    LabelColumn.requireNamed(name, labelColumn);
    if (separator.isEmpty()) {
      throw InvalidInputException.of(
          "task '%s': separator is empty, must be one character or more", name);
    }
    if (!(threshold > 0 && threshold < 1)) {
      throw InvalidInputException.of(
          "task '%s': threshold is %s, must be above 0 and below 1", name, threshold);
    }
    if (!METRICS.containsAll(info.metrics())) {
      throw InvalidInputException.of(
          "task '%s': metrics are %s, must be one or more of %s",
          name, info.metrics(), String.join(", ", METRICS));
    }
    new LabelSet(labels); // which refuses empty labels and the same one twice
  }

  /** The task of a definition, which may leave out what has a usual value. */
  public static MultiLabelTask of(Fields fields) {
    fields.requireOnly(TextTask.definitionFields("separator", "labels", "threshold"));
    return new MultiLabelTask(
        TaskInfo.read(
            fields,
            TaskInfo.of(
                fields.text("name"),
                "any number of labels for a text",
                METRICS,
                Truncations.SENTENCES)),
        TextColumns.of(fields),
        fields.optionalText("label_column").orElse("label"),
        fields.optionalText("separator").orElse("|"),
        fields.textsOrNone("labels"),
        fields.number("threshold", 0.5));
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    info.writeNames(definition);
    columns.write(definition);
    definition.put("label_column", labelColumn);
    definition.put("separator", separator);
    definition.put("labels", labels);
    definition.put("threshold", threshold);
    info.writeMeasures(definition);
    return definition;
  }

  @Override
  public Map<String, String> labelWords() {
    Map<String, String> words = new LinkedHashMap<>();
    labels.forEach(label -> words.put(label, labelName(label)));
    return words;
  }

  @Override
  public ExampleContent content(MultiLabelExample example) {
    return ExampleContent.of(
        example.text(),
        example.pair(),
        example.hasLabels() ? example.labels() : List.of(),
        example.hasLabels());
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public AnswerSchema answerSchema() {
    return LabelsAnswer.SCHEMA;
  }

  @Override
  public MultiLabelExample example(
      Source source, String text, String pairOrNull, Map<String, Object> row) {
    return new MultiLabelExample(source, text, pairOrNull, null, row);
  }

  @Override
  public AnswerReader<MultiLabelExample> answerReader() {
    LabelLists lists =
        new LabelLists(new LabelColumn(labelColumn), separator, new LabelSet(labels));
    return row -> {
      List<String> found = lists.of(row);
      return example -> example.withLabels(found);
    };
  }

  /** The task with the labels that occur in training data, sorted, unless it has labels already. */
  @Override
  public PreparedMultiLabel prepare(Preparation<MultiLabelExample> by) {
    columns.requireNoSpecialTokens(by.tokenizer());
    return new PreparedMultiLabel(by.training().map(this::learnt).orElse(this));
  }

  @Override
  public MultiLabelTask learnt(Examples<MultiLabelExample> training) {
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
    return new MultiLabelTask(info, columns, labelColumn, separator, List.copyOf(found), threshold);
  }
}
