package org.ptuning4j.task.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.value.NormalLabel;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.template.ColumnValues;
import org.ptuning4j.task.template.LabelColumn;
import org.ptuning4j.task.template.TextColumns;

/**
 * A number for a text or for a pair of texts, as in STS-B. The head is trained on values less the
 * training data's mean, in units of their standard deviation, so that any range of values will do;
 * files, answers and metrics are in the data's own unit.
 *
 * @param info its name, metrics and the like; the metrics are of {@code pearson}, {@code spearman},
 *     {@code mse}, {@code mae} and {@code negative_mse}, and more of the first has to be better
 * @param columns what is read
 * @param labelColumn the column that holds the number
 * @param min the least value there can be: smaller ones are bad rows, and no answer is smaller
 * @param max the greatest value there can be, in the same way
 * @param scale how values are put to the head; empty where the training data will tell it
 */
public record RegressionTask(
    TaskInfo info,
    TextColumns columns,
    String labelColumn,
    OptionalDouble min,
    OptionalDouble max,
    Optional<Scale> scale)
    implements TextTask<NumberExample> {

  /** Its kind in packs. */
  public static final String KIND = "regression";

  private static final List<String> METRICS =
      List.of("pearson", "spearman", "mse", "mae", "negative_mse");
  private static final List<String> LESS_IS_BETTER = List.of("mse", "mae");

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
    Objects.requireNonNull(columns, "columns");
    Objects.requireNonNull(scale, "scale");
    String name = info.name();
    LabelColumn.requireNamed(name, labelColumn);
    if (min.orElse(Double.NEGATIVE_INFINITY) >= max.orElse(Double.POSITIVE_INFINITY)) {
      throw InvalidInputException.of(
          "task '%s': min is %s and max %s; min must be less",
          name, min.getAsDouble(), max.getAsDouble());
    }
    checkMetrics(name, info.metrics());
  }

  private static void checkMetrics(String name, List<String> metrics) {
    if (!METRICS.containsAll(metrics)) {
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
    fields.requireOnly(TextTask.definitionFields("min", "max", "mean", "deviation"));
    return new RegressionTask(
        TaskInfo.read(
            fields,
            TaskInfo.of(
                fields.text("name"),
                "a number for a text",
                List.of("pearson", "spearman", "mse"),
                Truncations.SENTENCES)),
        TextColumns.of(fields),
        fields.optionalText("label_column").orElse("label"),
        number(fields, "min"),
        number(fields, "max"),
        fields.has("mean")
            ? Optional.of(new Scale(fields.number("mean"), fields.number("deviation")))
            : Optional.empty());
  }

  private static OptionalDouble number(Fields fields, String name) {
    return fields.has(name) ? OptionalDouble.of(fields.number(name)) : OptionalDouble.empty();
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    info.writeNames(definition);
    columns.write(definition);
    definition.put("label_column", labelColumn);
    min.ifPresent(value -> definition.put("min", value));
    max.ifPresent(value -> definition.put("max", value));
    scale.ifPresent(
        each -> {
          definition.put("mean", each.mean());
          definition.put("deviation", each.deviation());
        });
    info.writeMeasures(definition);
    return definition;
  }

  /** A number is no label to count. */
  @Override
  public ExampleContent content(NumberExample example) {
    return ExampleContent.of(example.text(), example.pair(), List.of(), example.hasValue())
        .withWritten(example.hasValue() ? example.value().getAsDouble() : null);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public AnswerSchema answerSchema() {
    return NumberAnswer.SCHEMA;
  }

  @Override
  public NumberExample example(
      Source source, String text, String pairOrNull, Map<String, Object> row) {
    return new NumberExample(source, text, pairOrNull, OptionalDouble.empty(), row);
  }

  @Override
  public AnswerReader<NumberExample> answerReader() {
    return row -> {
      double value = number(row);
      return example -> example.withValue(value);
    };
  }

  /** The row's value. */
  private double number(Row row) throws UnusableRowException {
    String written = NormalLabel.of(new LabelColumn(labelColumn).single(row));
    double value;
    try {
      value = Double.parseDouble(written);
    } catch (NumberFormatException e) {
      throw wrong(
          written,
          written.matches("[-+]?[0-9,.]+") && written.contains(",")
              ? "a number without commas; decimals follow a point"
              : "a number");
    }
    // A trailing 'd' or 'f' is how Java writes a number, and no file does.
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
    return value;
  }

  private UnusableRowException wrong(String written, String needed) {
    return new UnusableRowException(
        String.format(
            Locale.ROOT,
            "label column '%s' is '%s', must be %s",
            labelColumn,
            ColumnValues.shown(written),
            needed));
  }

  /** The task with the training data's mean and deviation, unless it has a scale already. */
  @Override
  public PreparedRegression prepare(Preparation<NumberExample> by) {
    columns.requireNoSpecialTokens(by.tokenizer());
    return new PreparedRegression(by.training().map(this::inferScale).orElse(this));
  }

  private RegressionTask inferScale(Examples<NumberExample> training) {
    double[] values =
        training.examples().stream().flatMapToDouble(example -> example.value().stream()).toArray();
    if (scale.isPresent() || values.length == 0) {
      return this;
    }
    return new RegressionTask(info, columns, labelColumn, min, max, Optional.of(Scale.of(values)));
  }

  /** A value that there can be: the nearest one. */
  double within(double value) {
    return Math.max(
        min.orElse(Double.NEGATIVE_INFINITY),
        Math.min(max.orElse(Double.POSITIVE_INFINITY), value));
  }
}
