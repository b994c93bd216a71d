package org.ptuning4j.task.standard;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.UsableRows;
import org.ptuning4j.task.template.ColumnGuess;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.task.text.OverTexts;
import org.ptuning4j.task.text.PreparedClassification;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.Truncation;

/**
 * SuperGLUE's diagnostic AX-g (Winogender): entailment as in RTE, in pairs of examples that differ
 * in a pronoun's gender only. Beside accuracy it reports gender parity, the share of pairs in which
 * both have the same answer, right or wrong.
 *
 * @param base the classification
 */
public record WinogenderTask(SequenceClassificationTask base) implements OverTexts {

  /** Its kind in packs. */
  public static final String KIND = "winogender";

  private static final String PARITY = "gender_parity";
  private static final String PAIR = "pair_id";

  /** Checks that there is a task. */
  public WinogenderTask {
    Objects.requireNonNull(base, "base");
  }

  static WinogenderTask named(String name, Truncation truncation) {
    return new WinogenderTask(
        new SequenceClassificationTask(
            new TaskInfo(
                name,
                "SuperGLUE AX-g: entailment, whatever a pronoun's gender (diagnostic, for RTE's"
                    + " model)",
                Metric.keys(Metric.ACCURACY),
                truncation,
                List.of()),
            new TextColumns(Template.column("premise"), Template.column("hypothesis")),
            "label",
            SuperGlueTasks.ENTAILMENT,
            Map.of()));
  }

  public static WinogenderTask of(Fields fields) {
    fields.requireOnly(List.of("kind", "name", "truncation", "max_length", "stride"));
    return named(fields.optionalText("name").orElse("axg"), Truncations.read(fields));
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    definition.put("name", name());
    definition.putAll(Truncations.write(truncation()));
    return definition;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public TaskInfo info() {
    return base.info().withMetrics(List.of(Metric.ACCURACY.key(), PARITY));
  }

  @Override
  public TaskInputs inputs() {
    return base.inputs();
  }

  @Override
  public TextExample ofTexts(int line, List<String> texts) throws UnusableRowException {
    return base.ofTexts(line, texts);
  }

  @Override
  public TextExample readRow(Row row, Map<String, Template> sources) throws UnusableRowException {
    return base.readRow(row, sources);
  }

  @Override
  public PreparedClassification prepare(Preparation<TextExample> by) {
    return new PreparedClassification(this, base, WinogenderTask::withParity);
  }

  @Override
  public Examples<TextExample> read(Path file) {
    return examples(new TableReader().read(file));
  }

  Examples<TextExample> examples(Table table) {
    // Once for what is wrong with the whole file, once more with each row's pair.
    base.readExamples(table);
    if (!table.columnNames().contains(PAIR)) {
      throw ColumnGuess.missing(table, "'" + PAIR + "'", PAIR, false);
    }
    return UsableRows.of(table, WinogenderTask.this::paired);
  }

  private TextExample paired(Row row) throws UnusableRowException {
    if (!row.isFilled(PAIR)) {
      throw new UnusableRowException("column '" + PAIR + "' is missing or empty");
    }
    return base.readExample(row);
  }

  @Override
  public Examples<TextExample> readUnlabelled(Path file) {
    return base.readUnlabelled(file);
  }

  @Override
  public TextExample readRow(Row row) throws UnusableRowException {
    return base.readRow(row);
  }

  /**
   * Accuracy over all examples, and parity over the pairs that are complete.
   *
   * @throws InvalidInputException where no two examples are a pair
   */
  private static Scores withParity(Scores plain, List<TextExample> examples, List<Answer> answers) {
    Map<String, List<String>> pairs = new LinkedHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      String pair = String.valueOf(examples.get(i).columns().get(PAIR));
      pairs.computeIfAbsent(pair, key -> new ArrayList<>()).add(answers.get(i).text());
    }
    List<List<String>> complete = pairs.values().stream().filter(pair -> pair.size() >= 2).toList();
    if (complete.isEmpty()) {
      throw InvalidInputException.of("no two examples have the same '%s'", PAIR);
    }
    long same = complete.stream().filter(pair -> pair.stream().distinct().count() == 1).count();
    Map<String, Double> metrics = new LinkedHashMap<>(plain.metrics());
    metrics.put(PARITY, (double) same / complete.size());
    return new Scores(metrics, plain.undefined(), plain.tables());
  }
}
