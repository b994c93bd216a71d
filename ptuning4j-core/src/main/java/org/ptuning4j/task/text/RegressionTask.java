package org.ptuning4j.task.text;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.data.value.NormalLabel;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.RegressionHeadSpec;
import org.ptuning4j.metric.RegressionMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleFacts;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.UsableRows;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.LabelColumn;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.task.template.Values;
import org.ptuning4j.text.Truncation;

/**
 * A number for a text or for a pair of texts, as in STS-B. The head is trained on values less the
 * training data's mean, in units of their standard deviation, so that any range of values will do;
 * files, answers and metrics are in the data's own unit.
 *
 * @param name its name: letters, digits, {@code -} and {@code _}
 * @param description one line on what it asks
 * @param columns what is read
 * @param labelColumn the column that holds the number
 * @param min the least value there can be: smaller ones are bad rows, and no answer is smaller
 * @param max the greatest value there can be, in the same way
 * @param scale how values are put to the head; empty until the training data are known
 * @param metricNames what is reported, of {@code pearson}, {@code spearman}, {@code mse}, {@code
 *     mae} and {@code negative_mse}; the first one decides, so more of it has to be better
 * @param truncation how many tokens are kept
 */
public record RegressionTask(
    String name,
    String description,
    TextColumns columns,
    String labelColumn,
    OptionalDouble min,
    OptionalDouble max,
    Optional<Scale> scale,
    List<String> metricNames,
    Truncation truncation)
    implements Task<TextExample> {

  /** Its kind in packs. */
  public static final String KIND = "regression";

  private static final List<String> METRICS =
      List.of("pearson", "spearman", "mse", "mae", "negative_mse");
  private static final List<String> LESS_IS_BETTER = List.of("mse", "mae");
  private static final List<String> FIELDS =
      List.of(
          "kind",
          "name",
          "description",
          "text",
          "pair",
          "label_column",
          "min",
          "max",
          "mean",
          "deviation",
          "metrics",
          "truncation",
          "max_length",
          "stride");

  /**
   * How values are put to the head: (value − mean) / deviation.
   *
   * @param mean of the training data
   * @param deviation of the training data, above 0
   */
  public record Scale(double mean, double deviation) {

    /** Checks that values can be scaled with it. */
    public Scale {
      if (!Double.isFinite(mean) || !(deviation > 0) || !Double.isFinite(deviation)) {
        throw InvalidInputException.of(
            "task: mean %s and deviation %s; both must be finite, the deviation above 0",
            mean, deviation);
      }
    }

    /** The scale of values; that of equal ones has the deviation 1. */
    public static Scale of(double[] values) {
      double mean = 0;
      for (double value : values) {
        mean += value / values.length;
      }
      double squares = 0;
      for (double value : values) {
        squares += (value - mean) * (value - mean) / values.length;
      }
      double deviation = Math.sqrt(squares);
      return new Scale(mean, deviation > 1e-12 * Math.max(1, Math.abs(mean)) ? deviation : 1);
    }
  }

  /** Checks every field. */
  public RegressionTask {
    TaskName.require(name);
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(columns, "columns");
    Objects.requireNonNull(scale, "scale");
    Objects.requireNonNull(truncation, "truncation");
    metricNames = List.copyOf(metricNames);
    if (labelColumn.isBlank()) {
      throw InvalidInputException.of("task '%s': the label column has no name", name);
    }
    if (min.orElse(Double.NEGATIVE_INFINITY) >= max.orElse(Double.POSITIVE_INFINITY)) {
      throw InvalidInputException.of(
          "task '%s': min is %s and max %s; min must be less",
          name, min.getAsDouble(), max.getAsDouble());
    }
    checkMetrics(name, metricNames);
  }

  private static void checkMetrics(String name, List<String> metrics) {
    if (metrics.isEmpty() || !METRICS.containsAll(metrics)) {
      throw InvalidInputException.of(
          "task '%s': metrics are %s, must be one or more of %s",
          name, metrics, String.join(", ", METRICS));
    }
    if (LESS_IS_BETTER.contains(metrics.get(0))) {
      throw InvalidInputException.of(
          "task '%s': the first metric chooses the best epoch, and less %s is better; put pearson,"
              + " spearman or negative_mse first",
          name, metrics.get(0));
    }
  }

  /** The task of a definition, which may leave out what has a usual value. */
  public static RegressionTask of(Fields fields) {
    fields.requireOnly(FIELDS);
    return new RegressionTask(
        fields.text("name"),
        fields.optionalText("description").orElse("a number for a text"),
        TextColumns.of(fields),
        fields.optionalText("label_column").orElse("label"),
        number(fields, "min"),
        number(fields, "max"),
        fields.has("mean")
            ? Optional.of(new Scale(fields.number("mean"), fields.number("deviation")))
            : Optional.empty(),
        fields.has("metrics") ? fields.texts("metrics") : List.of("pearson", "spearman", "mse"),
        Truncations.read(fields));
  }

  private static OptionalDouble number(Fields fields, String name) {
    return fields.has(name) ? OptionalDouble.of(fields.number(name)) : OptionalDouble.empty();
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    definition.put("name", name);
    definition.put("description", description);
    columns.write(definition);
    definition.put("label_column", labelColumn);
    min.ifPresent(value -> definition.put("min", value));
    max.ifPresent(value -> definition.put("max", value));
    scale.ifPresent(
        each -> {
          definition.put("mean", each.mean());
          definition.put("deviation", each.deviation());
        });
    definition.put("metrics", metricNames);
    definition.putAll(Truncations.write(truncation));
    return definition;
  }

  /** A number is no label to count. */
  @Override
  public ExampleFacts facts(TextExample example) {
    return ExampleFacts.of(example.text(), example.pair(), List.of(), example.hasLabel());
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
  public Examples<TextExample> read(Path file) {
    Table table = new TableReader().read(file);
    columns.requireIn(table, labelColumn);
    return UsableRows.of(table, row -> example(row, number(row)));
  }

  @Override
  public Examples<TextExample> readUnlabelled(Path file) {
    Table table = new TableReader().read(file);
    columns.requireIn(table, null);
    return UsableRows.of(table, this::readRow);
  }

  @Override
  public TextExample readRow(Row row) throws UnusableRowException {
    return example(row, null);
  }

  private TextExample example(Row row, String label) throws UnusableRowException {
    return new TextExample(
        row.line(), columns.text(row), columns.pairOrNull(row), label, row.columns());
  }

  /** The row's value, as the shortest text that means the same number. */
  private String number(Row row) throws UnusableRowException {
    String written = NormalLabel.of(new LabelColumn(labelColumn).single(row));
    double value;
    try {
      value = Double.parseDouble(written);
    } catch (NumberFormatException e) {
      throw wrong(written, "a number");
    }
    // A trailing 'd' or 'f' is Java's way to write a number and nobody else's.
    if (!Double.isFinite(value) || !written.matches(".*[0-9.]")) {
      throw wrong(written, "a finite number");
    }
    if (value < min.orElse(value) || value > max.orElse(value)) {
      throw wrong(
          written,
          "from "
              + min.orElse(Double.NEGATIVE_INFINITY)
              + " to "
              + max.orElse(Double.POSITIVE_INFINITY));
    }
    return Double.toString(value);
  }

  private UnusableRowException wrong(String written, String needed) {
    return new UnusableRowException(
        String.format(
            Locale.ROOT,
            "label column '%s' is '%s', must be %s",
            labelColumn,
            Values.shown(written),
            needed));
  }

  private static double value(TextExample example) {
    return Double.parseDouble(example.label());
  }

  /** The task with the training data's mean and deviation, unless it has a scale already. */
  @Override
  public RegressionTask learn(Examples<TextExample> training) {
    double[] values =
        training.examples().stream()
            .filter(TextExample::hasLabel)
            .mapToDouble(RegressionTask::value)
            .toArray();
    if (scale.isPresent() || values.length == 0) {
      return this;
    }
    return new RegressionTask(
        name,
        description,
        columns,
        labelColumn,
        min,
        max,
        Optional.of(Scale.of(values)),
        metricNames,
        truncation);
  }

  private Scale scaleOrPlain() {
    return scale.orElseGet(() -> new Scale(0, 1));
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return new RegressionHeadSpec(options.inputOrDefault(), options.dropout());
  }

  @Override
  public List<Item> items(TextExample example, ItemEncoder encoder) {
    TokenRow row = encoder.row(example.text(), example.pair(), truncation.strategy());
    if (!example.hasLabel()) {
      return List.of(Item.of(row));
    }
    Scale by = scaleOrPlain();
    return List.of(Item.of(row, (float) ((value(example) - by.mean()) / by.deviation())));
  }

  @Override
  public NumberAnswer answer(TextExample example, List<Item> items, List<float[]> scores) {
    Scale by = scaleOrPlain();
    double value = scores.get(0)[0] * by.deviation() + by.mean();
    return new NumberAnswer(
        Math.max(
            min.orElse(Double.NEGATIVE_INFINITY),
            Math.min(max.orElse(Double.POSITIVE_INFINITY), value)));
  }

  @Override
  public Scores score(List<TextExample> examples, List<Answer> answers) {
    RegressionMetrics scores =
        RegressionMetrics.of(
            examples.stream().mapToDouble(RegressionTask::value).toArray(),
            answers.stream().mapToDouble(answer -> ((NumberAnswer) answer).value()).toArray());
    Scores.Builder metrics = Scores.builder();
    for (String metric : metricNames) {
      metrics.metric(
          metric,
          switch (metric) {
            case "pearson" -> scores.pearson();
            case "spearman" -> scores.spearman();
            case "mse" -> OptionalDouble.of(scores.meanSquaredError());
            case "mae" -> OptionalDouble.of(scores.meanAbsoluteError());
            case "negative_mse" -> OptionalDouble.of(-scores.meanSquaredError());
            default -> throw new IllegalStateException(metric);
          });
    }
    return metrics.build();
  }
}
